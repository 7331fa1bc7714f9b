"""A table of appointments and series of every shape that a spoke has to carry there and back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from protocols.model.event import Days, Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday

MO, TU, WE, FR = Weekday.MO, Weekday.TU, Weekday.WE, Weekday.FR


def span(day: int, hour: int, minutes: int = 60, *, zone: str = "UTC", month: int = 11) -> Span:
    """In 2026, by UTC."""
    start = datetime(2026, month, day, hour, tzinfo=UTC)
    return Span(start, start + timedelta(minutes=minutes), zone)


def days(first: int, until: int) -> Days:
    """Of November 2026."""
    return Days(date(2026, 11, first), date(2026, 11, until))


_WEEKLY: Final = Event(
    when=span(9, 9, zone="Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, MO),), count=8),
    subject="Weekly",
)
_DAILY: Final = Recurrence(frequency=Frequency.DAILY, count=5)
_SECOND: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
_THIRD: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)

SERIES: Final[dict[str, Event]] = {
    "daily": Event(when=span(9, 9), rule=_DAILY, subject="Daily"),
    "every other day until": Event(
        when=span(9, 9, zone="Europe/Berlin"),
        rule=Recurrence(frequency=Frequency.DAILY, interval=2, until=date(2026, 11, 19)),
        subject="Until",
    ),
    "weekly": _WEEKLY,
    "weekly without end": replace(_WEEKLY, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, MO), (0, WE)))),
    "weekly over a change of clocks": replace(
        _WEEKLY,
        when=span(12, 14, zone="America/New_York", month=10),
        rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, MO),), count=6),
    ),
    "every other week": replace(
        _WEEKLY,
        rule=Recurrence(frequency=Frequency.WEEKLY, interval=2, days=((0, MO), (0, FR)), until=date(2026, 12, 31)),
    ),
    "monthly by day": Event(
        when=span(10, 9),
        rule=Recurrence(frequency=Frequency.MONTHLY, month_days=(10,), count=6),
        subject="Monthly",
    ),
    "monthly by weekday": Event(
        when=span(10, 9),
        rule=Recurrence(frequency=Frequency.MONTHLY, days=((2, TU),), count=6),
        subject="Second Tuesday",
    ),
    "monthly on the last": Event(
        when=span(27, 9),
        rule=Recurrence(frequency=Frequency.MONTHLY, days=((-1, FR),), count=6),
        subject="Last Friday",
    ),
    "yearly": Event(
        when=span(10, 9),
        rule=Recurrence(frequency=Frequency.YEARLY, months=(11,), month_days=(10,), count=3),
        subject="Yearly",
    ),
    "days that come again": Event(when=days(9, 10), rule=_DAILY, subject="All-day series"),
    "an occurrence cancelled": replace(_WEEKLY, exceptions={_SECOND: None}),
    "an occurrence moved": replace(_WEEKLY, exceptions={_SECOND: Occurrence(when=span(17, 13, zone="Europe/Berlin"))}),
    "an occurrence with words of its own": replace(
        _WEEKLY,
        exceptions={
            _SECOND: Occurrence(when=span(16, 9, 90, zone="Europe/Berlin"), subject="Not as ever", location="Roof"),
            _THIRD: None,
        },
    ),
    "a day cancelled": Event(
        when=days(9, 10), rule=_DAILY, subject="All-day series", exceptions={date(2026, 11, 11): None}
    ),
    "a day moved": Event(
        when=days(9, 10),
        rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, MO),), count=4),
        subject="All-day series",
        exceptions={date(2026, 11, 16): Occurrence(when=days(17, 18))},
    ),
}

SINGLE: Final[dict[str, Event]] = {
    "timed": Event(when=span(9, 9), subject="Timed", location="Room 1", body="Two\nlines"),
    "in a zone": Event(when=span(9, 9, zone="Europe/Berlin"), subject="Zone"),
    "far away": Event(when=span(9, 9, zone="Asia/Kolkata"), subject="Far"),
    "over midnight": Event(when=span(9, 22, 240, zone="America/New_York"), subject="Night"),
    "of no length": Event(when=span(9, 9, 0), subject="Zero"),
    "a day": Event(when=days(9, 10), subject="A day"),
    "several days": Event(when=days(9, 14), subject="Several days"),
    "without a subject": Event(when=span(9, 9)),
    "reminder": Event(when=span(9, 9), subject="Remind", reminder=timedelta(minutes=15)),
    "reminder at once": Event(when=span(9, 9), subject="Remind", reminder=timedelta()),
    "private": Event(when=span(9, 9), subject="Private", sensitivity=Sensitivity.PRIVATE),
    "confidential": Event(when=span(9, 9), subject="Confidential", sensitivity=Sensitivity.CONFIDENTIAL),
    "personal": Event(when=span(9, 9), subject="Personal", sensitivity=Sensitivity.PERSONAL),
    "categories": Event(when=span(9, 9), subject="Categories", categories=("Blue", "Ünï, with a comma")),
    "free": Event(when=span(9, 9), subject="Free", shows=BusyStatus.FREE),
    "tentative": Event(when=span(9, 9), subject="Tentative", shows=BusyStatus.TENTATIVE),
    "out of office": Event(when=span(9, 9), subject="Out", shows=BusyStatus.OUT_OF_OFFICE),
    "elsewhere": Event(when=span(9, 9), subject="Elsewhere", shows=BusyStatus.WORKING_ELSEWHERE),
    "scripts": Event(
        when=span(9, 9), subject="Ünï 王小明 Ωλ 🦉", location="‚‘’‛ „“ שלום", body="مرحبا\nПривет 🦉\n\nEnd"
    ),
    "markup": Event(
        when=span(9, 9),
        subject='O\'Brien "Bob" <script>&amp; x; y, z\\n',
        location="a;b,c:d\\e",
        body="<b>not bold</b> &lt; & \\n ; , BEGIN:VEVENT\n\nEND:VCALENDAR",
    ),
    "long": Event(when=span(9, 9), subject="L" * 250, body="\n".join(["Lang " * 63 + "x"] * 100)[:32_000].rstrip()),
}

EVENTS: Final[dict[str, Event]] = SINGLE | SERIES
