"""The time zone of an EWS request, a bias and two changes, as a value and as a tzinfo that computes with it.

The meaning is that of Windows: UTC = local + bias; ``standard`` is when standard time begins and ``daylight`` when
daylight time does, each at a wall clock time read just *before* the change; a change at midnight on 1 January marks the
beginning of the year, and its time is read in the offset that it brings.
"""

import calendar
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any

from protocols.model.freebusy import Weekday
from protocols.zones.transitions import best_fit, offset_of, transitions

LAST = 5
_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Change:
    """When one of the two offsets begins, and its bias in minutes on top of the zone's.

    ``day_order`` counts ``weekday`` within the month, 1 to 4, and 5 is the last one; -1 becomes 5. With a ``year``, or
    without a ``weekday``, it is the day of the month instead. A ``year`` of 0 becomes None: every year. A ``month``
    of 0 means never. Nothing is refused here: :class:`ZoneRules` refuses what matters.
    """

    bias: int
    month: int
    day_order: int
    weekday: Weekday | None
    time: time
    year: int | None = None

    def __post_init__(self) -> None:
        if self.day_order == -1:
            object.__setattr__(self, "day_order", LAST)
        if self.year == 0:
            object.__setattr__(self, "year", None)

    @property
    def by_weekday(self) -> bool:
        """Whether ``day_order`` counts weekdays rather than days."""
        return self.weekday is not None and self.year is None

    @property
    def computable(self) -> bool:
        """Whether the fields name a day."""
        in_year = self.year is None or 1 <= self.year <= 9999
        return in_year and 1 <= self.month <= 12 and 1 <= self.day_order <= (LAST if self.by_weekday else 31)

    def wall(self, year: int) -> int:
        """What the wall clock shows in ``year`` when the change comes, in seconds since 1970 as if it were UTC."""
        first, days = calendar.monthrange(year, self.month)
        day = self.day_order
        if self.by_weekday and self.weekday is not None:
            day = 1 + (self.weekday - first) % 7 + 7 * (self.day_order - 1)
            day -= 7 if day > days else 0
        ordinal = date(year, self.month, min(day, days)).toordinal()
        return (ordinal - _EPOCH) * _DAY + _seconds_of(self.time)


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """``bias`` in minutes, west positive, and the two changes; without both of them the offset never changes.

    Raises ValueError where the changes make a difference and yet name no day, or an offset reaches 24 hours. Changes
    that make none may hold any nonsense, as clients do send it.
    """

    bias: int
    standard: Change | None = None
    daylight: Change | None = None

    def __post_init__(self) -> None:
        offsets = self.standard_offset, self.daylight_offset
        if max(map(abs, offsets)) >= _DAY:
            raise ValueError(f"an offset of {max(map(abs, offsets)) // 60} minutes")
        if self.changing and not all(change.computable for change in (self.standard, self.daylight) if change):
            raise ValueError("a change of the clocks names no day")

    @property
    def standard_offset(self) -> int:
        """Seconds to add to UTC in standard time."""
        return -60 * (self.bias + (self.standard.bias if self.standard and self.standard.month else 0))

    @property
    def daylight_offset(self) -> int:
        """Seconds to add to UTC in daylight time; those of standard time where there is none."""
        if self.standard is None or self.daylight is None or not (self.standard.month and self.daylight.month):
            return self.standard_offset
        return -60 * (self.bias + self.daylight.bias)

    @property
    def changing(self) -> bool:
        """Whether the offset ever changes. Two changes at the same time mean that it stays standard."""
        return self.standard_offset != self.daylight_offset and _when(self.standard) != _when(self.daylight)


class RuleZone(tzinfo):
    """A tzinfo that follows ``rules``, with ``fold`` as in PEP 495. Equal to another of equal rules."""

    def __init__(self, rules: ZoneRules) -> None:
        self.rules = rules
        self._hash = hash(rules)
        self._steady = None if rules.changing else rules.standard_offset

    def __eq__(self, other: object) -> bool:
        return self.rules == other.rules if isinstance(other, RuleZone) else NotImplemented

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"RuleZone({self.rules!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleZone, (self.rules,)

    def offset_at(self, instant: int) -> int:
        """Seconds to add to UTC at ``instant`` (seconds since 1970)."""
        if self._steady is not None:
            return self._steady
        instants, offsets = _changes_about(self, _year_of(instant))
        return offsets[bisect_right(instants, instant)]

    def transitions(self, low: int, high: int) -> list[tuple[int, int]]:
        """Each change after ``low`` and up to ``high`` (seconds since 1970): when, and the offset from then on."""
        if self._steady is not None:
            return []
        years = range(_year_of(low), _year_of(high) + 1)
        found = {at for year in years for at in _changes_about(self, year)[0] if low < at <= high}
        return [(at, self.offset_at(at)) for at in sorted(found)]

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """As PEP 495: in a gap, fold 0 is the offset before it; where a time comes twice, fold 0 is the first."""
        return None if dt is None else timedelta(seconds=self._offset_of_wall(dt))

    def dst(self, dt: datetime | None) -> timedelta | None:
        """How far the offset lies from standard time."""
        return None if dt is None else timedelta(seconds=self._offset_of_wall(dt) - self.rules.standard_offset)

    def tzname(self, dt: datetime | None) -> str | None:
        """The offset as a name: ``UTC+01:00``."""
        return None if dt is None else f"UTC{offset_text(self._offset_of_wall(dt))}"

    def fromutc(self, dt: datetime) -> datetime:
        """The wall clock at ``dt``, with ``fold`` set where it shows this time for the second time."""
        instant = (dt.toordinal() - _EPOCH) * _DAY + _seconds_of(dt.time())
        offset = self.offset_at(instant)
        other = self.rules.standard_offset + self.rules.daylight_offset - offset
        earlier = instant + offset - other
        again = earlier < instant and self.offset_at(earlier) == other
        return (dt + timedelta(seconds=offset)).replace(fold=int(again))

    def _offset_of_wall(self, dt: datetime) -> int:
        if self._steady is not None:
            return self._steady
        wall = (dt.toordinal() - _EPOCH) * _DAY + _seconds_of(dt.time())
        small, large = sorted((self.rules.standard_offset, self.rules.daylight_offset))
        fits_small, fits_large = (self.offset_at(wall - offset) == offset for offset in (small, large))
        if fits_small != fits_large:
            return small if fits_small else large
        first_is_large = fits_small  # where both fit the clock goes back, where neither does it goes forward
        return large if first_is_large != bool(dt.fold) else small


