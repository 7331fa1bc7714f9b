"""When an event is: DTSTART with its end or length, and the names of occurrences, between iCalendar and the model."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from protocols.caldav.lines import Properties, Property
from protocols.caldav.times import DAY, Moment, duration, moment, moments
from protocols.caldav.zones import Zones
from protocols.model.event import Days, Original, Span, When
from protocols.recurrence.clock import first_wall, named_by, zone_of
from protocols.zones.alike import alike
from protocols.zones.rules import RuleZone
from protocols.zones.wall import to_utc


def when_of(own: Properties, zones: Zones, *, repeats: bool = False) -> When:
    """When an event is (the first of a series, where it ``repeats``): without an end a day, or no time at all
    (RFC 5545 3.6.1).

    Raises ValueError where that cannot be read, or lies in a zone that nobody knows (a series: in one that has no
    name), or ends before it starts.
    """
    written = own.one("DTSTART")
    if written is None:
        raise ValueError("it has no start")
    start = moment(written, zones)
    end = _end(own, start, zones)
    if start.day:
        return _days(start.wall.date(), end)
    first, last = _instant(start), _instant(end)
    if last < first:
        raise ValueError("it ends before it starts")
    name = _zone_name(start, zones)
    if name is None and repeats:
        raise ValueError("it repeats by the clocks of a zone that has no name")
    return Span(first, last, name or "UTC")


def original_of(at: Moment, series: When) -> Original:
    """Which occurrence of a series is meant; a day of a timed series is the one that begins on it."""
    if isinstance(series, Days):
        return at.wall.date()
    if at.day:
        return named_by(datetime.combine(at.wall.date(), first_wall(series).time()), series)
    return _instant(at)


def originals_of(prop: Property, series: When, zones: Zones) -> Iterator[Original]:
    """The occurrences of a list as of EXDATE. Raises ValueError."""
    return (original_of(at, series) for at in moments(prop, zones))


def written(name: str, original: Original, series: When) -> str:
    """The line that names an occurrence (or begins or ends one), by the clocks of ``series`` where these can tell."""
    if not isinstance(original, datetime):
        return f"{name};VALUE=DATE:{original:%Y%m%d}"
    if isinstance(series, Days) or series.zone == "UTC":
        return f"{name}:{_stamp(original)}Z"
    zone = zone_of(series)
    wall = original.astimezone(zone).replace(tzinfo=None)
    if to_utc(wall, zone) != original:  # the second of two times on the clock (RFC 5545 3.3.5 means the first)
        return f"{name}:{_stamp(original)}Z"
    return f"{name};TZID={series.zone}:{_stamp(wall)}"


def written_when(when: When) -> list[str]:
    """DTSTART and DTEND; the latter has to be later (RFC 5545 3.8.2.2), and what has none takes no time (3.6.1).

    An end that the clock shows a second time is told by the length: where start and end are written in two ways,
    servers (Cyrus) compare their walls.
    """
    if isinstance(when, Days):
        return [written("DTSTART", when.first, when), written("DTEND", when.until, when)]
    if when.end == when.start:
        return [written("DTSTART", when.start, when)]
    start, end = written("DTSTART", when.start, when), written("DTEND", when.end, when)
    if end.startswith("DTEND:") and not start.startswith("DTSTART:"):
        return [start, f"DURATION:PT{int((when.end - when.start).total_seconds())}S"]
    return [start, end]


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S").rjust(15, "0")


def _end(own: Properties, start: Moment, zones: Zones) -> Moment:
    end, length = own.one("DTEND"), own.one("DURATION")
    if end is not None:
        found = moment(end, zones)
        return Moment(found.wall, start.zone) if found.day and not start.day else found
    if length is not None:
        return duration(length.value).after(start)
    return start.plus(DAY) if start.day else start


def _days(first: date, end: Moment) -> Days:
    last = end.wall.date()
    until = last if end.day or end.wall.time() == time() else last + timedelta(days=1)
    if until < first:
        raise ValueError("it ends before it starts")
    return Days(first, max(until, first + timedelta(days=1)))  # a day that ends when it begins is written by many


def _instant(at: Moment) -> datetime:
    if not at.certain:
        raise ValueError(
            "its time is in no zone, or in a zone that nobody knows: of the former, `zone` of the spoke says it"
        )
    return to_utc(at.wall, at.zone).astimezone(UTC)


def _zone_name(start: Moment, zones: Zones) -> str | None:
    zone: tzinfo = start.zone
    if isinstance(zone, ZoneInfo):
        return zone.key or "UTC"
    if isinstance(zone, RuleZone):
        return alike(zone, start.wall.year, zones.own)
    return "UTC" if zone is UTC else None
