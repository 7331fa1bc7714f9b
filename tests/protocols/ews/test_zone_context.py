"""TimeZoneContext: by name, or by periods and transitions."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from protocols.ews.names import T
from protocols.ews.zone_context import minutes_of, read_context, told_zone
from tests.protocols.ews.samples import BERLIN

_PERIODS = (
    '<t:Periods><t:Period Bias="PT480M" Name="Standard" Id="s"/><t:Period Bias="P0DT7H" Name="Daylight" Id="d"/>'
    '<t:Period Bias="PT9H0M0.0S" Name="Old" Id="o"/></t:Periods>'
)
_DAYLIGHT = (
    '<t:RecurringDayTransition><t:To Kind="Period">d</t:To><t:TimeOffset>PT120M</t:TimeOffset><t:Month>3</t:Month>'
    "<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>2</t:Occurrence></t:RecurringDayTransition>"
)
_STANDARD = (
    '<t:RecurringDayTransition><t:To Kind="Period">s</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>11</t:Month>'
    "<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>1</t:Occurrence></t:RecurringDayTransition>"
)
_BY_DATE = (
    '<t:RecurringDateTransition><t:To Kind="Period">s</t:To><t:TimeOffset>PT24H</t:TimeOffset><t:Month>10</t:Month>'
    "<t:Day>7</t:Day></t:RecurringDateTransition>"
)
_FIXED = '<t:Transition><t:To Kind="Period">o</t:To></t:Transition>'
_SINCE = (
    '<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition><t:AbsoluteDateTransition>'
    '<t:To Kind="Group">1</t:To><t:DateTime>2026-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition></t:Transitions>'
)


def _read(inner: str, name: str = "Custom", year: int = 2026) -> tzinfo:
    return read_context(
        etree.fromstring(f'<t:TimeZoneDefinition xmlns:t="{T}" Id="{name}">{inner}</t:TimeZoneDefinition>'), year
    )


def _groups(*groups: str) -> str:
    inner = "".join(
        f'<t:TransitionsGroup Id="{number}">{group}</t:TransitionsGroup>' for number, group in enumerate(groups)
    )
    return f"{_PERIODS}<t:TransitionsGroups>{inner}</t:TransitionsGroups>"


def _hours(zone: tzinfo, month: int) -> float:
    return (datetime(2026, month, 20, tzinfo=zone).utcoffset() or timedelta()).total_seconds() / 3600


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "w. europe standard time", "Europe/Berlin"])
def test_a_known_name_is_enough(name: str) -> None:
    assert _read("", name) == BERLIN


def test_periods_and_recurring_days() -> None:
    zone = _read(_groups(_DAYLIGHT + _STANDARD))
    assert (_hours(zone, 1), _hours(zone, 7)) == (-8, -7)


def test_a_recurring_date() -> None:
    zone = _read(_groups(_DAYLIGHT + _BY_DATE))
    assert (_hours(zone, 9), _hours(zone, 10)) == (-7, -8)


def test_the_group_in_force_counts() -> None:
    inner = _groups(_FIXED, _DAYLIGHT + _STANDARD) + _SINCE
    assert _hours(_read(inner, year=2025), 7) == -9
    assert _hours(_read(inner, year=2026), 7) == -7


def test_one_period_alone_is_a_fixed_offset() -> None:
    zone = _read('<t:Periods><t:Period Bias="-PT330M" Name="Standard" Id="s"/></t:Periods>')
    assert _hours(zone, 7) == 5.5


@pytest.mark.parametrize(
    "inner",
    [
        "",
        _PERIODS,
        '<t:Periods><t:Period Bias="nine" Name="x" Id="s"/></t:Periods>',
        _groups(_DAYLIGHT.replace("Sunday", "Someday") + _STANDARD),
        _groups(_DAYLIGHT.replace(">3<", ">x<") + _STANDARD),
        _groups("<t:Transition/>"),
    ],
)
def test_an_unknown_zone_that_explains_nothing_is_a_value_error(inner: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _read(inner)


@pytest.mark.parametrize(
    ("text", "minutes"), [("PT0S", 0), ("-PT60M", -60), ("P1D", 1440), ("PT1H30M", 90), (" PT59S ", 0)]
)
def test_durations(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


def _told(inner: str, name: str = "Customized Time Zone", year: int = 2026, own: tzinfo | None = None) -> tzinfo | None:
    definition = etree.fromstring(f'<t:StartTimeZone xmlns:t="{T}" Id="{name}">{inner}</t:StartTimeZone>')
    return told_zone(definition, year, own)


def test_the_zone_of_an_item_is_the_one_with_these_clocks() -> None:
    assert str(_told(_groups(_DAYLIGHT + _STANDARD))) == "America/Los_Angeles"
    assert str(_told(_groups(_DAYLIGHT + _STANDARD), name="")) == "America/Los_Angeles"
    assert str(_told(_groups(_DAYLIGHT + _STANDARD), own=ZoneInfo("America/Tijuana"))) == "America/Tijuana"
    assert _told(_groups(_DAYLIGHT + _STANDARD), name="W. Europe Standard Time") == BERLIN


@pytest.mark.parametrize(
    "inner",
    [
        "",
        _groups(_BY_DATE + _DAYLIGHT),
        _groups(_DAYLIGHT + _STANDARD + _DAYLIGHT),
        _groups(_FIXED, _DAYLIGHT + _STANDARD) + _SINCE.replace("2026", "2030"),
        _groups(_DAYLIGHT + _STANDARD).replace("PT480M", "PT481M"),
        _groups(_DAYLIGHT + _STANDARD).replace("Sunday", "Someday"),
    ],
)
def test_clocks_of_nobody_or_that_change_their_rules_are_no_zone(inner: str) -> None:
    assert _told(inner) is None


def test_years_of_which_nobody_can_tell_are_no_zones() -> None:
    assert _told(_groups(_DAYLIGHT + _STANDARD), year=2005) is None  # this was the rule from 2007 on
    assert _told(_groups(_DAYLIGHT + _STANDARD), year=1) is None
    assert _told(_groups(_DAYLIGHT + _STANDARD), year=9999) is None
