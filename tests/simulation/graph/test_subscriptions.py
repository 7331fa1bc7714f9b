"""Subscriptions of the simulated Graph."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulation.graph.schedule import GraphRefusal
from simulation.graph.subscriptions import CONTACTS, SubscriptionDesk
from tests.simulation.graph.calendar_asking import ANNA, NOW, WRITER

PATH = "/v1.0/subscriptions"
READER = frozenset({"Contacts.Read"})


class Hook:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 202

    async def answer(self, request: web.Request) -> web.Response:
        if "validationToken" in request.query:
            return web.Response(text=request.query["validationToken"])
        self.told += (await request.json())["value"]
        return web.Response(status=self.status)


@asynccontextmanager
async def hooked() -> AsyncIterator[tuple[Hook, str]]:
    hook, app = Hook(), web.Application()
    app.router.add_post("/{path:.*}", hook.answer)
    async with TestServer(app) as server:
        yield hook, str(server.make_url("/h?a=1"))


def wanted(url: str, *, resource: str = f"users/{ANNA}/events", minutes: int = 60, **more: Any) -> dict[str, Any]:
    until = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {"changeType": "updated,deleted", "notificationUrl": url, "lifecycleNotificationUrl": url}
    return {**common, "resource": resource, "expirationDateTime": until, "clientState": "s", **more}


async def test_changes_and_the_subscription_s_own_life_are_told() -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    async with hooked() as (hook, url):
        reply = await desk.answer("POST", PATH, wanted(url), WRITER)
        assert reply.body is not None
        assert "clientState" not in reply.body
        key = reply.body["id"]
        desk.tell(ANNA, "own", "e", "updated")
        desk.tell(ANNA, "own", "e", "created")
        desk.tell("else", "own", "e", "updated")
        desk.life(key, "subscriptionRemoved")
        await desk.settled()
        told = sorted(hook.told, key=str)
        assert {each["clientState"] for each in told} == {"s"}
        assert [each.get("changeType", each.get("lifecycleEvent")) for each in told] == [
            "updated",
            "subscriptionRemoved",
        ]
        assert (desk.delivered, desk.refused, desk.subscriptions) == (2, 0, {})


async def test_one_calendar_may_be_meant() -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    async with hooked() as (hook, url):
        await desk.answer("POST", PATH, wanted(url, resource=f"users/{ANNA}/calendars/c2/events"), WRITER)
        desk.tell(ANNA, "own", "e", "updated")
        desk.tell(ANNA, "c2", "e", "updated")
        hook.status = 500
        await desk.settled()
        assert len(hook.told) == 1
        assert desk.refused == 1


async def test_contacts_of_a_mailbox_or_of_one_folder_may_be_meant() -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    async with hooked() as (hook, url):
        for resource in (f"users/{ANNA}/contacts", f"users/{ANNA}/contactFolders/f2/contacts"):
            await desk.answer("POST", PATH, wanted(url, resource=resource), READER)
        whole, folder = desk.subscriptions
        desk.tell(ANNA, "own", "e", "updated")
        desk.tell(ANNA, "f1", "c1", "updated", sort=CONTACTS)
        desk.tell(ANNA, "f2", "c2", "deleted", sort=CONTACTS)
        await desk.settled()
        assert sorted((each["subscriptionId"], each["resource"]) for each in hook.told) == [
            (whole, f"Users/{ANNA}/Contacts/c1"),
            (whole, f"Users/{ANNA}/Contacts/c2"),
            (folder, f"Users/{ANNA}/Contacts/c2"),
        ]


@pytest.mark.parametrize(("resource", "roles"), [("events", READER), ("contacts", WRITER)])
async def test_each_wants_a_right_of_its_own(resource: str, roles: frozenset[str]) -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    async with hooked() as (_, url):
        with pytest.raises(GraphRefusal) as raised:
            await desk.answer("POST", PATH, wanted(url, resource=f"users/{ANNA}/{resource}"), roles)
        assert raised.value.status == 403
        reply = await desk.answer("POST", PATH, wanted(url, resource=f"users/{ANNA}/{resource}"), WRITER | READER)
        assert reply.body is not None
        with pytest.raises(GraphRefusal):
            await desk.answer("DELETE", f"{PATH}/{reply.body['id']}", None, roles)
        assert list(desk.subscriptions) == [reply.body["id"]]


async def test_one_is_read_made_longer_and_ended() -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    async with hooked() as (_, url):
        reply = await desk.answer("POST", PATH, wanted(url, minutes=1), WRITER)
        assert reply.body is not None
        assert reply.body["expirationDateTime"] == "2026-11-02T08:45:00Z"
        one = f"{PATH}/{reply.body['id']}"
        longer = await desk.answer("PATCH", one, {"expirationDateTime": "2026-11-03T08:00:00Z"}, WRITER)
        assert longer.body is not None
        assert longer.body["expirationDateTime"] == "2026-11-03T08:00:00Z"
        assert (await desk.answer("GET", one, None, WRITER)).status == 200
        assert (await desk.answer("DELETE", one, None, WRITER)).status == 204
        with pytest.raises(GraphRefusal):
            await desk.answer("DELETE", one, None, WRITER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource": "users"},
        {"changeType": ""},
        {"clientState": "x" * 129},
        {"expirationDateTime": "x"},
        {"minutes": 99_999},
    ],
)
async def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    async with hooked() as (_, url):
        with pytest.raises(GraphRefusal):
            await SubscriptionDesk(clock=lambda: NOW).answer("POST", PATH, wanted(url, **wrong), WRITER)


async def test_who_may_not_read_may_not_subscribe_and_who_does_not_answer_is_not_told() -> None:
    desk = SubscriptionDesk(clock=lambda: NOW)
    with pytest.raises(GraphRefusal):
        await desk.answer("POST", PATH, wanted("http://127.0.0.1:9/"), frozenset())
    with pytest.raises(GraphRefusal) as raised:
        await desk.answer("POST", PATH, wanted("http://127.0.0.1:9/"), WRITER)
    assert raised.value.code == "ValidationError"
