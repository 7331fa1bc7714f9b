"""On which days a series of the simulated Outlook comes again."""

from datetime import date
from itertools import islice
from typing import Any

import pytest

from simulation.graph.calendar_patterns import checked, days
from simulation.graph.schedule import GraphRefusal


def series(first: str, span: dict[str, Any] | None = None, **pattern: Any) -> dict[str, Any]:
    return {"pattern": {"interval": 1, **pattern}, "range": {"type": "noEnd", "startDate": first, **(span or {})}}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (series("2026-11-09", type="daily", interval=3), ["2026-11-09", "2026-11-12", "2026-11-15"]),
        (
            series("2026-11-09", type="weekly", daysOfWeek=["friday", "monday"], firstDayOfWeek="sunday", interval=2),
            ["2026-11-09", "2026-11-13", "2026-11-23"],
        ),
        (series("2027-01-31", type="absoluteMonthly", dayOfMonth=31), ["2027-01-31", "2027-02-28", "2027-03-31"]),
        (
            series("2026-11-30", type="relativeMonthly", daysOfWeek=["monday", "tuesday"], index="last"),
            ["2026-11-30", "2026-12-29", "2027-01-26"],
        ),
        (
            series("2028-02-29", type="absoluteYearly", dayOfMonth=29, month=2),
            ["2028-02-29", "2029-02-28", "2030-02-28"],
        ),
        (
            series("2026-11-26", type="relativeYearly", daysOfWeek=["thursday"], index="fourth", month=11),
            ["2026-11-26", "2027-11-25", "2028-11-23"],
        ),
    ],
)
def test_the_first_three(told: dict[str, Any], wanted: list[str]) -> None:
    assert [each.isoformat() for each in islice(days(told), 3)] == wanted
    assert checked(told, date.fromisoformat(wanted[0])) == told


def test_a_series_ends() -> None:
    numbered = series("2026-11-09", {"type": "numbered", "numberOfOccurrences": 2}, type="daily")
    assert len(list(days(numbered))) == 2
    until = series("2026-11-09", {"type": "endDate", "endDate": "2026-11-12"}, type="daily")
    assert len(list(days(until))) == 4


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        series("2026-11-09", type="hourly"),
        series("2026-11-09", type="weekly", daysOfWeek=["monday"]),
        series("2026-11-10", type="daily"),
        series("2026-11-09", type="weekly", daysOfWeek=["tuesday"], firstDayOfWeek="monday"),
        series("2026-11-09", {"type": "numbered"}, type="daily"),
        series("2026-11-09", type="daily", interval=0),
        series("2026-11-09", {"type": "numbered", "numberOfOccurrences": 1000}, type="daily"),
    ],
)
def test_what_is_wrong_is_refused(told: Any) -> None:
    with pytest.raises(GraphRefusal):
        checked(told, date(2026, 11, 9))
