"""Twelve people's calendars as iCalendar, and when each is busy: what every CalDAV server must be found to say."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow

DOMAIN = "fabrikam.example"
ZONE = "Europe/Berlin"  # summer time ends on 25 October 2026
WINDOW = TimeWindow(datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))
SUBJECT, PLACE = "Quarterly figures", "Room 4"

B, T, O = BusyStatus.BUSY, BusyStatus.TENTATIVE, BusyStatus.OUT_OF_OFFICE  # noqa: E741
Blocks: TypeAlias = list[tuple[datetime, datetime, BusyStatus]]

BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class Collection:
    """One calendar: its objects, each the lines of its VEVENTs, and whether it is marked as transparent."""

    name: str
    objects: tuple[tuple[str, ...], ...]
    transparent: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """A person: the calendars, and when they make the person busy in WINDOW."""

    name: str
    collections: tuple[Collection, ...]
    busy: tuple[tuple[str, str, BusyStatus], ...]

    @property
    def address(self) -> str:
        return f"{self.name}@{DOMAIN}"

    @property
    def blocks(self) -> Blocks:
        return [(at(start), at(end), status) for start, end, status in self.busy]


def at(text: str) -> datetime:
    """``10-19 08:00`` in 2026, UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def local(start: str, end: str, *more: str) -> tuple[str, ...]:
    """The lines of an event between two local times in Berlin."""
    return (f"DTSTART;TZID={ZONE}:{start}", f"DTEND;TZID={ZONE}:{end}", *more)


def _owner(name: str, *objects: tuple[str, ...], busy: tuple[tuple[str, str, BusyStatus], ...]) -> Owner:
    return Owner(name, (Collection("work", objects),), busy)


def _next(*lines: str) -> tuple[str, ...]:
    """The lines of a further VEVENT in the same object."""
    return ("END:VEVENT", "BEGIN:VEVENT", *lines)


_WEEKLY = local("20261020T100000", "20261020T110000", "RRULE:FREQ=WEEKLY;COUNT=3")  # 20 and 27 October, 3 November

