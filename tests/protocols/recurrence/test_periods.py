"""Periods by their places, and the years of which the calendar is the same."""

from calendar import isleap
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.recurrence.periods import Periods, stretch

FIRST = datetime(2026, 11, 18, 9)  # noqa: DTZ001  # a Wednesday; a wall has no zone


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 500),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["MO", "SU"]),
)
def test_the_first_that_does_not_begin_before(frequency: str, interval: int, at: datetime, start: str) -> None:
    periods = Periods(frequency=frequency, interval=interval, first=FIRST, week_start=start)
    place = periods.after(at)
    begin = periods.begin(place)
    assert begin is not None
    assert begin >= at
    if place:
        assert (periods.begin(place - 1) or at) < at


def test_weeks_begin_on_their_day() -> None:
    weeks = Periods(frequency="WEEKLY", interval=2, first=FIRST, week_start="SU")
    assert [weeks.begin(place) for place in (0, 1)] == [FIRST, datetime(2026, 11, 29)]  # noqa: DTZ001


def test_a_week_may_begin_before_all_years() -> None:
    first = datetime(1, 1, 1, 9)  # noqa: DTZ001  # a Monday
    weeks = Periods(frequency="WEEKLY", interval=1, first=first, week_start="SU")
    assert weeks.begin(1) == datetime(1, 1, 7)  # noqa: DTZ001
    assert weeks.after(datetime(1, 1, 7)) == 1  # noqa: DTZ001
    assert weeks.after(datetime(1, 1, 7, 1)) == 2  # noqa: DTZ001


def test_beyond_the_last_year_there_is_none() -> None:
    assert Periods(frequency="YEARLY", interval=1, first=FIRST).begin(9000) is None
    assert Periods(frequency="DAILY", interval=10_000_000, first=FIRST).begin(1) is None


@pytest.mark.parametrize("year", [*range(1, 30), *range(1880, 2130), *range(9960, 10_000)])
def test_a_stretch_is_the_same_calendar(year: int) -> None:
    last, later = stretch(year)
    assert year <= last < year + 28
    for each in range(year, last + 1):
        there = each + later
        assert there < 9999
        if each > 9999:
            continue
        assert isleap(each) == isleap(there)
        assert date(each, 1, 1).weekday() == date(there, 1, 1).weekday()


def test_most_stretches_end_where_the_calendar_does() -> None:
    assert [stretch(year)[0] + stretch(year)[1] for year in (1990, 2026, 2060)] == [9998, 9998, 9998]
