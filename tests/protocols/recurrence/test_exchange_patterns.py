"""The six patterns: what is said by one is the rule again, and what none can say is named."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocols.model.event import Days
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.recurrence.exchange_patterns import Kind, Pattern, held, pattern_of, rule_of
from protocols.recurrence.forms import normal

FIRST = date(2026, 11, 10)
WHEN = Days(FIRST, date(2026, 11, 11))
PATTERNS = st.builds(
    Pattern,
    kind=st.sampled_from(Kind),
    interval=st.integers(1, 8),
    days=st.sets(st.sampled_from(Weekday), min_size=1).map(lambda days: tuple(sorted(days))),
    place=st.sampled_from([1, 2, 3, 4, -1]),
    day=st.integers(1, 31),
    month=st.integers(1, 12),
    week_start=st.sampled_from([Weekday.MO, Weekday.SU]),
)


@given(PATTERNS)
def test_a_pattern_is_its_rule_again(pattern: Pattern) -> None:
    rule = normal(rule_of(pattern, FIRST), WHEN)
    assert normal(held(rule, FIRST, "Outlook"), WHEN) == rule
    again = pattern_of(rule, "Outlook")
    assume(again.kind is pattern.kind)  # the n-th of all seven days of the week is a day of the month
    assert again.interval == pattern.interval


def test_more_than_a_year_may_be_told_by_months() -> None:
    told = Pattern(kind=Kind.ABSOLUTE_MONTHLY, interval=24, day=31)
    assert rule_of(told, FIRST) == Recurrence(
        frequency=Frequency.YEARLY, interval=2, months=(11,), month_days=(-1,)
    )  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(kind=Kind.DAILY, interval=0),
        Pattern(kind=Kind.WEEKLY),
        Pattern(kind=Kind.ABSOLUTE_MONTHLY, day=32),
        Pattern(kind=Kind.RELATIVE_MONTHLY, days=(Weekday.MO,), place=5),
        Pattern(kind=Kind.ABSOLUTE_YEARLY, day=1, month=13),
    ],
)
def test_what_is_no_pattern_is_named(pattern: Pattern) -> None:
    with pytest.raises(ValueError, match="repeats"):
        rule_of(pattern, FIRST)


@pytest.mark.parametrize(
    "rule",
    [
        Recurrence(frequency=Frequency.DAILY, interval=1000),
        Recurrence(frequency=Frequency.DAILY, count=1000),
        Recurrence(frequency=Frequency.WEEKLY, days=((1, Weekday.MO),)),
        Recurrence(frequency=Frequency.MONTHLY, month_days=(30,)),
        Recurrence(frequency=Frequency.YEARLY, months=(2,), month_days=(29,)),
        Recurrence(frequency=Frequency.YEARLY, others=(("BYYEARDAY", "100"),)),
    ],
)
def test_what_none_can_say_is_named(rule: Recurrence) -> None:
    with pytest.raises(ValueError, match=r"^Outlook c"):
        pattern_of(rule, "Outlook")
