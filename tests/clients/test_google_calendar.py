"""Google's own client works in the simulated calendar beside us: it reads our copies, and we read what it does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio

from calsync.items import Item
from calsync.spokes.google_calendar import GoogleCalendar
from protocols.google.patience import Pace
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Event, Occurrence
from protocols.model.recurrence import Frequency
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from tests.calsync.spokes.google_calendar_world import CALENDAR, OWNER, SCOPES
from tests.clients.google_calendar_client import GoogleCalendarClient, client
from tests.clients.tls import Authority
from tests.contracts.spoke_events import SERIES, SINGLE, span
from tests.contracts.spoke_world import NOW, Reader, creation, deletion, done, failed, standing, update

pytestmark = [
    pytest.mark.client,
    # httplib2 and its parser of headers call each other by names that the parser has renamed
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    # googleapiclient leaves the connections of httplib2 to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
ACCOUNT = ServiceAccount(scopes=SCOPES)
SECOND, THIRD = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (16, 23))
ENDS = {
    name: {"dateTime": f"2026-11-09T{hour}:00:00", "timeZone": "Europe/Berlin"}
    for name, hour in (("start", 10), ("end", 11))
}


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(estate, ssl=tls.server, account=ACCOUNT) as server:
        server.calendars.store.add(CALENDAR, owner=OWNER, zone="Europe/Berlin")
        yield server
        assert server.calendars.store.mails == []


@pytest_asyncio.fixture
async def theirs(server: GoogleServer, tls: Authority) -> AsyncIterator[GoogleCalendarClient]:
    with client(server.url, json.loads(server.service_account_file()), OWNER, tls.ca, CALENDAR) as theirs:
        yield theirs


@pytest_asyncio.fixture
async def ours(server: GoogleServer, tls: Authority) -> AsyncIterator[GoogleCalendar]:
    async with _spoke(server, tls) as spoke:
        yield spoke


@asynccontextmanager
async def _spoke(server: GoogleServer, tls: Authority) -> AsyncIterator[GoogleCalendar]:
    token = server.tokens.issued(OWNER, frozenset(SCOPES))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls.client)) as session:

        async def send(request: HttpRequest) -> HttpResponse:
            headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
            async with session.request(request.method, request.url, data=request.body, headers=headers) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        pace = Pace(lambda: NOW, asyncio.sleep, lambda: 0.5)
        yield GoogleCalendar("google", send, calendar=CALENDAR, pace=pace, new_id=lambda: "channel", api_url=server.url)


def content(item: Item) -> Event:
    assert isinstance(item.content, Event)
    return item.content


async def test_what_they_do_is_told(theirs: GoogleCalendarClient, ours: GoogleCalendar) -> None:
    reader = Reader(ours)
    await reader.news()
    one = await asyncio.to_thread(theirs.insert, summary="Budget", description="a<br>b", **ENDS)
    series = await asyncio.to_thread(theirs.insert, summary="Weekly", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"], **ENDS)
    told = await reader.news()
    assert content(told.items[one["id"]]) == Event(when=span(9, 9, zone="Europe/Berlin"), subject="Budget", body="a\nb")
    rule = content(told.items[series["id"]]).rule
    assert rule is not None
    assert (rule.frequency, rule.count) == (Frequency.WEEKLY, 4)
    instances = await asyncio.to_thread(theirs.instances, series["id"])
    await asyncio.to_thread(theirs.patch, instances[1]["id"], summary="Other")
    await asyncio.to_thread(theirs.delete, instances[2]["id"])
    await asyncio.to_thread(theirs.delete, one["id"])
    told = await reader.news()
    assert told.gone == {one["id"]}
    second = Occurrence(when=span(16, 9, zone="Europe/Berlin"), subject="Other")
    assert content(told.items[series["id"]]).exceptions == {SECOND: second, THIRD: None}


async def test_what_we_make_is_read_by_them(theirs: GoogleCalendarClient, ours: GoogleCalendar) -> None:
    await done(ours, creation(SINGLE["timed"], 1))
    item = await done(ours, creation(SERIES["an occurrence with words of its own"], 2))
    there = {each["id"]: each for each in await asyncio.to_thread(theirs.events)}
    assert sorted(each["summary"] for each in there.values()) == ["Not as ever", "Timed", "Weekly"]
    assert there[item.key]["recurrence"] == ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8", "EXDATE:20261123T090000Z"]
    assert all("attendees" not in each for each in there.values())
    instances = await asyncio.to_thread(theirs.instances, item.key)
    assert [each["summary"] for each in instances][:3] == ["Weekly", "Not as ever", "Weekly"]
    assert len(instances) == 7


async def test_both_change_one_event(theirs: GoogleCalendarClient, ours: GoogleCalendar) -> None:
    first = await done(ours, creation(SINGLE["timed"]))
    await asyncio.to_thread(theirs.patch, first.key, location="Room 7", colorId="3")
    changed = replace(SINGLE["timed"], subject="Ours", reminder=timedelta(minutes=5))
    assert (await failed(ours, update(first, changed, "subject"))).stale
    now = await standing(ours, first.key)
    assert content(now).location == "Room 7"
    await done(ours, update(now, changed, "subject", "reminder"))
    there = await asyncio.to_thread(theirs.get, first.key)
    assert (there["summary"], there["location"], there["colorId"]) == ("Ours", "Room 7", "3")
    assert there["reminders"]["overrides"] == [{"method": "popup", "minutes": 5}]


async def test_guests_of_theirs_hear_nothing_of_us(theirs: GoogleCalendarClient, ours: GoogleCalendar) -> None:
    guests = [{"email": CALENDAR}, {"email": "ann@contoso.example"}]
    made = await asyncio.to_thread(theirs.insert, summary="Meeting", attendees=guests, **ENDS)
    item = await standing(ours, made["id"])
    assert content(item).meeting
    assert (await failed(ours, update(item, SINGLE["timed"], "subject"))).guarded
    assert (await failed(ours, deletion(item))).guarded


async def test_their_tokens_are_as_ours(
    theirs: GoogleCalendarClient, ours: GoogleCalendar, server: GoogleServer
) -> None:
    _, token = await asyncio.to_thread(theirs.changes, "")
    item = await done(ours, creation(SINGLE["timed"]))
    changed, token = await asyncio.to_thread(theirs.changes, token)
    assert [each["id"] for each in changed] == [item.key]
    server.calendars.store.expire()
    assert await asyncio.to_thread(theirs.refusal, token) == "HTTP 410 fullSyncRequired"
