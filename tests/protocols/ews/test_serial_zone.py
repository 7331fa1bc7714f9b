"""SerializableTimeZone, both directions."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.ews.names import T
from protocols.ews.serial_zone import read_zone, write_zone
from tests.protocols.ews.samples import ZONES


def _change(name: str, bias: int, month: int, order: int, *, day: str = "Sunday", year: str = "") -> str:
    weekday = f"<t:DayOfWeek>{day}</t:DayOfWeek>" if day else ""
    in_year = f"<t:Year>{year}</t:Year>" if year else ""
    return (
        f"<t:{name}><t:Bias>{bias}</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>{order}</t:DayOrder>"
        f"<t:Month>{month}</t:Month>{weekday}{in_year}</t:{name}>"
    )


def _zone(inner: str) -> tzinfo:
    return read_zone(etree.fromstring(f'<t:TimeZone xmlns:t="{T}">{inner}</t:TimeZone>'))


def _hours(zone: tzinfo, month: int) -> float:
    return (datetime(2026, month, 15, tzinfo=zone).utcoffset() or timedelta()).total_seconds() / 3600


def test_pacific_time() -> None:
    zone = _zone("<t:Bias>480</t:Bias>" + _change("StandardTime", 0, 11, 1) + _change("DaylightTime", -60, 3, 2))
    assert (_hours(zone, 1), _hours(zone, 7)) == (-8, -7)


def test_minus_one_and_five_are_the_last() -> None:
    zones = [
        _zone("<t:Bias>-60</t:Bias>" + _change("StandardTime", 0, 10, last) + _change("DaylightTime", -60, 3, last))
        for last in (5, -1)
    ]
    assert zones[0] == zones[1]


@pytest.mark.parametrize(
    "inner",
    [
        "<t:Bias>0</t:Bias>",
        "<t:Bias>0</t:Bias>" + _change("StandardTime", 0, 3, 1) + _change("DaylightTime", 0, 10, 1),
        "<t:Bias>0</t:Bias>" + _change("StandardTime", 0, 0, 0) + _change("DaylightTime", 0, 0, 0),
        "<t:Bias>60</t:Bias>" + _change("StandardTime", -60, 1, 1) + _change("DaylightTime", -60, 1, 1),
    ],
)
def test_zones_that_never_leave_utc_are_utc(inner: str) -> None:
    assert _zone(inner) is UTC


def test_a_year_makes_the_day_order_a_day_of_the_month() -> None:
    zone = _zone(
        "<t:Bias>0</t:Bias>"
        + _change("StandardTime", 0, 10, 25, day="", year="2026")
        + _change("DaylightTime", -60, 3, 29, day="", year="2026")
    )
    assert (_hours(zone, 1), _hours(zone, 7)) == (0, 1)


def test_a_year_of_zero_is_no_year() -> None:
    with_zero = _change("StandardTime", 0, 11, 1, year="0") + _change("DaylightTime", -60, 3, 2, year="0")
    without = _change("StandardTime", 0, 11, 1) + _change("DaylightTime", -60, 3, 2)
    assert _zone("<t:Bias>480</t:Bias>" + with_zero) == _zone("<t:Bias>480</t:Bias>" + without)


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<t:Bias>x</t:Bias>",
        "<t:Bias>1440</t:Bias>",
        f"<t:Bias>{10**900}</t:Bias>" + _change("StandardTime", 60 - 10**900, 10, 1) + _change("DaylightTime", 0, 3, 1),
        f"<t:Bias>{10**900}</t:Bias>" + _change("StandardTime", -(10**900), 10, 1),
        "<t:Bias>0</t:Bias>" + _change("StandardTime", 0, 13, 1) + _change("DaylightTime", -60, 3, 1),
        "<t:Bias>0</t:Bias>" + _change("StandardTime", 0, 10, 1, day="Someday") + _change("DaylightTime", -60, 3, 1),
        "<t:Bias>0</t:Bias><t:StandardTime/>",
    ],
)
def test_nonsense_is_a_value_error(inner: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _zone(inner)


def test_a_very_long_zone_is_read_without_being_kept() -> None:
    assert _zone(f"<t:Bias>-60</t:Bias><t:More>{'x' * 5000}</t:More>").utcoffset(None) is None


@pytest.mark.parametrize("zone", [*ZONES, timezone(timedelta(hours=5, minutes=45))], ids=str)
@given(minute=st.integers(0, 365 * 1440 - 1))
def test_what_is_written_reads_the_same_all_year(zone: tzinfo, minute: int) -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    again = _zone(write_zone(zone, 2026))
    assert instant.astimezone(again).replace(tzinfo=None) == instant.astimezone(zone).replace(tzinfo=None)
