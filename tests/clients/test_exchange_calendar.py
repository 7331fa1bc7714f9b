"""exchangelib reads the appointments that we wrote, and edits a calendar and a public folder that we read."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import pytest

from calsync.items import Item
from calsync.spoke import Spoke
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_asking import Exchange
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Days, Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from tests.clients import exchangelib_calendars
from tests.clients.exchangelib_calendars import Calendar
from tests.clients.tls import Authority
from tests.contracts.spoke_world import NOW, Reader, bare, creation, deletion, done, failed, removed, update

pytestmark = [
    pytest.mark.client,
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
R = TypeVar("R")
ANNA = Account("anna@fabrikam.example", "annas-password")
PATH = "/Shared/Team"
PUBLIC = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
HEADERS = {"X-PublicFolderMailbox": PUBLIC, "X-AnchorMailbox": PUBLIC}
WEEKLY = Event(
    when=Span(datetime(2026, 11, 9, 9, tzinfo=UTC), datetime(2026, 11, 9, 10, tzinfo=UTC), "Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=5),
    subject="Weekly & <more>",
    location="Köln",
    body="One\nTwo",
    shows=BusyStatus.TENTATIVE,
    sensitivity=Sensitivity.PRIVATE,
    categories=("Blue", "Red"),
    reminder=timedelta(minutes=15),
    exceptions={
        datetime(2026, 11, 16, 9, tzinfo=UTC): Occurrence(
            when=Span(datetime(2026, 11, 17, 13, tzinfo=UTC), datetime(2026, 11, 17, 14, tzinfo=UTC), "Europe/Berlin")
        ),
        datetime(2026, 11, 23, 9, tzinfo=UTC): None,
    },
)


@dataclass(frozen=True, slots=True)
class World:
    """``theirs`` does something by exchangelib."""

    spoke: Spoke
    desk: CalendarDesk
    theirs: Callable[[Callable[[Calendar], R]], Any]


@asynccontextmanager
async def _world(estate: Estate, tls: Authority, *, public: bool) -> AsyncIterator[World]:
    desk = CalendarDesk([ANNA.username], clock=lambda: NOW)
    desk.public.tree = desk.public.anchor = PUBLIC
    desk.public_folder(PATH, content=PUBLIC)
    async with (
        ExchangeServer(estate, ssl=tls.server, accounts=(ANNA,), calendars=desk) as server,
        aiohttp.ClientSession() as session,
    ):
        secret = base64.b64encode(f"{ANNA.username}:{ANNA.password}".encode()).decode()

        async def send(request: HttpRequest) -> HttpResponse:
            headers = {**dict(request.headers.fields), "Authorization": f"Basic {secret}"}
            async with session.post(request.url, data=request.body, headers=headers, ssl=tls.client) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        async def theirs(do: Callable[[Calendar], R]) -> R:
            account, path = (ANNA.username, ANNA.password), PATH if public else ""
            more = {"ca": tls.ca, "headers": HEADERS if public else {}}
            return await asyncio.to_thread(exchangelib_calendars.at, server.ews_url, account, path, do, **more)  # type: ignore[arg-type]

        exchange = Exchange(
            send=send,
            url=server.ews_url,
            mailbox=ANNA.username,
            impersonates=False,
            zone="Europe/Berlin",
            clock=lambda: NOW,
            sleep=asyncio.sleep,
            chance=lambda: 0.0,
        )
        route = Route(path=PATH, hierarchy_mailbox=PUBLIC, content_mailbox=PUBLIC)
        spoke: Spoke = ExchangeCalendar("fabrikam", exchange)
        if public:
            spoke = ExchangePublicFolder("fabrikam", exchange, route=route, deletions_every=timedelta())
        yield World(spoke, desk, theirs)
        assert desk.mails == []


@pytest.fixture(params=[False, True], ids=["mailbox", "public folder"])
async def world(estate: Estate, tls: Authority, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _world(estate, tls, public=request.param) as there:
        yield there


async def test_exchangelib_reads_what_we_wrote(world: World) -> None:
    await done(world.spoke, creation(WEEKLY))
    [told] = await world.theirs(Calendar.read)
    assert told["subject"] == "Weekly & <more>"
    assert told["location"] == "Köln"
    assert told["body"] == "One\nTwo"
    assert told["type"] == "RecurringMaster"
    assert told["start"] == datetime(2026, 11, 9, 9, tzinfo=UTC)
    assert (told["is_all_day"], told["legacy_free_busy_status"], told["sensitivity"]) == (False, "Tentative", "Private")
    assert told["categories"] == ["Blue", "Red"]
    assert (told["reminder_is_set"], told["reminder_minutes_before_start"]) == (True, 15)
    assert told["busyline_stamp"] == "busyline:merger/item1"
    assert told["required_attendees"] is None
    assert told["recurrence"].boundary.number == 5
    assert [each.isoformat() for each in told["cancelled"]] == ["2026-11-23T09:00:00+00:00"]
    assert [(one.isoformat(), other.isoformat()) for one, other in told["differing"]] == [
        ("2026-11-16T09:00:00+00:00", "2026-11-17T13:00:00+00:00")
    ]


async def test_days_that_we_wrote_are_days_for_exchangelib(world: World) -> None:
    await done(world.spoke, creation(Event(when=Days(date(2026, 11, 9), date(2026, 11, 11)), subject="Away")))
    [told] = await world.theirs(Calendar.read)
    assert told["is_all_day"]
    assert (told["start"], told["end"]) == (date(2026, 11, 9), date(2026, 11, 10))


async def test_we_read_what_exchangelib_entered(world: World) -> None:
    start, end = datetime(2026, 11, 9, 9, tzinfo=UTC), datetime(2026, 11, 9, 10, tzinfo=UTC)

    def edit(calendar: Calendar) -> None:
        calendar.enter(subject="Weekly", start=start, end=end, zone="Europe/Berlin", weekly=4, location="Here")
        calendar.move("Weekly", 2, start + timedelta(days=8), end + timedelta(days=8))
        calendar.cancel("Weekly", 3)
        calendar.enter_days(subject="Away", first=date(2026, 11, 9), last=date(2026, 11, 10))
        calendar.enter(subject="Once", start=start, end=end, zone="Asia/Tokyo", legacy_free_busy_status="OOF")

    await world.theirs(edit)
    news = await Reader(world.spoke).news()
    found = {each.content.subject: each.content for each in news.items.values() if isinstance(each.content, Event)}
    assert not news.unread
    moved = Span(start + timedelta(days=8), end + timedelta(days=8), "Europe/Berlin")
    assert bare(found["Weekly"]) == Event(
        when=Span(start, end, "Europe/Berlin"),
        rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4),
        subject="Weekly",
        location="Here",
        reminder=found["Weekly"].reminder,
        exceptions={start + timedelta(days=7): Occurrence(when=moved), start + timedelta(days=14): None},
    )
    assert found["Away"].when == Days(date(2026, 11, 9), date(2026, 11, 11))
    assert found["Once"].when == Span(start, end, "Asia/Tokyo")
    assert found["Once"].shows is BusyStatus.OUT_OF_OFFICE


async def test_what_exchangelib_does_to_our_copy_is_told(world: World) -> None:
    reader = Reader(world.spoke)
    await reader.news()
    copy = reader.note(await done(world.spoke, creation(WEEKLY)))
    await world.theirs(lambda calendar: calendar.change(WEEKLY.subject, location="Bonn"))
    [told] = (await reader.news()).items.values()
    assert bare(told.content) == replace(WEEKLY, location="Bonn")
    assert told.mark == copy.mark
    assert (await failed(world.spoke, update(copy, replace(WEEKLY, subject="Ours"), "subject"))).stale
    after = await done(world.spoke, update(told, replace(WEEKLY, subject="Ours"), "subject"))
    assert bare(after.content) == replace(WEEKLY, location="Bonn", subject="Ours")
    reader.note(after)
    await world.theirs(lambda calendar: calendar.delete("Ours"))
    assert (await reader.news()).gone == {copy.key}
    await removed(world.spoke, deletion(after))


async def test_what_became_a_meeting_is_left_alone(world: World) -> None:
    copy = await done(world.spoke, creation(replace(WEEKLY, exceptions={})))
    await world.theirs(lambda calendar: calendar.invite(WEEKLY.subject, "guest@contoso.example"))
    there = (await world.spoke.look([copy.key]))[copy.key]
    assert isinstance(there, Item)
    assert there.guarded
    assert (await failed(world.spoke, update(there, replace(WEEKLY, subject="Ours"), "subject"))).guarded
    assert (await failed(world.spoke, deletion(there))).guarded
