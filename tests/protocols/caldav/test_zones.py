"""Zones by name and by the definitions that calendars bring."""

from datetime import UTC, datetime, tzinfo

import pytest

from protocols.caldav.lines import calendars
from protocols.caldav.times import ANYWHERE
from protocols.caldav.zones import Zones, named
from protocols.zones.wall import to_utc
from tests.protocols.caldav.ics import cal

STANDARD = ["BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"]
DAYLIGHT = ["BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
AUTUMN, SPRING = "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"
CUSTOM = [*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT, SPRING, "END:DAYLIGHT"]
OLD = ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300"]
OLD += ["RRULE:FREQ=YEARLY;UNTIL=19800101T000000Z", "END:STANDARD"]


def zone(*lines: str, name: str = "Customized Time Zone") -> tzinfo | None:
    [calendar] = calendars(cal("BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"))
    return Zones(UTC, ANYWHERE, calendar.inner).named(name)


@pytest.mark.parametrize("lines", [CUSTOM, [*OLD, *CUSTOM], ["X-LIC-LOCATION:Europe/Berlin"]])
def test_a_definition_is_followed_through_the_change_of_the_clocks(lines: list[str]) -> None:
    found = zone(*lines)
    assert found is not None
    for month, day, hour in ((10, 24, 10), (10, 25, 11), (3, 29, 10)):
        assert to_utc(datetime(2026, month, day, 12), found).hour == hour  # noqa: DTZ001  # a wall has no zone


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
        [*STANDARD, AUTUMN, "END:STANDARD", *DAYLIGHT[:3], "TZOFFSETTO:?", SPRING, "END:DAYLIGHT"],
    ],
)
def test_a_definition_that_is_none_is_doubt(lines: list[str]) -> None:
    assert zone(*lines) is ANYWHERE


def test_a_name_that_is_known_goes_before_the_definition() -> None:
    assert zone(*CUSTOM, name="America/New_York") is named("America/New_York")


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
