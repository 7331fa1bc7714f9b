"""Single occurrences: what differs is said and nothing else, and what was said is had again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from protocols.recurrence.differing import (
    INHERITED,
    alone,
    answered,
    by_its_clocks,
    difference,
    is_later,
    same,
    says,
    usual,
)

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Recurrence(frequency=Frequency.DAILY)
SERIES = Event(when=Span(START, START + HOUR, "Europe/Berlin"), rule=DAILY, subject="S", reminder=timedelta())
WHOLE = Days(date(2026, 11, 9), date(2026, 11, 11))

LOOKS = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(["", "S", "X"]),
        "location": st.sampled_from(["", "Room"]),
        "body": st.sampled_from(["", "Text"]),
        "shows": st.sampled_from(BusyStatus),
        "reminder": st.sampled_from([None, timedelta(), HOUR]),
        "sensitivity": st.sampled_from(Sensitivity),
        "categories": st.sampled_from([(), ("A",)]),
    }
)


@given(LOOKS, LOOKS, st.integers(-5, 5))
def test_what_is_said_of_an_occurrence_makes_it_again(
    usually: dict[str, object], now: dict[str, object], hours: int
) -> None:
    series = replace(SERIES, **usually)  # type: ignore[arg-type]
    when = Span(START + hours * HOUR, START + (hours + 1) * HOUR, "Europe/Berlin")
    one = Event(when=when, **now)  # type: ignore[arg-type]
    told = difference(series, one)
    assert alone(series, told) == one
    said = {name for name in INHERITED if getattr(told, name) is not None}
    assert says(told, INHERITED) is bool(said)
    assert said == {name for name in INHERITED if getattr(one, name) != getattr(series, name)}
    assert same(series, START, told) is (not said and not hours)


def test_a_reminder_that_is_taken_away_is_said() -> None:
    assert difference(SERIES, replace(SERIES, reminder=None)).reminder == NO_REMINDER


@pytest.mark.parametrize("usually", Response)
@pytest.mark.parametrize("own", Response)
def test_an_answer_of_its_own_is_said_but_none_says_nothing(usually: Response, own: Response) -> None:
    series = replace(SERIES, response=usually)
    plain = replace(series, rule=None)
    one = difference(series, replace(plain, response=own))
    other = own not in {Response.NONE, usually}
    assert one.response is (own if other else None)
    assert alone(series, one).response is (own if other else usually)
    assert answered(series, START, one) is other
    assert same(series, START, one) is not other
    assert not answered(series, START, replace(one, subject="X"))
    assert not answered(series, START, None)


def test_where_an_occurrence_would_be() -> None:
    assert usual(SERIES.when, START + 7 * DAY) == Span(START + 7 * DAY, START + 7 * DAY + HOUR, "Europe/Berlin")
    assert usual(WHOLE, date(2026, 11, 16)) == Days(date(2026, 11, 16), date(2026, 11, 18))
    assert not same(SERIES, START, None)
    assert same(SERIES, START + DAY, Occurrence(when=usual(SERIES.when, START + DAY)))


def test_an_occurrence_has_the_clocks_of_its_series() -> None:
    assert by_its_clocks(Span(START, START, "Asia/Tokyo"), SERIES.when) == Span(START, START, "Europe/Berlin")
    assert by_its_clocks(WHOLE, SERIES.when) == WHOLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Span(START + HOUR, START + HOUR), Span(START, START + DAY)),
        (Span(START, START + DAY), Span(START, START + HOUR)),
        (Days(date(2026, 11, 10), date(2026, 11, 11)), WHOLE),
    ],
)
def test_which_is_later(one: Span | Days, other: Span | Days) -> None:
    assert is_later(one, other)
    assert not is_later(other, one)
    assert not is_later(one, one)
