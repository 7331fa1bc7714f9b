"""A zone that travels with an event has the clocks of its name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from protocols.caldav.item_tree import node
from protocols.caldav.item_zones import definition

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "America/Santiago",
)


@pytest.mark.parametrize("name", ZONES)
def test_another_reads_the_same_clocks(name: str) -> None:
    data = node("VCALENDAR", ["VERSION:2.0"], definition(name, 2026)).written()
    [zone] = icalendar.Calendar.from_ical(data).timezones
    read, real = zone.to_tz(lookup_tzid=False), ZoneInfo(name)
    for day in range(0, 3 * 365, 9):
        at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        wall = at.astimezone(real).replace(tzinfo=None)
        assert wall.replace(tzinfo=read).utcoffset() == wall.replace(tzinfo=real).utcoffset(), at


def test_it_is_defined_before_it_is_needed() -> None:
    written = definition("Europe/Berlin", 2026).written().decode()
    assert "DTSTART:20251026T030000" in written
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in written
    assert "DTSTART:19700101T000000" in definition("Asia/Kolkata", 2026).written().decode()


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="zone"):
        definition("Middle-earth/Shire", 2026)
