"""Dates, times, durations and periods, and what is certain of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.lines import Property
from protocols.caldav.times import ANYWHERE, Moment, between, duration, moment, moments, period, written
from protocols.caldav.zones import Zones

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = Zones(BERLIN, ANYWHERE)


def prop(value: str, **parameters: str) -> Property:
    return Property("DTSTART", value, parameters)


@pytest.mark.parametrize(
    ("value", "parameters", "utc"),
    [
        ("20261124T090000Z", {}, "2026-11-24T09:00:00+00:00"),
        ("20261124t090000z", {}, "2026-11-24T09:00:00+00:00"),
        ("20261124T090000", {}, "2026-11-24T08:00:00+00:00"),  # floating: the calendar's own zone
        ("20261124T090000", {"TZID": "America/New_York"}, "2026-11-24T14:00:00+00:00"),
        ("20261124T090000", {"TZID": "Eastern Standard Time"}, "2026-11-24T14:00:00+00:00"),
        ("20261124T090000Z", {"TZID": "America/New_York"}, "2026-11-24T09:00:00+00:00"),
        ("20261124", {"VALUE": "DATE"}, "2026-11-23T23:00:00+00:00"),
        ("20261231T235960Z", {}, "2027-01-01T00:00:00+00:00"),
        ("20260329T023000", {}, "2026-03-29T01:30:00+00:00"),  # skipped: forward by the gap
    ],
)
def test_times_in_utc(value: str, parameters: dict[str, str], utc: str) -> None:
    found = moment(prop(value, **parameters), ZONES)
    assert found.certain
    assert found.earliest.isoformat() == utc


def test_a_time_that_comes_twice_lasts_from_the_first_to_the_second() -> None:
    found = moment(prop("20261025T023000"), ZONES)
    assert found.latest - found.earliest == timedelta(hours=1)


@pytest.mark.parametrize(
    "value", ["", "2026-11-24", "20261324", "20261124T250000Z", "20261124T0900Z", "20261124T090061Z", "٢٠٢٦١١٢٤"]
)
def test_what_is_no_time(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of datetime's own, too
        moment(prop(value), ZONES)


def test_a_zone_that_nobody_knows_leaves_doubt_of_26_hours() -> None:
    found = moment(prop("20261124T090000", TZID="Narnia/Cair Paravel"), ZONES)
    assert not found.certain
    assert found.earliest == datetime(2026, 11, 23, 19, tzinfo=UTC)
    assert found.latest == datetime(2026, 11, 24, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("PT1H", "2026-10-25T00:00:00+00:00"),
        ("P1D", "2026-10-26T00:00:00+00:00"),  # a day on the wall is 25 hours of this night
        ("PT24H", "2026-10-25T23:00:00+00:00"),
        ("P1W", "2026-11-01T00:00:00+00:00"),
        ("+P0DT0H30M0S", "2026-10-24T23:30:00+00:00"),
    ],
)
def test_days_count_by_the_wall_and_hours_by_the_clock(text: str, end: str) -> None:
    start = Moment(datetime(2026, 10, 25, 1), BERLIN)  # noqa: DTZ001
    assert duration(text).after(start).earliest.isoformat() == end


@pytest.mark.parametrize("text", ["", "P", "PT", "-PT1H", "1H", "P1Y", "PT1H30", "P999999999999D"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration(text)


def test_periods() -> None:
    for text in ("20261124T090000Z/20261124T100000Z", "20261124T090000Z/PT1H", " 20261124T090000Z/PT60M "):
        start, end = period(text, UTC, ZONES)
        window = between(start, end)
        assert window is not None
        assert window.length == timedelta(hours=1)
    with pytest.raises(ValueError, match="period"):
        period("20261124T090000Z", UTC, ZONES)


def test_nothing_lies_between_a_time_and_itself_and_an_error_between_the_reversed() -> None:
    early, late = (written(f"20261124T{hour}0000Z", None, ZONES) for hour in ("09", "10"))
    assert between(early, early) is None
    with pytest.raises(ValueError, match="before it starts"):
        between(late, early)


def test_a_list_of_times_and_of_periods() -> None:
    found = list(moments(prop("20261124T090000,20261125T090000/PT1H", TZID="Europe/Berlin"), ZONES))
    assert [each.wall.day for each in found] == [24, 25]
    assert {each.zone for each in found} == {BERLIN}


def test_times_beyond_the_calendar_are_errors() -> None:
    with pytest.raises(ValueError, match=r"beyond|outside"):
        _ = written("00010101T000000", ANYWHERE, ZONES).earliest
    with pytest.raises(ValueError, match=r"beyond|outside"):
        _ = written("99991231T235959", ZoneInfo("America/New_York"), ZONES).latest
