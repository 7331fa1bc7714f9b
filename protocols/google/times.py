"""Google's instants and days (RFC 3339) against ours: whole seconds in UTC, and days in the calendar's own zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from protocols.model.window import TimeWindow
from protocols.zones.wall import to_utc

_SECOND = timedelta(seconds=1)
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)  # no zone is further from UTC: Kiritimati, Baker Island


def instant(text: Any) -> datetime:
    """An RFC 3339 date-time in UTC. Raises ValueError for anything else, a time without its offset included."""
    if not isinstance(text, str):
        raise ValueError("not a date-time")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date-time without an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a date-time beyond all calendars") from None


def rfc3339(moment: datetime) -> str:
    """A UTC instant of whole seconds as Google takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_seconds(window: TimeWindow) -> TimeWindow:
    """``window`` widened to whole seconds, since Google may drop fractions."""
    end = window.end.replace(microsecond=0)
    return TimeWindow(window.start.replace(microsecond=0), end if end == window.end else end + _SECOND)


def window_between(start: datetime, end: datetime) -> TimeWindow | None:
    """The window between two instants; None where it has no length. Raises ValueError where it is reversed."""
    if end < start:
        raise ValueError("ends before it starts")
    return TimeWindow(start, end) if start < end else None


def day(value: Mapping[str, Any]) -> date | None:
    """The day of an all-day ``start`` or ``end``; None where it is a time. Raises ValueError where it is no day."""
    text = value.get("date")
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("not a date")
    return date.fromisoformat(text)


def days(first: date, last: date, zone: tzinfo | None) -> tuple[TimeWindow | None, bool]:
    """The time from the start of ``first`` to the start of ``last`` in ``zone``, and whether it is certain.

    Without a zone it is the widest window that the days may mean anywhere on earth.
    """
    start, end = datetime.combine(first, time.min), datetime.combine(last, time.min)
    try:
        if zone is not None:
            return window_between(to_utc(start, zone), to_utc(end, zone, latest=True)), True
        return window_between(start.replace(tzinfo=UTC) - _AHEAD, end.replace(tzinfo=UTC) + _BEHIND), False
    except OverflowError:
        raise ValueError("a day beyond all calendars") from None
