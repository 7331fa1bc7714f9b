"""Calendars for the tests, written by lines, and what is read from them in short words."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from protocols.caldav.icalendar import Told, read
from protocols.model.freebusy import Detail
from protocols.model.window import TimeWindow

WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))  # Monday to Monday
TIMES = ("DTSTART:20261124T090000Z", "DTEND:20261124T100000Z")
NINE = "24T09:00-24T10:00"


def cal(*lines: str, end: str = "\r\n") -> bytes:
    """A VCALENDAR with these lines."""
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "1@x") -> list[str]:
    """The lines of a VEVENT."""
    return ["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"]


def told(*lines: str, zone: tzinfo | None = UTC, detail: Detail = Detail.BUSY, **knobs: Any) -> Told:
    """What a calendar of these lines tells about the WINDOW."""
    return read(cal(*lines), WINDOW, zone=zone, detail=detail, **knobs)


def span(window: TimeWindow) -> str:
    """``24T09:00-24T10:00``: day of the month and time, both in UTC."""
    return f"{window.start:%dT%H:%M}-{window.end:%dT%H:%M}"


def spans(found: Told) -> list[str]:
    """The busy times."""
    return [span(block.window) for block in found.intervals]


def doubts(found: Told) -> list[str]:
    """The unknown times."""
    return [span(window) for window in found.unknown]


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)