OWNERS = (
    _owner("plain", local("20261019T100000", "20261019T113000"), busy=(("10-19 08:00", "10-19 09:30", B),)),
    _owner("empty", busy=()),
    _owner(
        "allday",
        ("DTSTART;VALUE=DATE:20261021", "DTEND;VALUE=DATE:20261023"),
        busy=(("10-20 22:00", "10-22 22:00", B),),
    ),
    _owner(
        "clocks",  # a night of nine hours, and a series that stays at nine o'clock
        local("20261024T220000", "20261025T060000"),
        local("20261023T090000", "20261023T093000", "RRULE:FREQ=DAILY;COUNT=5"),
        busy=(
            ("10-23 07:00", "10-23 07:30", B),
            ("10-24 07:00", "10-24 07:30", B),
            ("10-24 20:00", "10-25 05:00", B),
            ("10-25 08:00", "10-25 08:30", B),
            ("10-26 08:00", "10-26 08:30", B),
            ("10-27 08:00", "10-27 08:30", B),
        ),
    ),
    _owner(
        "exceptions",
        (*_WEEKLY, f"EXDATE;TZID={ZONE}:20261027T100000"),
        busy=(("10-20 08:00", "10-20 09:00", B), ("11-03 09:00", "11-03 10:00", B)),
    ),
    _owner(
        "moved",
        (*_WEEKLY, *_next(*local("20261028T150000", "20261028T170000", f"RECURRENCE-ID;TZID={ZONE}:20261027T100000"))),
        busy=(
            ("10-20 08:00", "10-20 09:00", B),
            ("10-28 14:00", "10-28 16:00", B),
            ("11-03 09:00", "11-03 10:00", B),
        ),
    ),
    _owner(
        "transparent",
        local("20261019T100000", "20261019T110000", "TRANSP:TRANSPARENT"),
        local("20261019T140000", "20261019T150000", "TRANSP:OPAQUE"),
        busy=(("10-19 12:00", "10-19 13:00", B),),
    ),
    _owner(
        "tentative",
        local("20261019T100000", "20261019T110000", "STATUS:TENTATIVE"),
        busy=(("10-19 08:00", "10-19 09:00", T),),
    ),
    _owner(
        "cancelled",
        local("20261019T100000", "20261019T110000", "STATUS:CANCELLED"),
        local("20261019T140000", "20261019T150000", "STATUS:CONFIRMED"),
        busy=(("10-19 12:00", "10-19 13:00", B),),
    ),
    _owner(
        "away",
        local("20261019T100000", "20261019T180000", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
        busy=(("10-19 08:00", "10-19 16:00", O),),
    ),
    _owner(
        "floating",
        ("DTSTART:20261019T140000", "DTEND:20261019T150000"),
        busy=(("10-19 12:00", "10-19 13:00", B),),
    ),
    Owner(
        "several",
        (
            Collection("work", (local("20261019T100000", "20261019T110000"),)),
            Collection("private", (local("20261019T160000", "20261019T170000"),)),
            Collection("birthdays", (local("20261019T120000", "20261019T130000"),), transparent=True),
        ),
        busy=(("10-19 08:00", "10-19 09:00", B), ("10-19 14:00", "10-19 15:00", B)),
    ),
)

# More occurrences in WINDOW than one answer may hold; not among the twelve.
CROWDED = _owner(
    "crowded",
    local("20261026T040000", "20261026T043000", "RRULE:FREQ=HOURLY;INTERVAL=6;COUNT=48"),
    busy=tuple(
        (f"{day:%m-%d} {hour:02}:00", f"{day:%m-%d} {hour:02}:30", B)
        for day in (datetime(2026, 10, 26, tzinfo=UTC) + timedelta(days=each) for each in range(12))
        for hour in (3, 9, 15, 21)
    ),
)

Written: TypeAlias = tuple[tuple[str, str, BusyStatus], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is told otherwise than it is, why, and what is said to be ``unknown``; it may make nobody free."""

    busy: Written
    why: str
    unknown: tuple[tuple[str, str], ...] = ()


# What a way of asking cannot tell, or a server tells otherwise: by server, strategy and person. "*" stands for each.
_NO_OOF = "X-MICROSOFT-CDO-BUSYSTATUS is Microsoft's own: for RFC 4791 7.10 the event is BUSY"
_UTC = "the server reports all-day events as if the calendar's zone were UTC, whatever its calendar-timezone says"
_NO_TRANSPARENCY = "the server keeps no schedule-calendar-transp: each calendar counts"
_AWAY: Written = (("10-19 08:00", "10-19 16:00", B),)
_ALL_DAY: Written = (("10-21 00:00", "10-23 00:00", B),)
_ALL_THREE: Written = (
    ("10-19 08:00", "10-19 09:00", B),
    ("10-19 10:00", "10-19 11:00", B),
    ("10-19 14:00", "10-19 15:00", B),
)
DIFFERENCES: dict[tuple[str, str, str], Difference] = {
    ("*", "report", "away"): Difference(_AWAY, _NO_OOF),
    ("*", "outbox", "away"): Difference(_AWAY, _NO_OOF),
    ("cyrus", "report", "allday"): Difference(_ALL_DAY, _UTC, (("10-20 22:00", "10-21 00:00"),)),
    ("cyrus", "outbox", "allday"): Difference(_ALL_DAY, _UTC, (("10-20 22:00", "10-21 00:00"),)),
    ("radicale", "*", "several"): Difference(_ALL_THREE, _NO_TRANSPARENCY),
    ("xandikos", "*", "several"): Difference(_ALL_THREE, _NO_TRANSPARENCY),
}


def icalendar(uid: str, lines: tuple[str, ...]) -> bytes:
    """One object of a calendar: its zone and its event; all VEVENTs in it are of the same UID."""
    common = ("UID:" + uid, "DTSTAMP:20261001T000000Z", f"SUMMARY:{SUBJECT}", f"LOCATION:{PLACE}")
    body = [*common, *(each for line in lines for each in ((line, *common) if line == "BEGIN:VEVENT" else (line,)))]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Busyline//Tests//EN", *BERLIN.splitlines()]
    whole += ["BEGIN:VEVENT", *body, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def expected(server: str, strategy: str, owner: Owner) -> tuple[Blocks, list[tuple[datetime, datetime]]]:
    """When ``owner`` is busy as this server tells it by this way of asking, and when nobody knows."""
    keys = [(a, b, owner.name) for a in (server, "*") for b in (strategy, "*")]
    found = next((DIFFERENCES[key] for key in keys if key in DIFFERENCES), Difference(owner.busy, ""))
    busy = [(at(start), at(end), status) for start, end, status in found.busy]
    return busy, [(at(start), at(end)) for start, end in found.unknown]
