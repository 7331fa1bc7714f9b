"""Microsoft's own client sees what we wrote into a simulated calendar, and we what it wrote there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event as Theirs
from msgraph.generated.models.free_busy_status import FreeBusyStatus
from msgraph.generated.models.location import Location
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType

from calsync.items import Item
from calsync.spoke import Written
from calsync.spokes.graph_calendar import GraphCalendar
from calsync.spokes.graph_calendar_asking import Calendar
from protocols.graph.calendar_event import EXPAND
from protocols.graph.calendar_requests import Place
from protocols.graph.contact_fields import STAMP
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Event, Occurrence, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from simulation.estate import Estate
from simulation.graph import Application, GraphServer
from simulation.graph.calendar_desk import CalendarDesk
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.server import TENANT
from tests.clients import graph_calendar_client as client
from tests.clients.tls import Authority
from tests.contracts.spoke_events import EVENTS, SERIES
from tests.contracts.spoke_world import NOW, Reader, creation, deletion, failed, standing

pytestmark = [
    pytest.mark.client,
    # both declare classes of their own that they have deprecated
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]
ANNA: Final = "anna@contoso.example"
APPLICATION: Final = replace(Application(), roles=("Calendars.ReadWrite",))
CREDENTIALS: Final = (TENANT, APPLICATION.client_id, APPLICATION.secret)
START: Final = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GraphServer]:
    async with GraphServer(estate, ssl=tls.server, applications=(APPLICATION,)) as server:
        server.calendars = CalendarFront(CalendarDesk([ANNA], clock=lambda: NOW))
        yield server


@pytest_asyncio.fixture
async def spoke(server: GraphServer) -> AsyncIterator[GraphCalendar]:
    async with aiohttp.ClientSession() as session:

        async def send(request: HttpRequest) -> HttpResponse:
            token = server.tokens.issue(roles=APPLICATION.roles)
            headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
            async with session.request(
                request.method, request.url, data=request.body or None, headers=headers, ssl=False
            ) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        place = Place(user=ANNA, api_url=server.url)
        yield GraphCalendar(
            "contoso",
            Calendar(send=send, place=place, clock=lambda: NOW, sleep=asyncio.sleep, chance=lambda: 0.0),
        )


async def test_the_client_sees_what_we_wrote(server: GraphServer, spoke: GraphCalendar, tls: Authority) -> None:
    names = ("in a zone", "scripts", "reminder", "an occurrence with words of its own")
    outcomes = await spoke.write([creation(EVENTS[name], number) for number, name in enumerate(names, 1)])
    assert all(isinstance(each, Written) for each in outcomes)
    told: list[Any] = await asyncio.to_thread(client.listed, server.url, CREDENTIALS, ANNA, EXPAND, ca=tls.ca)
    zone, scripts, reminder, series = told
    assert (zone.subject, zone.original_start_time_zone) == ("Zone", "W. Europe Standard Time")
    assert (zone.is_reminder_on, reminder.is_reminder_on) == (False, True)
    assert (scripts.subject, scripts.location.display_name) == (EVENTS["scripts"].subject, EVENTS["scripts"].location)
    stamps = [each.single_value_extended_properties[0] for each in told]
    assert [each.value for each in stamps] == [f"busyline:merger/item{number}" for number in range(1, 5)]
    assert {each.id.lower() for each in stamps} == {STAMP.lower()}
    whole: Any = await asyncio.to_thread(client.series, server.url, CREDENTIALS, ANNA, series.id, ca=tls.ca)
    assert [each.rpartition(".")[2] for each in whole.cancelled_occurrences] == ["2026-11-23"]
    assert [each.subject for each in whole.exception_occurrences] == ["Not as ever"]
    assert whole.recurrence.range.number_of_occurrences == 8
    assert not any(each.attendees for each in told)


async def test_we_see_what_the_client_wrote(server: GraphServer, spoke: GraphCalendar, tls: Authority) -> None:
    reader = Reader(spoke)
    await reader.news()
    single = Theirs(
        subject="Åström",
        start=DateTimeTimeZone(date_time="2026-11-09T10:00:00", time_zone="Europe/Berlin"),
        end=DateTimeTimeZone(date_time="2026-11-09T11:00:00", time_zone="Europe/Berlin"),
        location=Location(display_name="Köln"),
        show_as=FreeBusyStatus.Oof,
        is_reminder_on=False,
    )
    weekly = Theirs(subject="Weekly", start=single.start, end=single.end, is_reminder_on=False, recurrence=_mondays())
    keys = await asyncio.to_thread(client.made, server.url, CREDENTIALS, ANNA, single, weekly, ca=tls.ca)
    window = ("2026-11-15T00:00:00Z", "2026-11-25T00:00:00Z")
    second, third = await asyncio.to_thread(client.instances, server.url, CREDENTIALS, ANNA, keys[1], window, ca=tls.ca)
    change = Theirs(subject="Not as ever")
    await asyncio.to_thread(client.changed, server.url, CREDENTIALS, ANNA, str(second.id), change, ca=tls.ca)
    await asyncio.to_thread(client.deleted, server.url, CREDENTIALS, ANNA, str(third.id), ca=tls.ca)
    told = (await reader.news()).items
    assert set(told) == set(keys)
    at = Span(START, START + HOUR, "Europe/Berlin")
    assert told[keys[0]].content == Event(when=at, subject="Åström", location="Köln", shows=BusyStatus.OUT_OF_OFFICE)
    other, gone = (START + timedelta(days=days) for days in (7, 14))
    differs = Occurrence(when=Span(other, other + HOUR, "Europe/Berlin"), subject="Not as ever")
    assert told[keys[1]].content == Event(
        when=at,
        subject="Weekly",
        rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4),
        exceptions={other: differs, gone: None},
    )


async def test_whom_the_client_invites_guards_the_event(
    server: GraphServer, spoke: GraphCalendar, tls: Authority
) -> None:  # fmt: skip
    [outcome] = await spoke.write([creation(SERIES["weekly"])])
    assert isinstance(outcome, Written)
    assert isinstance(outcome.item, Item)
    guest = Attendee(email_address=EmailAddress(address="bob@b.example", name="Bob"))
    invited = Theirs(attendees=[guest])
    await asyncio.to_thread(client.changed, server.url, CREDENTIALS, ANNA, outcome.item.key, invited, ca=tls.ca)
    assert server.calendars is not None
    desk = server.calendars.desk
    assert [each.what for each in desk.mails] == ["update"]
    now = await standing(spoke, outcome.item.key)
    assert now.guarded
    assert (await failed(spoke, deletion(now))).guarded
    assert len(desk.mails) == 1


def _mondays() -> PatternedRecurrence:
    pattern = RecurrencePattern(
        type=RecurrencePatternType.Weekly,
        interval=1,
        days_of_week=[DayOfWeek.Monday],
        first_day_of_week=DayOfWeek.Sunday,
    )
    span = RecurrenceRange(
        type=RecurrenceRangeType.Numbered,
        start_date=date(2026, 11, 9),
        number_of_occurrences=4,
        recurrence_time_zone="Europe/Berlin",
    )
    return PatternedRecurrence(pattern=pattern, range=span)
