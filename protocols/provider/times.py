"""The instants, days and times of day of the provider contract, read strictly: what is no RFC 3339 is refused."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final

from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$"
DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
TIME_OF_DAY: Final = r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"
_INSTANT, _DAY, _TIME = (re.compile(pattern, re.ASCII) for pattern in (INSTANT, DAY, TIME_OF_DAY))


def instant(value: Any) -> datetime:
    """A date-time of RFC 3339 in UTC. Raises ValueError for anything else, one without its offset included."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("no date-time of RFC 3339 with its offset")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except OverflowError:
        raise ValueError("a date-time beyond all calendars") from None


def rfc3339(moment: datetime) -> str:
    """A UTC instant as it is written in a question: whole seconds where it has no fraction."""
    return moment.isoformat().replace("+00:00", "Z")


def span(start: Any, end: Any, zone: Any) -> TimeWindow | None:
    """The time between two date-times, or two days in ``zone``, the second not included; None where it has no length.

    Raises ValueError where it is reversed, where a day stands beside a time, and where days have no zone.
    """
    if _is_day(start) and _is_day(end):
        place = zone_of(zone)
        low, high = (datetime.combine(date.fromisoformat(each), time.min) for each in (start, end))
        first, last = to_utc(low, place), to_utc(high, place, latest=True)
    else:
        first, last = instant(start), instant(end)
    if last < first:
        raise ValueError("ends before it starts")
    return TimeWindow(first, last) if first < last else None


def minutes(value: Any) -> int:
    """Minutes since midnight of a time of day; "24:00" is the end of the day. Raises ValueError."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("no time of day")
    return int(value[:2]) * 60 + int(value[3:])


def zone_of(value: Any) -> tzinfo:
    """The zone of an IANA or Windows name. Raises ValueError."""
    zone = zone_named(value) if isinstance(value, str) else None
    if zone is None:
        raise ValueError("no zone that is known")
    return zone


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None
