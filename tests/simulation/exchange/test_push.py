"""Tests of simulation/exchange/push.py: who is called, when, how often, and until when."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from protocols.ews import push
from protocols.ews.push import Sort
from tests.simulation.exchange.calendar_asking import CALENDAR, NOW, TIMES, Asker, asker

MINUTE = timedelta(minutes=1)
KINDS = "".join(f"<t:EventType>{each}</t:EventType>" for each in push.EVENTS)


@dataclass(slots=True)
class Listener:
    """Answers with ``status``, or fails where it is ""; ``told`` is what was said."""

    status: str = "OK"
    told: list[Sort] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.status:
            return web.Response(status=503)
        self.bodies.append(body)
        self.told += push.read(body)
        return web.Response(body=push.result(goes_on=self.status == "OK"), content_type="text/xml")


@dataclass(slots=True)
class Clock:
    """What the server's clock shows."""

    now: datetime = NOW

    def clock(self) -> datetime:
        return self.now


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Asker, Listener, str, Clock]]:
    listener, clock = Listener(), Clock()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    async with TestServer(app, host="127.0.0.1") as server, asker() as there:
        there.desk.clock = clock.clock
        yield there, listener, str(server.make_url("/hook")), clock


def request(url: str, *folders: str, minutes: int | str = 30, kinds: str = KINDS) -> str:
    return (
        f"<m:PushSubscriptionRequest><t:FolderIds>{''.join(folders or (CALENDAR,))}</t:FolderIds>"
        f"<t:EventTypes>{kinds}</t:EventTypes><t:StatusFrequency>{minutes}</t:StatusFrequency><t:URL>{url}</t:URL>"
        "</m:PushSubscriptionRequest>"
    )


async def test_each_change_by_anybody_is_told() -> None:
    async with listening() as (there, listener, url, _):
        assert await there.codes("Subscribe", request(url)) == ["NoError"]
        await there.server.push.settled()
        assert listener.told == [Sort.STATUS]
        key = await there.created(TIMES)
        await there.server.push.settled()
        await there.ask("DeleteItem", f'<m:ItemIds><t:ItemId Id="{key}"/></m:ItemIds>')
        await there.server.push.settled()
        assert listener.told == [Sort.STATUS, Sort.CHANGED, Sort.REMOVED]
        assert b"CreatedEvent" in listener.bodies[1]
        assert b"DeletedEvent" in listener.bodies[2]
        assert there.server.push.told == 3


async def test_another_folder_and_other_events_are_not_told() -> None:
    async with listening() as (there, listener, url, _):
        await there.ask("Subscribe", request(url, kinds="<t:EventType>DeletedEvent</t:EventType>"))
        await there.ask("Subscribe", request(url, f'<t:FolderId Id="{there.desk.public_folder("/Team").key}"/>'))
        await there.created(TIMES)
        await there.server.push.settled()
        assert listener.told == [Sort.STATUS] * 2


async def test_it_says_every_now_and_then_that_nothing_changed() -> None:
    async with listening() as (there, listener, url, clock):
        await there.ask("Subscribe", request(url, minutes=10))
        for minutes, told in ((9, 1), (1, 2), (5, 2), (5, 3)):
            await there.server.push.settled()
            clock.now += minutes * MINUTE
            there.server.push.due()
            await there.server.push.settled()
            assert listener.told == [Sort.STATUS] * told


async def test_an_answer_ends_it_and_nothing_else_does() -> None:
    async with listening() as (there, listener, url, _):
        told = await there.ask("Subscribe", request(url))
        key = told.findtext(".//{*}SubscriptionId", "")
        assert await there.codes("Unsubscribe", f"<m:SubscriptionId>{key}</m:SubscriptionId>") == [
            "ErrorInvalidSubscription"
        ]
        await there.server.push.settled()
        assert key in there.server.push.subscriptions
        listener.status = "Unsubscribe"
        await there.created(TIMES)
        await there.server.push.settled()
        await there.created(TIMES)
        await there.server.push.settled()
        assert (there.server.push.subscriptions, listener.told) == ({}, [Sort.STATUS, Sort.CHANGED])
        assert await there.codes("Unsubscribe", f"<m:SubscriptionId>{key}</m:SubscriptionId>") == [
            "ErrorSubscriptionNotFound"
        ]


async def test_where_nobody_answers_it_tries_again_and_gives_up() -> None:
    async with listening() as (there, listener, url, clock):
        await there.ask("Subscribe", request(url, minutes=4))
        await there.server.push.settled()
        listener.status = ""
        await there.created(TIMES)
        await there.server.push.settled()
        [each] = there.server.push.subscriptions.values()
        assert (each.again, there.server.push.missed) == (clock.now + MINUTE / 2, 1)
        clock.now += MINUTE
        listener.status = "OK"
        there.server.push.due()
        await there.server.push.settled()
        assert (listener.told, each.again) == ([Sort.STATUS, Sort.CHANGED], None)
        listener.status = ""
        await there.created(TIMES)
        await there.server.push.settled()
        attempts = 0
        while there.server.push.subscriptions:
            clock.now += 5 * MINUTE
            there.server.push.due()
            await there.server.push.settled()
            attempts += 1
        assert attempts == 4  # after 30, 60, 120 and 240 seconds


async def test_it_may_end_it_by_itself() -> None:
    async with listening() as (there, listener, url, _):
        told = await there.ask("Subscribe", request(url))
        await there.server.push.settled()
        there.server.push.fail(told.findtext(".//{*}SubscriptionId", ""), "ErrorMissedNotificationEvents")
        await there.server.push.settled()
        assert (listener.told, there.server.push.subscriptions) == ([Sort.STATUS, Sort.ENDED], {})


async def test_what_is_refused() -> None:
    async with listening() as (there, _, url, _):
        one, other = (f'<t:FolderId Id="{there.desk.public_folder(path).key}"/>' for path in ("/One", "/Other"))
        for body, code in (
            (request("ftp://127.0.0.1/"), "ErrorInvalidPushSubscriptionUrl"),
            (request("hook"), "ErrorInvalidPushSubscriptionUrl"),
            (request(url, one, other), "ErrorInvalidSubscriptionRequest"),
            (request(url, '<t:FolderId Id="cal!none"/>'), "ErrorFolderNotFound"),
            (request(url, '<t:FolderId Id="other"/>'), "ErrorFolderNotFound"),
            (request(url, minutes=1441), "ErrorSchemaValidation"),
            (request(url, minutes="often"), "ErrorSchemaValidation"),
            ("<m:PullSubscriptionRequest/>", "ErrorInvalidSubscriptionRequest"),
        ):
            assert await there.codes("Subscribe", body) == [code]
        there.desk.public_folder("/Led", content="led@fabrikam.example")
        led = f'<t:FolderId Id="{there.desk.public_folder("/Led").key}"/>'
        assert await there.codes("Subscribe", request(url, led)) == ["ErrorPublicFolderServerNotFound"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://127.0.0.1:9/hook"])
async def test_where_nobody_listens_nothing_breaks(url: str) -> None:
    async with listening() as (there, _, _, _):
        await there.ask("Subscribe", request(url))
        await there.server.push.settled()
        assert (there.server.push.told, there.server.push.missed) == (0, 1)
