"""When an event of Graph is, as spans and days, and the times that have to be sent to put it there."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from protocols.model.event import Days, Span, When
from protocols.zones.names import windows_name, zone_named
from protocols.zones.wall import to_utc

PREFER: Final = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'
"""What every request asks for: ids that survive a move, times in UTC, texts without markup."""
_DAY: Final = timedelta(days=1)


def when(entry: Mapping[str, Any], calendar_zone: str) -> When:
    """When an event is. What has no end has no length (a whole day: one day). Raises ValueError, in words, for what has
    no beginning, ends before it, or repeats by clocks that nobody knows."""
    if entry.get("isAllDay") is True:
        zone = zone_named(zone_of(entry) or calendar_zone) or UTC
        first = _day(entry.get("start"), zone)
        until = _day(entry["end"], zone) if isinstance(entry.get("end"), dict) else first
        return Days(first, max(until, first + _DAY))
    start = instant(entry.get("start"))
    end = instant(entry["end"]) if isinstance(entry.get("end"), dict) else start
    if end < start:
        raise ValueError("it ends before it starts")
    told = zone_of(entry)
    if not told and isinstance(entry.get("recurrence"), dict):
        raise ValueError("it repeats by the clocks of a zone that nobody knows")
    return Span(start, end, told or "UTC")


def zone_of(entry: Mapping[str, Any]) -> str:
    """The IANA name of the zone by whose clocks it was entered; "" where nobody knows it (a custom one of Outlook)."""
    recurrence = entry.get("recurrence")
    span = recurrence.get("range") if isinstance(recurrence, dict) else None
    told = (span.get("recurrenceTimeZone") if isinstance(span, dict) else None, entry.get("originalStartTimeZone"))
    for name in told:
        zone = zone_named(name) if isinstance(name, str) and name else None
        if zone is not None:
            return zone.key if isinstance(zone, ZoneInfo) else "UTC"
    return ""


def instant(value: Any) -> datetime:
    """A dateTimeTimeZone, which says UTC where it says no zone: so it was asked for. Raises ValueError, in words."""
    try:
        moment = datetime.fromisoformat(value["dateTime"])  # 7 digits of a second: the last is dropped
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        zone = zone_named(str(value.get("timeZone") or "UTC"))
        if zone is None:
            raise ValueError
        return to_utc(moment, zone)
    except (TypeError, KeyError, ValueError, OverflowError):
        raise ValueError("its times cannot be read, or are in a zone that nobody knows") from None


def times(at: When, calendar_zone: str) -> dict[str, Any]:
    """``start``, ``end`` and ``isAllDay`` as they are sent: on the clocks of the zone, which Graph keeps."""
    if isinstance(at, Days):
        name = graph_zone(calendar_zone) or "UTC"
        first, until = (datetime.combine(day, time()).isoformat() for day in (at.first, at.until))
        return {
            "start": {"dateTime": first, "timeZone": name},
            "end": {"dateTime": until, "timeZone": name},
            "isAllDay": True,
        }
    return {"start": moment(at.start, at.zone), "end": moment(at.end, at.zone), "isAllDay": False}


def moment(at: datetime, zone_name: str) -> dict[str, str]:
    """A dateTimeTimeZone on the clocks of a zone; in UTC where they would not tell which of two times it is."""
    zone, name = zone_named(zone_name), graph_zone(zone_name)
    if zone is not None and name:
        wall = at.astimezone(zone).replace(tzinfo=None)
        if to_utc(wall, zone) == at:
            return {"dateTime": wall.isoformat(), "timeZone": name}
    return {"dateTime": at.replace(tzinfo=None).isoformat(), "timeZone": "UTC"}


def graph_zone(zone_name: str) -> str:
    """What every tenant knows a zone by, its Windows name; "" where it has none."""
    zone = zone_named(zone_name)
    return (windows_name(zone) or "") if zone is not None else ""


def first_day(at: When) -> date:
    """On which day the first occurrence begins, by the clocks of the series."""
    return at.first if isinstance(at, Days) else at.start.astimezone(zone_named(at.zone) or UTC).date()


def _day(value: Any, zone: tzinfo) -> date:
    """Whole days are told by midnights; where those are told of another zone, by the clocks of the event's own."""
    try:
        told = datetime.fromisoformat(value["dateTime"])
    except (TypeError, KeyError, ValueError):
        raise ValueError("its days cannot be read") from None
    return told.date() if told.time() == time() else instant(value).astimezone(zone).date()
