"""WorkingHours out of an answer."""

from datetime import UTC

import pytest
from lxml import etree

from protocols.ews.names import T
from protocols.ews.person_hours import read_working_hours
from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod

_ZONE = "<t:TimeZone><t:Bias>0</t:Bias></t:TimeZone>"
_PERIOD = (
    "<t:WorkingPeriod><t:DayOfWeek>{}</t:DayOfWeek><t:StartTimeInMinutes>{}</t:StartTimeInMinutes>"
    "<t:EndTimeInMinutes>{}</t:EndTimeInMinutes></t:WorkingPeriod>"
)


def _hours(*periods: tuple[str, int | str, int], zone: str = _ZONE) -> WorkingHours | None:
    inner = "".join(_PERIOD.format(*period) for period in periods)
    return read_working_hours(
        etree.fromstring(
            f'<t:WorkingHours xmlns:t="{T}">{zone}<t:WorkingPeriodArray>{inner}</t:WorkingPeriodArray></t:WorkingHours>'
        )
    )


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Monday Sunday", {Weekday.MONDAY, Weekday.SUNDAY}),
        ("Weekday", set(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}),
        ("WeekendDay", {Weekday.SATURDAY, Weekday.SUNDAY}),
        ("Day", set(Weekday)),
    ],
)
def test_days(words: str, days: set[Weekday]) -> None:
    assert _hours((words, 480, 1020)) == WorkingHours(UTC, (WorkingPeriod(frozenset(days), 480, 1020),))


def test_no_hours_are_none() -> None:
    assert read_working_hours(None) is None


@pytest.mark.parametrize(
    "period", [("Someday", 1, 2), ("", 1, 2), ("Monday", 2, 1), ("Monday", "x", 2), ("Monday", 0, 1441)]
)
def test_a_mistake_costs_the_hours_only(period: tuple[str, int | str, int]) -> None:
    assert _hours(period) is None


def test_more_periods_than_any_week_has_cost_the_hours() -> None:
    hours = _hours(*[("Monday", 1, 2)] * 100)
    assert hours is not None
    assert len(hours.periods) == 100
    assert _hours(*[("Monday", 1, 2)] * 101) is None


def test_a_zone_that_cannot_be_read_costs_the_hours_only() -> None:
    assert _hours(("Monday", 1, 2), zone="<t:TimeZone/>") is None
    assert _hours(("Monday", 1, 2), zone="") is None
