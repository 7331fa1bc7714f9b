"""iCalendar's dates, times, durations and periods (RFC 5545 3.3) against instants, doubt about the zone included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from protocols.caldav.lines import Property
from protocols.caldav.zones import Zones
from protocols.model.window import TimeWindow
from protocols.zones.wall import to_utc

ANYWHERE: Final = timezone(timedelta(), "anywhere")
"""The zone of times that nobody says the zone of; compared by identity."""
DAY: Final = timedelta(days=1)
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)  # no zone is further from UTC: Kiritimati, Baker Island
_WHEN: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?:([0-9]{1,8})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,10})S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a calendar writes it: what the wall shows, where, and whether only the ``day`` is meant."""

    wall: datetime
    zone: tzinfo
    day: bool = False

    @property
    def certain(self) -> bool:
        """Whether its zone is known."""
        return self.zone is not ANYWHERE

    @property
    def earliest(self) -> datetime:
        """The first instant (UTC) that may be meant. Raises ValueError beyond the years 1 to 9999."""
        return to_utc(self.wall, self.zone) if self.certain else _shifted(self.wall, -_AHEAD)

    @property
    def latest(self) -> datetime:
        """The last instant (UTC) that may be meant. Raises ValueError beyond the years 1 to 9999."""
        return to_utc(self.wall, self.zone, latest=True) if self.certain else _shifted(self.wall, _BEHIND)

    def plus(self, length: timedelta) -> "Moment":
        """The time so much later on the same wall. Raises ValueError beyond the years 1 to 9999."""
        return Moment(_moved(self.wall, length), self.zone, self.day)

    def seen_from(self, zone: tzinfo) -> datetime:
        """What the wall shows in ``zone`` at this time; of a day, and where a zone is unknown, its own wall."""
        if self.day or zone is self.zone or not self.certain or zone is ANYWHERE:
            return self.wall
        return self.earliest.astimezone(zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: days count by the wall, the rest by the clock (RFC 5545 3.3.6)."""

    days: timedelta
    exact: timedelta

    def after(self, start: Moment) -> Moment:
        """Where it ends that begins at ``start``."""
        later = start.plus(self.days)
        if not self.exact:
            return later
        if not start.certain:
            return Moment(_moved(later.wall, self.exact), start.zone)
        return Moment(_moved(later.earliest.replace(tzinfo=None), self.exact), UTC)


def moment(prop: Property, zones: Zones) -> Moment:
    """The time that ``prop`` holds. Raises ValueError."""
    return written(prop.value, zones.named(prop.parameters.get("TZID")), zones)


def moments(prop: Property, zones: Zones) -> Iterator[Moment]:
    """The times of a list as of EXDATE, periods by their starts. Raises ValueError."""
    zone = zones.named(prop.parameters.get("TZID"))
    return (written(text.partition("/")[0], zone, zones) for text in prop.value.split(",") if text.strip())


def written(text: str, zone: tzinfo | None, zones: Zones) -> Moment:
    """The time written as ``text``, in ``zone`` where it says no other; None: floating. Raises ValueError."""
    match = _WHEN.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date or a time")
    year, month, day = map(int, match.group(1, 2, 3))
    if match[4] is None:
        return Moment(datetime(year, month, day), zones.own, day=True)  # noqa: DTZ001  # a wall has no zone
    hour, minute, second = map(int, match.group(4, 5, 6))
    wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    if second > 60:
        raise ValueError("not a second")
    if second == 60:
        wall += timedelta(seconds=1)  # a leap second ends with the next one's beginning
    return Moment(wall, UTC if match[7] else zones.own if zone is None else zone)


def duration(text: str) -> Length:
    """The duration written as ``text``. Raises ValueError where it is none or negative."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]) or match[1] == "-":
        raise ValueError("not a duration")
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups()[1:])
    try:
        return Length(timedelta(weeks=weeks, days=days), timedelta(hours=hours, minutes=minutes, seconds=seconds))
    except OverflowError:
        raise ValueError("a duration beyond all calendars") from None


def period(text: str, zone: tzinfo | None, zones: Zones) -> tuple[Moment, Moment]:
    """Start and end of a PERIOD: both written, or the start and a duration. Raises ValueError."""
    first, slash, last = text.strip().partition("/")
    if not slash:
        raise ValueError("not a period")
    start = written(first, zone, zones)
    end = duration(last).after(start) if last.strip()[:1] in ("P", "p", "+") else written(last, zone, zones)
    return start, end


def between(start: Moment, end: Moment) -> TimeWindow | None:
    """All the time that may lie between the two; None for no time. Raises ValueError where they are reversed."""
    first, last = start.earliest, end.latest
    if last < first:
        raise ValueError("ends before it starts")
    return TimeWindow(first, last) if first < last else None


def _shifted(wall: datetime, by: timedelta) -> datetime:
    return _moved(wall, by).replace(tzinfo=UTC)


def _moved(wall: datetime, by: timedelta) -> datetime:
    try:
        return wall + by
    except OverflowError:
        raise ValueError("a time beyond all calendars") from None
