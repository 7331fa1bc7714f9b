"""Instants and days, strictly: nothing that could be meant otherwise is taken."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.window import TimeWindow
from protocols.provider.times import instant, minutes, rfc3339, span, zone_of


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_what_is_written_is_read(moment: datetime) -> None:
    assert instant(rfc3339(moment)) == moment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00+01:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T09:00:00.5-05:30", datetime(2026, 11, 23, 14, 30, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_instants(text: str, meant: datetime) -> None:
    assert instant(text) == meant


NO_INSTANTS = (
    *("2026-11-23T09:00:00", "2026-11-23 09:00:00Z", "20261123T090000Z", "2026-W48-1T09:00:00Z", "2026-11-23T09:00Z"),
    *("2026-11-23T09:00:60Z", "2026-02-30T09:00:00Z", "2026-11-23T09:00:00Z ", "2026-11-23", "", None, 0, 1e9),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\u0662026-11-23T09:00:00Z", ["2026-11-23T09:00:00Z"]),
)


@pytest.mark.parametrize("value", NO_INSTANTS)
def test_what_is_no_instant(value: Any) -> None:
    with pytest.raises(ValueError, match=r"date-time|second|day|month|hour"):
        instant(value)


def test_days_are_of_their_zone_and_know_its_clocks() -> None:
    berlin = span("2026-10-25", "2026-10-26", "Europe/Berlin")
    assert berlin is not None
    assert berlin.length == timedelta(hours=25)
    assert berlin.start == datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    by_windows_name = span("2026-10-25", "2026-10-26", "W. Europe Standard Time")
    assert by_windows_name == berlin
    assert span("2026-10-25", "2026-10-25", "Europe/Berlin") is None


@pytest.mark.parametrize("first", ["2026-10-31", "2026-11-01"])
def test_a_midnight_that_comes_twice_belongs_to_both_days(first: str) -> None:
    after = {"2026-10-31": "2026-11-01", "2026-11-01": "2026-11-02"}[first]
    day = span(first, after, "America/Havana")  # the clocks go from one o'clock back to midnight
    assert day is not None
    assert day.length == timedelta(hours=25)


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("2026-11-23", "2026-11-24", None),
        ("2026-11-23", "2026-11-24", "Mars/Olympus"),
        ("2026-11-23", "2026-11-24", 1),
        ("2026-11-23", "2026-11-24T00:00:00Z", "UTC"),
        ("2026-11-24", "2026-11-23", "UTC"),
        ("2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z", None),
        ("0001-01-01", "0001-01-02", "Asia/Tokyo"),
    ],
)
def test_what_is_no_span(start: Any, end: Any, zone: Any) -> None:
    with pytest.raises(ValueError, match=r"zone|date-time|ends before|outside the years"):
        span(start, end, zone)


def test_a_zone_beside_instants_changes_nothing() -> None:
    window = span("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "Europe/Berlin")
    assert window == TimeWindow(datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC))


@pytest.mark.parametrize(("text", "meant"), [("00:00", 0), ("09:30", 570), ("24:00", 1440)])
def test_times_of_day(text: str, meant: int) -> None:
    assert minutes(text) == meant


@pytest.mark.parametrize("value", ["24:01", "9:30", "09:60", "09:30:00", "", None, 9])
def test_what_is_no_time_of_day(value: Any) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        minutes(value)


def test_zones() -> None:
    assert zone_of("utc") is UTC
    with pytest.raises(ValueError, match="no zone"):
        zone_of("")
