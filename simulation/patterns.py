"""What stands in everybody's calendar: an office's habits, with every kind of entry that free/busy can trip over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from protocols.model.intervals import BusyStatus
from simulation.expansion import DAY, Series
from simulation.people import BERLIN, Kind, Person

WEEK = timedelta(weeks=1)
HORIZON = timedelta(days=400)  # how far before and after today calendars are kept
_SLOTS_A_DAY = 24
_WORKDAYS = frozenset(range(5))


def series_of(person: Person, today: date) -> Iterator[Series]:
    """Everything in the calendar of ``person``, around the week of ``today``; always the same for the same day."""
    monday = today - today.weekday() * DAY
    if person.kind is Kind.ROOM:
        yield from _bookings(person, monday)
    elif person.kind is Kind.SHARED:
        yield from _slots(person, monday)
    else:
        yield from _meetings(person, monday)
        yield from _own_time(person, monday)
        yield from _days_away(person, monday)
        yield from _nights_of_the_clocks(person, today)


def _meetings(person: Person, monday: date) -> Iterator[Series]:
    n, company = person.number, person.company
    begin = monday - 56 * WEEK
    yield Series(
        uid=f"standup-{company.name.lower()}-{person.zone}-{n % 4}",
        subject="Stand-up",
        zone=person.zone,
        first=begin,
        start=time(9 + n % 4 // 2, 30 * (n % 2)),
        length=timedelta(minutes=15),
        days=_WORKDAYS,
        meeting=True,
        moved=((monday + 2 * DAY, datetime.combine(monday + 2 * DAY, time(11, 45))),) if n % 3 == 0 else (),
        cancelled=frozenset({monday + 4 * DAY}) if n % 3 == 1 else frozenset(),
    )
    yield Series(  # in the head office's zone, so that the others' clocks see it wander twice a year
        uid=f"team-{company.name.lower()}",
        subject=f"{company.name} team meeting",
        location="Head office",
        zone=company.zone,
        first=begin + DAY,
        start=time(15),
        length=timedelta(hours=1),
        days=frozenset({1}),
        meeting=True,
    )
    if n % 6 == 0:
        yield _steering(monday)
    yield Series(
        uid=f"one-on-one-{person.address}",
        subject="One on one",
        zone=person.zone,
        first=begin + (n % 2) * WEEK,
        start=time(13 + n % 3),
        length=timedelta(minutes=30),
        days=frozenset({n % 5}),
        every=2,
        meeting=True,
    )


def _steering(monday: date) -> Series:
    moved_from = monday + WEEK + 3 * DAY
    return Series(
        uid="steering",
        subject="Merger steering committee",
        location="Room Elbe",
        zone=BERLIN,
        first=monday - 56 * WEEK + 3 * DAY,
        start=time(16),
        length=timedelta(minutes=90),
        days=frozenset({3}),
        meeting=True,
        moved=((moved_from, datetime.combine(moved_from + DAY, time(14))),),
        cancelled=frozenset({monday + 2 * WEEK + 3 * DAY}),
    )


def _own_time(person: Person, monday: date) -> Iterator[Series]:
    n, begin = person.number, monday - 56 * WEEK

    def weekly(kind: str, subject: str, day: int, start: time, minutes: int) -> Series:
        return Series(
            uid=f"{kind}-{person.address}",
            subject=subject,
            zone=person.zone,
            first=begin + day * DAY,
            start=start,
            length=timedelta(minutes=minutes),
            days=frozenset({day}),
        )

    yield replace(weekly("hold", "Hold: customer visit", 2, time(14 + n % 2), 60), status=BusyStatus.TENTATIVE)
    call = weekly("customer", f"Customer call {n}", 1, time(11, 30), 45)
    yield replace(call, location="By telephone", meeting=True)
    if n % 3 == 2:
        yield replace(weekly("private", "Physiotherapy", 1, time(17), 60), location="Dr. Maybach", private=True)
    if n % 4 == 1:
        yield replace(weekly("home", "Home office", 4, time(9), 480), status=BusyStatus.WORKING_ELSEWHERE)
    if n % 4 == 2:
        yield replace(weekly("reading", "Reading, come in", 3, time(11), 120), status=BusyStatus.FREE)


def _days_away(person: Person, monday: date) -> Iterator[Series]:
    n = person.number

    def days(kind: str, subject: str, first: date, count: int, status: BusyStatus, *, private: bool = False) -> Series:
        uid, length = f"{kind}-{person.address}-{first}", count * DAY
        zone = person.zone
        return Series(
            uid=uid,
            subject=subject,
            zone=zone,
            first=first,
            length=length,
            status=status,
            all_day=True,
            private=private,
        )

    if n % 5 == 2:
        yield days("leave", "Annual leave", monday + (2 + n % 3) * WEEK, 5, BusyStatus.OUT_OF_OFFICE)
    if n % 5 == 3:
        yield days("off-site", "Off-site", monday + WEEK + 2 * DAY, 1, BusyStatus.BUSY)
    if n % 5 == 4:
        yield days("family", "Family day", monday + 3 * DAY, 1, BusyStatus.BUSY, private=True)
    yield days("birthday", f"Birthday of {person.name}", monday + (n % 7) * DAY, 1, BusyStatus.FREE)


def _nights_of_the_clocks(person: Person, today: date) -> Iterator[Series]:
    """Every second person watches the data centre through the night in which the clocks change."""
    if person.number % 2:
        return
    for day in clock_changes(person.zone, today):
        yield Series(
            uid=f"night-{person.address}-{day}",
            subject="Night watch: data centre move",
            zone=person.zone,
            first=day - DAY,
            start=time(23, 30),
            length=timedelta(hours=6),  # by the clock on the wall; an hour more or less by the sun
        )


def _bookings(room: Person, monday: date) -> Iterator[Series]:
    """A room's subjects are its organisers' names, as Exchange makes them."""
    begin = monday - 56 * WEEK
    for day, hour, minutes, organiser in (
        (0, 10, 60, "Anna Schneider"),
        (3, 16, 90, "Jack Thompson"),
        (4, 9, 180, "Brian Sullivan"),
    ):
        yield Series(
            uid=f"booking-{room.address}-{day}",
            subject=organiser,
            location=room.name,
            zone=room.zone,
            first=begin + day * DAY,
            start=time(hour),
            length=timedelta(minutes=minutes),
            days=frozenset({day}),
            meeting=True,
        )


def _slots(desk: Person, monday: date) -> Iterator[Series]:
    """Half hours from six to six on every day: over the 1000 entries of one answer within 42 days."""
    for slot in range(_SLOTS_A_DAY):
        yield Series(
            uid=f"slot-{slot}-{desk.address}",
            subject=f"Delivery {slot}",
            zone=desk.zone,
            first=monday - 56 * WEEK,
            start=time(6 + slot // 2, 30 * (slot % 2)),
            length=timedelta(minutes=30 if slot % 2 else 25),
            days=frozenset(range(7)),
        )


@lru_cache(maxsize=64)
def clock_changes(zone: str, today: date) -> tuple[date, ...]:
    """The days within the horizon on which the clocks of ``zone`` change."""
    tz, day, days = ZoneInfo(zone), today - HORIZON, []
    while day < today + HORIZON:
        noon = datetime.combine(day, time(12), UTC)
        if noon.astimezone(tz).utcoffset() != (noon - DAY).astimezone(tz).utcoffset():
            days.append(day)
        day += DAY
    return tuple(days)
