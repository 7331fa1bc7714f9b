"""Working hours in named zones and in spelt-out ones."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from protocols.graph.hours import working_hours
from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod

PACIFIC: dict[str, Any] = {
    "@odata.type": "#microsoft.graph.customTimeZone",
    "bias": 480,
    "name": "Customized Time Zone",
    "standardOffset": {"time": "02:00:00.0000000", "dayOccurrence": 1, "dayOfWeek": "sunday", "month": 11, "year": 0},
    "daylightOffset": {
        "daylightBias": -60,
        "time": "02:00:00.0000000",
        "dayOccurrence": 2,
        "dayOfWeek": "sunday",
        "month": 3,
        "year": 0,
    },
}


def hours(zone: Any, **fields: Any) -> dict[str, Any]:
    return {
        "daysOfWeek": ["monday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "17:30:00.0000000",
        "timeZone": zone,
        **fields,
    }


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "Europe/Berlin"])
def test_a_zone_by_either_name(name: str) -> None:
    period = WorkingPeriod(frozenset({Weekday.MONDAY, Weekday.FRIDAY}), 480, 1050)
    assert working_hours(hours({"name": name})) == WorkingHours(ZoneInfo("Europe/Berlin"), (period,))


@pytest.mark.parametrize("month", range(1, 13))
def test_a_zone_spelt_out_is_the_zone_meant(month: int) -> None:
    found = working_hours(hours(PACIFIC))
    assert found is not None
    moment = datetime(2026, month, 15, 20, tzinfo=UTC)
    assert moment.astimezone(found.zone).utcoffset() == moment.astimezone(ZoneInfo("America/Los_Angeles")).utcoffset()


def test_a_bias_alone() -> None:
    found = working_hours(hours({"bias": -330, "name": "Customized Time Zone"}))
    assert found is not None
    assert found.zone.utcoffset(datetime(2026, 7, 1)) == timedelta(hours=5, minutes=30)  # noqa: DTZ001 - wall clock


def test_midnight_ends_the_day() -> None:
    found = working_hours(hours({"name": "UTC"}, startTime="16:00:00.0000000", endTime="00:00:00.0000000"))
    assert found is not None
    assert (found.periods[0].start, found.periods[0].end) == (960, 1440)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "junk",
        {},
        hours({"name": "Mars/Olympus"}),
        hours({"name": None}),
        hours(None),
        hours({"name": "UTC"}, daysOfWeek=[]),
        hours({"name": "UTC"}, daysOfWeek=["caturday"]),
        hours({"name": "UTC"}, startTime="soon"),
        hours({"name": "UTC"}, startTime="18:00:00", endTime="08:00:00"),
        hours({**PACIFIC, "bias": "480"}),
        hours({**PACIFIC, "bias": 100_000}),
        hours({**PACIFIC, "standardOffset": {"month": 11}}),
    ],
)
def test_hours_that_cannot_be_understood_are_none(value: Any) -> None:
    assert working_hours(value) is None
