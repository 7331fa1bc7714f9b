"""Working time as instants, in weeks in which the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod
from protocols.zones.rules import RuleZone, rules_of
from protocols.zones.working import working_spans

_BERLIN = ZoneInfo("Europe/Berlin")
_WEEK = frozenset(Weekday)


def _second(*args: int) -> int:
    return round(datetime(*args, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


def test_hours_follow_the_clock_over_its_change() -> None:
    hours = WorkingHours(_BERLIN, (WorkingPeriod(_WEEK, 9 * 60, 17 * 60),))
    spans = working_spans(hours, _second(2026, 10, 24), _second(2026, 10, 26))
    assert spans == (
        (_second(2026, 10, 24, 7), _second(2026, 10, 24, 15)),
        (_second(2026, 10, 25, 8), _second(2026, 10, 25, 16)),
    )


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    hours = WorkingHours(_BERLIN, (WorkingPeriod(_WEEK, 120, 180),))
    assert working_spans(hours, _second(2026, 10, 24, 12), _second(2026, 10, 25, 12)) == (
        (_second(2026, 10, 25, 0), _second(2026, 10, 25, 2)),
    )
    assert working_spans(hours, _second(2026, 3, 28, 12), _second(2026, 3, 29, 12)) == ()


def test_hours_that_touch_are_one_stretch() -> None:
    night = WorkingHours(UTC, (WorkingPeriod(_WEEK, 22 * 60, 1440), WorkingPeriod(_WEEK, 0, 6 * 60)))
    assert working_spans(night, _second(2026, 11, 23, 12), _second(2026, 11, 24, 12)) == (
        (_second(2026, 11, 23, 22), _second(2026, 11, 24, 6)),
    )


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata"]),
    st.booleans(),
    st.integers(0, 364),
)
def test_every_instant_is_worked_if_its_clock_says_so(name: str, by_rules: bool, day: int) -> None:
    zone = RuleZone(rules_of(ZoneInfo(name), 2026)) if by_rules else ZoneInfo(name)
    hours = WorkingHours(zone, (WorkingPeriod(frozenset({Weekday.MONDAY, Weekday.SUNDAY}), 90, 1000),))
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    low = round(start.timestamp())
    spans = working_spans(hours, low, low + 3 * 86_400)
    for second in range(low, low + 3 * 86_400, 900):
        here = datetime.fromtimestamp(second, UTC).astimezone(zone)
        worked = here.weekday() in (0, 6) and 90 <= here.hour * 60 + here.minute < 1000
        assert any(begin <= second < end for begin, end in spans) == worked
