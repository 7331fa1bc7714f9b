"""Tests of protocols/ews/calendar_recurrence.py."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from protocols.ews.calendar_fitting import fit
from protocols.ews.calendar_recurrence import NAME, read, weekdays, written
from protocols.ews.names import T
from protocols.model.event import Event, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.model.window import TimeWindow
from protocols.recurrence.exchange_patterns import held
from protocols.recurrence.occurrences import index, starts
from protocols.recurrence.rules import normal
from protocols.zones.names import windows_name, zone_named
from simulation.exchange import calendar_series

FIRST = date(2026, 11, 10)
TU = Weekday.TU
EVERY = Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY, Frequency.YEARLY
WORKING = tuple((0, day) for day in Weekday if day < Weekday.SA)


def _element(text: str) -> etree._Element:
    return etree.fromstring(f'<t:Recurrence xmlns:t="{T}">{text}</t:Recurrence>')


def _when(first: date = FIRST) -> Span:
    start = datetime(first.year, first.month, first.day, 9, tzinfo=UTC)
    return Span(start, start + timedelta(hours=1))


RULES = [
    Recurrence(frequency=Frequency.DAILY, interval=3, count=7),
    Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO), (0, TU))),
    Recurrence(frequency=Frequency.WEEKLY, interval=2, days=((0, TU), (0, Weekday.SU)), week_start=Weekday.WE),
    Recurrence(frequency=Frequency.MONTHLY, month_days=(10,), until=date(2027, 3, 1)),
    Recurrence(frequency=Frequency.MONTHLY, month_days=(-1,)),
    Recurrence(frequency=Frequency.MONTHLY, month_days=(28, 29, 30), positions=(-1,)),
    Recurrence(frequency=Frequency.MONTHLY, interval=5, days=((2, TU),)),
    Recurrence(frequency=Frequency.MONTHLY, days=((-1, TU),)),
    Recurrence(frequency=Frequency.MONTHLY, days=WORKING, positions=(-1,)),
    Recurrence(frequency=Frequency.YEARLY, months=(11,), month_days=(10,), count=999),
    Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(-1,)),
    Recurrence(frequency=Frequency.YEARLY, months=(1,), month_days=(31,)),
    Recurrence(frequency=Frequency.YEARLY, months=(11,), days=((2, TU),)),
    Recurrence(frequency=Frequency.YEARLY, months=(11,), days=((0, Weekday.SA), (0, Weekday.SU)), positions=(2,)),
    Recurrence(frequency=Frequency.YEARLY, interval=4, months=(11,), month_days=(10,)),
    Recurrence(frequency=Frequency.YEARLY, interval=2, months=(11,), days=((2, TU),)),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_what_is_written_is_read(rule: Recurrence) -> None:
    element = etree.fromstring(f'<r xmlns:t="{T}">{written(rule, FIRST)}</r>')[0]
    calendar_series.check(element)
    assert normal(read(element, FIRST), _when()) == normal(rule, _when())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth>"
         "</t:AbsoluteMonthlyRecurrence><t:NoEndRecurrence/>",
         Recurrence(frequency=Frequency.MONTHLY, month_days=(-1,))),
        ("<t:AbsoluteYearlyRecurrence><t:DayOfMonth>29</t:DayOfMonth><t:Month>February</t:Month>"
         "</t:AbsoluteYearlyRecurrence>",
         Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(-1,))),
        ("<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Day</t:DaysOfWeek>"
         "<t:DayOfWeekIndex>Third</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>",
         Recurrence(frequency=Frequency.MONTHLY, month_days=(3,))),
        ("<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek></t:WeeklyRecurrence>"
         "<t:EndDateRecurrence><t:EndDate>2026-12-24+01:00</t:EndDate></t:EndDateRecurrence>",
         Recurrence(frequency=Frequency.WEEKLY, days=WORKING, until=date(2026, 12, 24))),
        ("<t:AbsoluteMonthlyRecurrence><t:Interval>12</t:Interval><t:DayOfMonth>10</t:DayOfMonth>"
         "</t:AbsoluteMonthlyRecurrence>",
         Recurrence(frequency=Frequency.YEARLY, months=(11,), month_days=(10,))),
    ],
)  # fmt: skip
def test_what_exchange_says_another_way(text: str, rule: Recurrence) -> None:
    assert normal(read(_element(text), FIRST), _when()) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<t:NoEndRecurrence/>",
        "<t:DailyRegeneration><t:Interval>1</t:Interval></t:DailyRegeneration>",
        "<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>",
        "<t:DailyRecurrence/>",
        "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Someday</t:DaysOfWeek></t:WeeklyRecurrence>",
        "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek/></t:WeeklyRecurrence>",
        "<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>32</t:DayOfMonth>"
        "</t:AbsoluteMonthlyRecurrence>",
        "<t:AbsoluteYearlyRecurrence><t:DayOfMonth>32</t:DayOfMonth><t:Month>May</t:Month></t:AbsoluteYearlyRecurrence>",
        "<t:AbsoluteYearlyRecurrence><t:DayOfMonth>1</t:DayOfMonth><t:Month>Mai</t:Month></t:AbsoluteYearlyRecurrence>",
        "<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>"
        "<t:DayOfWeekIndex>Fifth</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>",
        "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:EndDateRecurrence/>",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_told_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="repeats"):
        read(_element(text), FIRST)


@pytest.mark.parametrize(
    "rule",
    [
        Recurrence(frequency=Frequency.DAILY, days=((0, TU),)),
        Recurrence(frequency=Frequency.DAILY, interval=1000),
        Recurrence(frequency=Frequency.DAILY, count=1000),
        Recurrence(frequency=Frequency.WEEKLY, interval=100, days=((0, TU),)),
        Recurrence(frequency=Frequency.WEEKLY, days=((0, TU),), months=(5,)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(31,)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(1, 15)),
        Recurrence(frequency=Frequency.MONTHLY, days=((5, TU),)),
        Recurrence(frequency=Frequency.MONTHLY, days=((1, TU), (3, TU))),
        Recurrence(frequency=Frequency.MONTHLY, days=((0, TU), (0, Weekday.MO)), positions=(1,)),
        Recurrence(frequency=Frequency.MONTHLY, days=((2, TU),), months=(1,)),
        Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(29,)),
        Recurrence(frequency=Frequency.YEARLY, months=(2, 3), month_days=(1,)),
        Recurrence(frequency=Frequency.YEARLY, interval=9, months=(2,), month_days=(1,)),
        Recurrence(frequency=Frequency.YEARLY, others=(("BYYEARDAY", "100"),)),
    ],
    ids=str,
)
def test_what_exchange_cannot_hold_is_told_in_words(rule: Recurrence) -> None:
    with pytest.raises(ValueError, match="Exchange"):
        written(rule, FIRST)


def test_weekdays_of_several_words() -> None:
    assert weekdays("Sunday WeekendDay Monday") == (Weekday.MO, Weekday.SA, Weekday.SU)


@st.composite
def _rules(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(EVERY))
    interval = draw(st.integers(1, 12))
    days: tuple[tuple[int, Weekday], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = (draw(st.integers(1, 12)),) if frequency is Frequency.YEARLY else ()
    if frequency is Frequency.WEEKLY:
        days = tuple((0, day) for day in sorted(draw(st.sets(st.sampled_from(Weekday), min_size=1))))
    elif frequency is not Frequency.DAILY and draw(st.booleans()):
        days = ((draw(st.sampled_from((1, 2, 3, 4, -1))), draw(st.sampled_from(Weekday))),)
    elif frequency is not Frequency.DAILY:
        month_days = (draw(st.sampled_from((*range(1, 29), -1))),)
    ends = draw(st.sampled_from(({}, {"count": 9}, {"until": date(2030, 1, 1)})))
    return Recurrence(
        frequency=frequency, interval=interval, days=days, month_days=month_days, months=months, **ends
    )  # type: ignore[arg-type]  # fmt: skip


@settings(max_examples=100)
@given(_rules())
def test_whatever_can_be_written_comes_back_as_it_is_held(rule: Recurrence) -> None:
    """Of rules whose every-n-months is no whole number of years, whose month is that of their first."""
    first = date(2026, (rule.months or (11,))[0], 10)
    plain = normal(rule, _when(first))
    if plain.frequency is Frequency.YEARLY and plain.interval > 8:
        return
    assert normal(held(plain, first, NAME), _when(first)) == plain


@settings(max_examples=60)
@given(_rules(), st.integers(0, 27), st.sampled_from(("UTC", "Europe/Berlin", "America/New_York")))
def test_exchange_counts_the_occurrences_as_we_do(rule: Recurrence, day: int, zone: str) -> None:
    """The place of an occurrence in its series is by what Exchange finds it (InstanceIndex)."""
    first = datetime(2026, (rule.months or (11,))[0], 1 + day, 9, tzinfo=UTC)
    event = Event(when=Span(first, first + timedelta(hours=1), zone), rule=normal(rule, Span(first, first, zone)))
    fitting, _ = fit(event)
    if fitting is None or fitting.rule is None:
        return
    element = etree.fromstring(f'<r xmlns:t="{T}">{written(fitting.rule, first.date())}</r>')[0]
    clock = zone_named(zone)
    assert clock is not None
    window = TimeWindow(first, first + timedelta(days=800))
    ours = list(starts(fitting, window))
    theirs = calendar_series.starts(element, first, windows_name(clock) or "UTC")
    assert ours == [each for each in theirs if each < window.end]
    assert [index(fitting, each) for each in ours] == list(range(1, len(ours) + 1))
