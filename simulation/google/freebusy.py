"""freeBusy.query: merged opaque blocks of up to fifty calendars, in the zone asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from simulation.google.refusals import GoogleRefusal

MOST_CALENDARS = 50
LONGEST_WINDOW = timedelta(days=90)


def answer(body: Any, read: Callable[[str, TimeWindow], list[TimeWindow] | str]) -> dict[str, Any]:
    """The answer to ``body``; ``read`` gives the busy time of one calendar, or the reason that it cannot be had.

    Raises GoogleRefusal.
    """
    if not isinstance(body, dict) or not isinstance(body.get("items", []), list):
        raise GoogleRefusal(400, "badRequest", "Bad Request")
    window = window_of(body.get("timeMin"), body.get("timeMax"))
    if window.length > LONGEST_WINDOW:
        raise GoogleRefusal(400, "timeRangeTooLong", "The requested time range is too long.")
    zone = response_zone(str(body.get("timeZone", "UTC")))
    most = min(int(body.get("calendarExpansionMax", MOST_CALENDARS)), MOST_CALENDARS)
    calendars: dict[str, Any] = {}
    for number, item in enumerate(body.get("items", [])):
        asked = str(item.get("id", "") if isinstance(item, dict) else item)
        busy = read(asked, window) if number < most else "tooManyCalendarsRequested"
        if isinstance(busy, str):
            calendars[asked] = {"errors": [{"domain": "global", "reason": busy}], "busy": []}
        else:
            calendars[asked] = {"busy": [{"start": written(w.start, zone), "end": written(w.end, zone)} for w in busy]}
    start, end = written(window.start, UTC), written(window.end, UTC)
    return {"kind": "calendar#freeBusy", "timeMin": start, "timeMax": end, "calendars": calendars}


def window_of(start: Any, end: Any) -> TimeWindow:
    """The window between two RFC 3339 times. Raises GoogleRefusal."""
    low, high = instant_of(start), instant_of(end)
    if low >= high:
        raise GoogleRefusal(400, "timeRangeEmpty", "The specified time range is empty.")
    return TimeWindow(low, high)


def instant_of(text: Any) -> datetime:
    """An RFC 3339 time, which must have an offset. Raises GoogleRefusal."""
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise GoogleRefusal(400, "badRequest", "Bad Request") from None
    if instant.tzinfo is None:
        raise GoogleRefusal(400, "badRequest", "Bad Request")
    return instant.astimezone(UTC)


def response_zone(name: str) -> tzinfo:
    """The zone that times are written in. Raises GoogleRefusal."""
    zone = zone_named(name)
    if zone is None:
        raise GoogleRefusal(400, "invalid", f"Invalid time zone definition: {name}")
    return zone


def written(instant: datetime, zone: tzinfo) -> str:
    """RFC 3339, with Z for UTC as Google has it."""
    return instant.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")