def offset_text(seconds: int) -> str:
    """An offset cut to the minute, as ISO 8601 and xs:dateTime write it: ``+01:00``."""
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds <= -60 else '+'}{hours:02}:{minutes:02}"


@lru_cache(maxsize=1024)
def rules_of(zone: tzinfo, year: int) -> ZoneRules:
    """The rules that describe ``zone`` in ``year``; of a RuleZone its own.

    Two changes can say that one stretch of the year has another offset than the rest. Where a zone changes once, or
    there and back (all but a handful of years since 1972), the rules are right for every instant of the year. Where it
    changes more often (Egypt 2010 and 2014, Morocco until 2018 and in 2029) or twice the same way, they are those that
    are wrong for the shortest time; an offset of odd seconds is rounded to the minute. For other years they promise
    nothing. Raises ValueError outside the years 2 to 9998.
    """
    if isinstance(zone, RuleZone):
        return zone.rules
    start, end = (int(datetime(y, 1, 1, tzinfo=zone).timestamp()) for y in (year, year + 1))
    new_year = (date(year + 1, 1, 1).toordinal() - _EPOCH) * _DAY
    # A clock put back at the last midnight of December does so on 1 January: the hour it repeats is left to that year.
    changes = [c for c in transitions(zone, start, end - 1) if c[0] + offset_of(zone, c[0] - 1) < new_year]
    fit = best_fit(start, end, offset_of(zone, start), changes)
    usual, other = round(fit.usual / 60), round(fit.other / 60)  # minutes
    if usual == other:
        return ZoneRules(-usual)
    standard = min(usual, other)
    begin = _change(fit.begin, usual, standard - other, year)
    finish = _change(fit.end, other, standard - usual, year)
    return ZoneRules(-standard, begin, finish) if other == standard else ZoneRules(-standard, finish, begin)


def _change(instant: int | None, before: int, bias: int, year: int) -> Change:
    """The change at ``instant``, ``before`` minutes added to UTC until then; None is the beginning of the year."""
    if instant is None:
        return Change(bias, 1, 1, Weekday(date(year, 1, 1).weekday()), time())
    wall = datetime.fromtimestamp(instant, timezone(timedelta(minutes=before)))
    is_last = wall.day + 7 > calendar.monthrange(wall.year, wall.month)[1]
    order = LAST if is_last else (wall.day + 6) // 7
    return Change(bias, wall.month, order, Weekday(wall.weekday()), wall.time())


@lru_cache(maxsize=1024)
def _changes_about(zone: RuleZone, year: int) -> tuple[list[int], list[int]]:
    """The instants of the changes from the year before to the year after, and the offsets before and between them."""
    rules = zone.rules
    standard, daylight = rules.standard_offset, rules.daylight_offset
    found = []
    for change, own, before in ((rules.standard, standard, daylight), (rules.daylight, daylight, standard)):
        assert change is not None
        years = (change.year,) if change.year else range(max(year - 1, 1), min(year + 1, 9999) + 1)
        found += [_instant(change, y, own, before) for y in years]
    found.sort()
    opposite = standard + daylight - found[0][1]
    return [at for at, _ in found], [opposite, *(offset for _, offset in found)]


def _instant(change: Change, year: int, own: int, before: int) -> tuple[int, int]:
    wall = change.wall(year)
    begins_year = wall == (date(year, 1, 1).toordinal() - _EPOCH) * _DAY
    return wall - (own if begins_year else before), own


def _year_of(instant: int) -> int:
    return date.fromordinal(min(max(instant // _DAY + _EPOCH, 1), date.max.toordinal())).year


def _seconds_of(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _when(change: Change | None) -> tuple[object, ...]:
    return () if change is None else (change.month, change.day_order, change.weekday, change.time, change.year)
