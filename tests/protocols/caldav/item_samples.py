"""Resources of a calendar for the tests of their reading and writing."""

from datetime import UTC, datetime, tzinfo

from protocols.caldav.item_reading import Found, read
from protocols.caldav.lines import calendars
from protocols.caldav.times import ANYWHERE
from protocols.caldav.zones import Zones
from protocols.model.event import Event
from tests.protocols.caldav.ics import cal, event

START, END = "DTSTART:20261109T090000Z", "DTEND:20261109T100000Z"
BERLIN = ("DTSTART;TZID=Europe/Berlin:20261109T100000", "DTEND;TZID=Europe/Berlin:20261109T110000")
WEEKLY = (*BERLIN, "RRULE:FREQ=WEEKLY;COUNT=8")
OWNER = "ann@fabrikam.example"


def found(*lines: str, zone: tzinfo | None = None, owners: tuple[str, ...] = (OWNER,)) -> Found:
    """What a VCALENDAR of these lines tells."""
    told = read(cal(*lines), zone=zone, owners=owners)
    assert told is not None
    return told


def one(*lines: str, zone: tzinfo | None = None) -> Event:
    """The event of a VEVENT of these lines."""
    return found(*event(*lines), zone=zone).event


def zones(own: tzinfo = ANYWHERE, *lines: str) -> Zones:
    """The zones of a calendar of these lines."""
    return Zones(own, ANYWHERE, [each for each in calendars(cal(*lines))[0].inner if each.name == "VTIMEZONE"])


def at(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]
