"""Zones by name and by the definitions that calendars bring."""

from datetime import UTC, datetime, tzinfo

import pytest

from protocols.caldav.lines import calendars
from protocols.caldav.times import ANYWHERE
from protocols.caldav.zones import Zones, named
from protocols.zones.wall import to_utc
from tests.protocols.caldav.ics import WINDOW, cal

STANDARD = ["BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"]
DAYLIGHT = ["BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
AUTUMN, SPRING = "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"
CUSTOM = [*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT, SPRING, "END:DAYLIGHT"]
OLD = ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300"]
OLD += ["RRULE:FREQ=YEARLY;UNTIL=19800101T000000Z", "END:STANDARD"]


def zone(*lines: str, name: str = "Customized Time Zone") -> tzinfo | None:
    [calendar] = calendars(cal("BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"))
    return Zones(UTC, ANYWHERE, calendar.inner, WINDOW).named(name)


@pytest.mark.parametrize("lines", [CUSTOM, [*OLD, *CUSTOM], ["X-LIC-LOCATION:Europe/Berlin"]])
def test_a_definition_is_followed_through_the_change_of_the_clocks(lines: list[str]) -> None:
    found = zone(*lines)
    assert found is not None
    for month, day, hour in ((10, 24, 10), (10, 25, 11), (3, 29, 10)):
        assert to_utc(datetime(2026, month, day, 12), found).hour == hour  # noqa: DTZ001  # a wall has no zone


@pytest.mark.parametrize(
    ("autumn", "spring"),
    [
        ("BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31;BYMONTH=10", "BYDAY=SU;BYMONTH=3;BYMONTHDAY=-7,-6,-5,-4,-3,-2,-1"),
        ("BYDAY=-1SU;BYMONTH=10", "BYDAY=SU;BYMONTH=3;BYMONTHDAY=25,26,27,28,29,30,31"),
    ],
)
def test_a_weekday_may_be_told_by_its_seven_days(autumn: str, spring: str) -> None:
    rules = [f"RRULE:FREQ=YEARLY;{each}" for each in (autumn, spring)]
    assert zone(*STANDARD, rules[0], "END:STANDARD", *DAYLIGHT, rules[1], "END:DAYLIGHT") == zone(*CUSTOM)


def test_seven_other_days_are_no_place_in_the_month() -> None:
    odd = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8"
    assert zone(*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT, odd, "END:DAYLIGHT") is ANYWHERE


def test_a_history_means_the_zone_that_had_it() -> None:
    found = zone(
        *("BEGIN:STANDARD", "DTSTART:20160907T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD"),
        *("BEGIN:DAYLIGHT", "DTSTART:20150329T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300"),
        *("RDATE:20150329T030000,20160327T030000", "END:DAYLIGHT"),
        *("BEGIN:STANDARD", "DTSTART:20151108T040000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200", "END:STANDARD"),
    )
    assert str(found) == "Europe/Istanbul"


def test_one_observance_is_for_ever() -> None:
    found = zone("BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0545", "TZOFFSETTO:+0545", "END:STANDARD")
    assert found is not None
    assert to_utc(datetime(2026, 7, 1, 5, 45), found).hour == 0  # noqa: DTZ001


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [*STANDARD, "RRULE:FREQ=SECONDLY", "END:STANDARD", *DAYLIGHT, SPRING, "END:DAYLIGHT"],
        [*STANDARD, "RRULE:FREQ=YEARLY;BYDAY=1SU,2SU;BYMONTH=10", "END:STANDARD", *DAYLIGHT, SPRING, "END:DAYLIGHT"],
        [*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT[:3], "TZOFFSETTO:+2500", SPRING, "END:DAYLIGHT"],
        [*STANDARD, "END:STANDARD", *DAYLIGHT, "END:DAYLIGHT"],
        [*DAYLIGHT, SPRING, "END:DAYLIGHT"],
        [*DAYLIGHT, "RDATE:20260329T020000,20270328T020000", "END:DAYLIGHT"],
        [*DAYLIGHT, "END:DAYLIGHT"] * 1001,
        [*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT[:3], "TZOFFSETTO:?", SPRING, "END:DAYLIGHT"],
    ],
)
def test_a_definition_that_is_none_is_doubt(lines: list[str]) -> None:
    assert zone(*lines) is ANYWHERE


@pytest.mark.parametrize("lines", [CUSTOM, OLD, [], ["X-LIC-LOCATION:Asia/Tokyo"]])
def test_a_known_name_that_its_definition_does_not_gainsay_is_the_zone(lines: list[str]) -> None:
    lines = lines if lines is CUSTOM else [*lines, *STANDARD, "RRULE:FREQ=SECONDLY", "END:STANDARD"]
    assert zone(*lines, name="Europe/Berlin") is named("Europe/Berlin")


def test_a_known_name_with_another_definition_is_that_definition_or_where_it_is_a_place_doubt() -> None:
    plain = zone(*CUSTOM)
    assert zone(*CUSTOM, name="GMT") == zone(*CUSTOM, name="Pacific Standard Time") == plain
    assert zone("X-LIC-LOCATION:Asia/Tokyo", *CUSTOM) == plain
    assert zone(*CUSTOM, name="America/New_York") is ANYWHERE


def test_however_many_definitions_there_are_each_is_read_once() -> None:
    lines: list[str] = []
    for number in range(1100):
        lines += ["BEGIN:VTIMEZONE", f"TZID:Z{number}", *STANDARD, "END:STANDARD", "END:VTIMEZONE"]
    [calendar] = calendars(cal(*lines))
    zones = Zones(UTC, ANYWHERE, calendar.inner, WINDOW)
    assert zones.named("Z999") is zones.named(" Z999 ") is not ANYWHERE
    assert zones.named("Z1050") is ANYWHERE


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Narnia", "None"),
        ("x/Europe/Berlin", "None"),
        ("/" * 5000, "None"),
    ],
)
def test_names(name: str, key: str) -> None:
    assert str(named(name)) == key


def test_no_name_is_no_zone() -> None:
    zones = Zones(UTC, ANYWHERE)
    assert zones.named(None) is None
    assert zones.named(" ") is None
    assert zones.named("Narnia") is ANYWHERE
