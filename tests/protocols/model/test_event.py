"""An appointment or a series: what none may be, and what nobody could be told of."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.model.event import Days, Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = Span(NINE, NINE + timedelta(hours=1))
DAY = Days(date(2026, 11, 23), date(2026, 11, 24))
DAILY = Recurrence(frequency=Frequency.DAILY)


def test_an_appointment_may_take_no_time_and_a_day_may_not() -> None:
    assert Span(NINE, NINE).start == NINE
    with pytest.raises(ValueError, match="must end after"):
        Days(DAY.first, DAY.first)


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        (NINE, NINE - timedelta(seconds=1), "UTC"),
        (NINE.replace(tzinfo=None), NINE, "UTC"),
        (NINE.astimezone(ZoneInfo("Europe/Berlin")), NINE, "UTC"),
        (NINE, NINE, ""),
    ],
)
def test_what_is_no_span(start: datetime, end: datetime, zone: str) -> None:
    with pytest.raises(ValueError, match="a Span"):
        Span(start, end, zone)


def test_an_instant_is_no_day() -> None:
    with pytest.raises(ValueError, match="days must end"):
        Days(NINE, NINE + timedelta(days=1))


@pytest.mark.parametrize(
    ("when", "rule", "original", "words"),
    [
        (HOUR, None, NINE, "does not repeat"),
        (HOUR, DAILY, DAY.first, "named as its series"),
        (DAY, DAILY, NINE, "named as its series"),
        (HOUR, DAILY, NINE.astimezone(ZoneInfo("Europe/Berlin")), "instant in UTC"),
    ],
)
def test_exceptions_are_those_of_a_series(
    when: Days | Span, rule: Recurrence | None, original: date | datetime, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Event(when=when, rule=rule, exceptions={original: Occurrence(when=when)})


def test_what_repeats() -> None:
    assert Event(when=HOUR, rule=DAILY).repeats
    assert Event(when=HOUR, extra=(NINE + timedelta(days=1),)).repeats
    assert not Event(when=HOUR).repeats


def test_nobody_can_be_invited_by_an_event() -> None:
    """The proof that no copy mails anybody begins here: there is nowhere to put an address."""
    named = {each.name for kind in (Event, Occurrence) for each in fields(kind)}
    assert not {name for name in named if "attend" in name or "organi" in name or "invit" in name}
