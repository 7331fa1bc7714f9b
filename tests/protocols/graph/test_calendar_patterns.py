"""How series come again in the words of Graph, against a plain count of days."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocols.graph.calendar_patterns import read, written
from protocols.model.event import Days, Event
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.model.window import TimeWindow
from protocols.recurrence.exchange_patterns import MOST
from protocols.recurrence.occurrences import starts
from protocols.recurrence.rules import normal
from simulation.graph.calendar_patterns import days

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST = date(2026, 11, 9)


def some() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True)


INDEX = st.sampled_from(["first", "second", "third", "fourth", "last"])
PATTERNS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"type": st.just("daily")}),
    st.fixed_dictionaries({"type": st.just("weekly"), "daysOfWeek": some(), "firstDayOfWeek": st.sampled_from(NAMES)}),
    st.fixed_dictionaries({"type": st.just("absoluteMonthly"), "dayOfMonth": st.integers(1, 31)}),
    st.fixed_dictionaries({"type": st.just("relativeMonthly"), "daysOfWeek": some(), "index": INDEX}),
    st.fixed_dictionaries(
        {"type": st.just("absoluteYearly"), "dayOfMonth": st.integers(1, 31), "month": st.integers(1, 12)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("relativeYearly"), "daysOfWeek": some(), "index": INDEX, "month": st.integers(1, 12)}
    ),
)
RANGES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"type": st.just("noEnd")}),
    st.fixed_dictionaries({"type": st.just("numbered"), "numberOfOccurrences": st.integers(1, 40)}),
    st.fixed_dictionaries({"type": st.just("endDate"), "endDate": st.just("2029-06-30")}),
)


@settings(max_examples=150, deadline=None)
@given(PATTERNS, RANGES, st.integers(1, 13), st.integers(0, 400))
def test_a_pattern_means_the_days_that_outlook_makes_of_it(
    pattern: dict[str, Any], span: dict[str, Any], interval: int, later: int
) -> None:
    begin = FIRST + timedelta(days=later)
    told = {"pattern": {**pattern, "interval": interval}, "range": {**span, "startDate": begin.isoformat()}}
    first = next(days({**told, "range": {**told["range"], "type": "noEnd"}}), None)
    assume(first is not None and first < date(2029, 6, 1))
    assert first is not None
    told["range"]["startDate"] = first.isoformat()
    when = Days(first, first + timedelta(days=1))
    rule = normal(read(told, first), when)
    window = TimeWindow(datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))
    wanted = list(takewhile(lambda day: day < date(2031, 1, 1), islice(days(told), 1500)))
    assert list(islice(starts(Event(when=when, rule=rule), window, most=3000), 1500)) == wanted
    try:
        again = written(rule, first, "UTC")
    except ValueError:
        assert rule.frequency is Frequency.YEARLY  # every twelve months is yearly, and years may be too many
        assert rule.interval > 8
        return
    back = normal(read(again, first), when)  # the last day of January is its 31st
    assert list(islice(starts(Event(when=when, rule=back), window, most=3000), 1500)) == wanted
    assert written(back, first, "UTC") == again


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        (Recurrence(frequency=Frequency.DAILY, interval=3), {"type": "daily", "interval": 3}),
        (
            Recurrence(frequency=Frequency.WEEKLY, interval=2, days=((0, Weekday.MO), (0, Weekday.FR))),
            {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "friday"], "firstDayOfWeek": "monday"},
        ),
        (
            Recurrence(frequency=Frequency.MONTHLY, month_days=(-1,)),
            {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
        ),
        (
            Recurrence(frequency=Frequency.MONTHLY, month_days=(28, 29, 30), positions=(-1,)),
            {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 30},
        ),
        (
            Recurrence(
                frequency=Frequency.MONTHLY, days=tuple((0, day) for day in Weekday if day < 5), positions=(-1,)
            ),
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": list(NAMES[:5]), "index": "last"},
        ),
        (
            Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(-1,)),
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 29, "month": 2},
        ),
        (
            Recurrence(frequency=Frequency.YEARLY, months=(11,), days=((4, Weekday.TH),)),
            {"type": "relativeYearly", "interval": 1, "month": 11, "daysOfWeek": ["thursday"], "index": "fourth"},
        ),
    ],
)
def test_a_rule_in_its_words(rule: Recurrence, pattern: dict[str, Any]) -> None:
    span = {"type": "noEnd", "startDate": "2026-11-09", "recurrenceTimeZone": "UTC"}
    assert written(rule, FIRST, "UTC") == {"pattern": pattern, "range": span}


@pytest.mark.parametrize(
    "rule",
    [
        Recurrence(frequency=Frequency.DAILY, interval=MOST + 1),
        Recurrence(frequency=Frequency.DAILY, count=MOST + 1),
        Recurrence(frequency=Frequency.DAILY, interval=2, days=((0, Weekday.MO),)),
        Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), months=(1,)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(30,)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(1, 15)),
        Recurrence(frequency=Frequency.MONTHLY, days=((5, Weekday.TU),)),
        Recurrence(frequency=Frequency.MONTHLY, days=((1, Weekday.TU), (3, Weekday.TU))),
        Recurrence(frequency=Frequency.MONTHLY, days=((0, Weekday.TU), (0, Weekday.WE)), positions=(2, 3)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(1,), months=(1, 2)),
        Recurrence(frequency=Frequency.YEARLY, months=(1, 7), month_days=(1,)),
        Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(29,)),
        Recurrence(frequency=Frequency.YEARLY, interval=9, months=(2,), month_days=(1,)),
        Recurrence(frequency=Frequency.YEARLY, others=(("BYYEARDAY", "100"),)),
    ],
)
def test_what_graph_cannot_hold_is_said(rule: Recurrence) -> None:
    with pytest.raises(ValueError, match="Microsoft 365"):
        written(rule, FIRST, "UTC")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"pattern": {"type": "hourly", "interval": 1}},
        {"pattern": {"type": "daily", "interval": 0}},
        {"pattern": {"type": "daily", "interval": True}},
        {"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": []}},
        {"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "someday"]}},
        {"pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32}},
        {"pattern": {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "fifth"}},
        {"pattern": {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1, "month": 13}},
        {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "endDate", "endDate": "never"}},
        {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "numbered"}},
        {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "sometimes"}},
    ],
)
def test_what_is_no_rule_is_named(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="repeats"):
        read(told, FIRST)


def test_a_week_begins_on_sunday_where_nothing_else_is_told() -> None:
    rule = read({"pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday"]}}, FIRST)
    assert rule.week_start is Weekday.SU
