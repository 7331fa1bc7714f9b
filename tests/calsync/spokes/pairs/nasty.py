"""A table of appointments that are hard to carry, beside those that every spoke is asked for; each of another name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from tests.contracts.spoke_events import EVENTS, days, span

_MONDAYS: Final = Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=6)
_SERIES: Final = Event(when=span(9, 9, zone="Europe/Berlin"), rule=_MONDAYS)
_AT: Final = {day: datetime(2026, 11, day, 9, tzinfo=UTC) for day in (9, 16, 23, 30)}


def _spring(zone: str) -> Event:
    """Over the change of the clocks in spring, with a moved and a cancelled occurrence after it."""
    start = datetime(2027, 3, 1, 12, tzinfo=UTC)
    rule = Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), until=date(2027, 4, 19))
    return Event(when=Span(start, start + timedelta(hours=1), zone), rule=rule)


_NASTY: Final[dict[str, Event]] = {
    "a day at the end of the year": Event(when=Days(date(2026, 12, 31), date(2027, 1, 1))),
    "days over a change of clocks": Event(when=Days(date(2027, 3, 26), date(2027, 3, 30))),
    "days in a leap of months": Event(when=days(29, 30)),
    "free days": Event(when=days(9, 11), shows=BusyStatus.FREE),
    "east of everything": Event(when=span(9, 13, zone="Pacific/Auckland")),
    "a quarter of an hour aside": Event(when=span(9, 9, zone="Asia/Kathmandu")),
    "into the next day": Event(when=span(9, 23, 120, zone="Europe/Berlin")),
    "in the hour that comes twice": Event(when=span(25, 0, zone="Europe/Berlin", month=10)),
    "in spring in Berlin": _spring("Europe/Berlin"),
    "in spring in New York": _spring("America/New_York"),
    "ends on a day": replace(_SERIES, rule=replace(_MONDAYS, count=None, until=date(2026, 12, 7))),
    "first one cancelled": replace(_SERIES, exceptions={_AT[9]: None}),
    "all shapes at once": replace(
        _SERIES,
        location="Room",
        body="As ever",
        reminder=timedelta(minutes=10),
        categories=("Blue",),
        exceptions={
            _AT[9]: Occurrence(when=span(9, 10, 30, zone="Europe/Berlin"), subject="Earlier \U0001f989"),
            _AT[16]: None,
            _AT[23]: Occurrence(when=span(24, 15, zone="Europe/Berlin"), location="", shows=BusyStatus.FREE),
            _AT[30]: Occurrence(when=span(30, 9, zone="Europe/Berlin"), reminder=NO_REMINDER, body="Other\ntext"),
        },
    ),
    "three days, every two weeks": Event(
        when=days(9, 12), rule=Recurrence(frequency=Frequency.WEEKLY, interval=2, days=((0, Weekday.MO),), count=4)
    ),
    "emoji": Event(
        when=span(9, 9), location="\U0001f468\u200d\U0001f469\u200d\U0001f467 Café", body="\U0001f1e9\U0001f1ea"
    ),
    "a week before": Event(when=span(9, 9), reminder=timedelta(days=7)),
    "lines that begin with spaces": Event(when=span(9, 9), body="  One\n\tTwo\n\n\n   Three"),
    "links": Event(when=span(9, 9), body="https://b.example/?a=1&b=<2>\nmailto:ann@b.example"),
}  # fmt: skip

TABLE: Final[dict[str, Event]] = {
    name: event if name == "without a subject" else replace(event, subject=f"{name}: {event.subject}"[:250].strip())
    for name, event in (EVENTS | _NASTY).items()
}
