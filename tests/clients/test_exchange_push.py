"""exchangelib subscribes at the simulated Exchange and reads its calls; and our answer to them is the one it writes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from exchangelib.services import SendNotification
from lxml import etree

from protocols.ews import push
from protocols.ews.push import Sort
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from tests.clients import exchangelib_calendars
from tests.clients.exchangelib_calendars import Calendar

pytestmark = [
    pytest.mark.client,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
R = TypeVar("R")
ANNA = Account("anna@fabrikam.example", "annas-password")
PATH = "/Shared/Team"
PUBLIC = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
HEADERS = {"X-PublicFolderMailbox": PUBLIC, "X-AnchorMailbox": PUBLIC}
START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Hook:
    """Where the server calls: what exchangelib read there, and what we did; ``end`` is exchangelib's last word."""

    end: bool = False
    theirs: list[Any] = field(default_factory=list)
    ours: list[Sort] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        service = SendNotification(protocol=None)
        self.theirs += service.parse(body)
        self.ours += push.read(body)
        answer = service.unsubscribe_payload() if self.end else service.ok_payload()
        return web.Response(body=answer, content_type="text/xml")


@dataclass(frozen=True, slots=True)
class World:
    """``does`` does something by exchangelib in the calendar, or in the public folder."""

    server: ExchangeServer
    hook: Hook
    url: str
    does: Callable[[Callable[[Calendar], R]], Any]


@asynccontextmanager
async def _world(estate: Estate, *, public: bool) -> AsyncIterator[World]:
    desk, hook, app = CalendarDesk([ANNA.username]), Hook(), web.Application()
    desk.public.tree = desk.public.anchor = PUBLIC
    desk.public_folder(PATH, content=PUBLIC)
    app.router.add_post("/hook", hook.hear)
    async with (
        TestServer(app, host="127.0.0.1") as there,
        ExchangeServer(estate, accounts=(ANNA,), calendars=desk) as server,
    ):

        async def does(do: Callable[[Calendar], R]) -> R:
            account, path = (ANNA.username, ANNA.password), PATH if public else ""
            more = {"ca": "", "headers": HEADERS if public else {}}
            told = await asyncio.to_thread(exchangelib_calendars.at, server.ews_url, account, path, do, **more)  # type: ignore[arg-type]
            await server.push.settled()
            return told

        yield World(server, hook, str(there.make_url("/hook")), does)


@pytest.fixture(params=[False, True], ids=["mailbox", "public folder"])
async def world(estate: Estate, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _world(estate, public=request.param) as there:
        yield there


async def test_exchangelib_subscribes_and_reads_what_it_is_told(world: World) -> None:
    key, watermark = await world.does(
        lambda team: team.folder.subscribe_to_push(callback_url=world.url, status_frequency=30)
    )
    assert (list(world.server.push.subscriptions), bool(watermark)) == ([key], True)
    await world.does(lambda team: team.enter(subject="One", start=START, end=START + HOUR, zone="Europe/Berlin"))
    await world.does(lambda team: team.change("One", location="Roof"))
    world.hook.end = True
    await world.does(lambda team: team.delete("One"))
    assert {each.subscription_id for each in world.hook.theirs} == {key}
    assert [[event.ELEMENT_NAME for event in each.events] for each in world.hook.theirs] == [
        ["StatusEvent"], ["CreatedEvent"], ["ModifiedEvent"], ["DeletedEvent"],
    ]  # fmt: skip
    assert world.hook.theirs[1].events[0].item_id.id
    assert world.hook.ours == [Sort.STATUS, Sort.CHANGED, Sort.CHANGED, Sort.REMOVED]
    assert world.server.push.subscriptions == {}


@pytest.mark.parametrize("goes_on", [True, False])
def test_our_answer_is_the_one_that_exchangelib_writes(goes_on: bool) -> None:
    service = SendNotification(protocol=None)
    theirs = service.ok_payload() if goes_on else service.unsubscribe_payload()
    assert _said(push.result(goes_on=goes_on)) == _said(theirs)


def _said(answer: bytes) -> list[tuple[str, str]]:
    """The elements and their texts, in order, without the head, which is empty."""
    told = [(str(each.tag), (each.text or "").strip()) for each in etree.fromstring(answer).iter()]
    return [(tag, text) for tag, text in told if not tag.endswith("}Header")]
