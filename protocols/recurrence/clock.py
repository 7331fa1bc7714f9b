"""The clock of a series: what its wall shows when it begins, and the instants that its wall names."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from protocols.model.event import BEYOND, Days, Original, When
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc


def zone_of(when: When) -> tzinfo:
    """By whose clocks it repeats: UTC of days, which are the same everywhere. Raises ValueError for no zone."""
    if isinstance(when, Days):
        return UTC
    zone = zone_named(when.zone)
    if zone is None:
        raise ValueError("a zone that nobody knows")
    return zone


def first_wall(when: When) -> datetime:
    """What the wall shows when the first begins; midnight of days. Raises ValueError for no zone, and where no wall
    shows that (beyond the years 1 to 9999)."""
    return wall_of(when.first if isinstance(when, Days) else when.start, when)


def named_by(wall: datetime, when: When) -> Original:
    """The occurrence of a series (whose first is ``when``) that begins when its wall shows ``wall``: its first of two
    such times, and after the gap where it is skipped. Raises ValueError for no zone, and beyond the years 1 to 9999."""
    return namer(when)(wall)


def namer(when: When) -> Callable[[datetime], Original]:
    """:func:`named_by` of one series, for many times. Raises ValueError for no zone."""
    if isinstance(when, Days):
        return datetime.date
    first, zone = first_wall(when), zone_of(when)
    return lambda wall: when.start if wall == first else to_utc(wall, zone)


def wall_of(original: Original, when: When) -> datetime:
    """What the wall of a series shows when an occurrence begins. Raises ValueError for no zone, and where no wall shows
    that (beyond the years 1 to 9999)."""
    if not isinstance(original, datetime):
        return datetime.combine(original, time())
    try:
        return original.astimezone(zone_of(when)).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(BEYOND) from None


def moved(at: datetime, by: timedelta) -> datetime:
    """``by`` later (or earlier), but not beyond the first and the last moment that there is."""
    try:
        return at + by
    except OverflowError:
        end = datetime.max if by > timedelta() else datetime.min  # noqa: DTZ901  # a wall has no zone
        return end.replace(tzinfo=at.tzinfo)


def instant_of(original: Original) -> datetime:
    """When an occurrence begins, UTC; days as if they were UTC's."""
    return original if isinstance(original, datetime) else midnight(original)


def midnight(day: date) -> datetime:
    """When a day begins in UTC."""
    return datetime.combine(day, time(), UTC)
