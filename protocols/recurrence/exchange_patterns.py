"""The six patterns by which Exchange, and Microsoft 365 above it, has series come again: as rules, and out of them.

A day of the month behind the month's end means its last day there, where RFC 5545 leaves the month out: so day 31 is
the last day of the month, and day 30 the last of the 28th, 29th and 30th. Source: [MS-OXOCAL] 2.2.1.44.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from protocols.model.recurrence import Frequency, Recurrence, Weekday

MOST: Final = 999
"""Occurrences that a numbered range may have ([MS-OXWSCDATA] 2.2.4.57), and days between two of a daily one."""
_FURTHEST: Final = 99  # weeks or months from one occurrence to the next
_PLACES: Final = (1, 2, 3, 4, -1)
_LENGTHS: Final = MappingProxyType(dict(enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)))
_LEAP_DAY: Final = 29
_SHORT: Final = 28  # days that every month has
_LONGEST: Final = 31
_YEAR: Final = 12


class Kind(Enum):
    """Which of the six."""

    DAILY = auto()
    WEEKLY = auto()
    ABSOLUTE_MONTHLY = auto()
    RELATIVE_MONTHLY = auto()
    ABSOLUTE_YEARLY = auto()
    RELATIVE_YEARLY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What a pattern says, of it what its kind has: ``day`` and ``month`` count from 1; ``place`` is the n-th such day
    of the month, 1 to 4, or -1 for the last."""

    kind: Kind
    interval: int = 1
    days: tuple[Weekday, ...] = ()
    place: int = 0
    day: int = 0
    month: int = 0
    week_start: Weekday = Weekday.SU


def rule_of(pattern: Pattern, first: date) -> Recurrence:
    """The rule of a series whose first occurrence is on ``first``, without its range; what it leaves to the first is
    not filled in (protocols.recurrence.rules.normal does that). Raises ValueError, in words, for what is none."""
    if pattern.interval < 1:
        raise ValueError("repeats by a number that is none")
    rule = Recurrence(frequency=_FREQUENCIES[pattern.kind], interval=pattern.interval)
    if pattern.kind is Kind.DAILY:
        return rule
    if pattern.kind is Kind.WEEKLY:
        return replace(rule, days=tuple((0, day) for day in _some(pattern.days)), week_start=pattern.week_start)
    if rule.frequency is Frequency.MONTHLY and rule.interval % _YEAR == 0:  # how Exchange tells more than one year
        rule = Recurrence(frequency=Frequency.YEARLY, interval=rule.interval // _YEAR, months=(first.month,))
    elif rule.frequency is Frequency.YEARLY:
        if not 1 <= pattern.month <= _YEAR:
            raise ValueError("repeats in a month that is none")
        rule = replace(rule, months=(pattern.month,))
    if pattern.kind in (Kind.RELATIVE_MONTHLY, Kind.RELATIVE_YEARLY):
        return _relative(rule, pattern)
    return _absolute(rule, pattern.day)


def pattern_of(rule: Recurrence, name: str) -> Pattern:
    """The pattern of ``rule``, which is in the one form of the house. Raises ValueError for what none of the six can
    say, in words that name the system as ``name``."""
    longest = MOST if rule.frequency is Frequency.DAILY else _FURTHEST
    if rule.others or rule.interval > longest:
        raise ValueError(f"{name} cannot hold a rule by weeks or days of the year, or of so long an interval")
    if rule.count is not None and rule.count > MOST:
        raise ValueError(f"{name} counts to {MOST} occurrences only")
    return _WRITING[rule.frequency](rule, name)


def held(rule: Recurrence, first: date, name: str) -> Recurrence:
    """``rule`` as it comes back once it was written. Raises ValueError as :func:`pattern_of` does."""
    return replace(rule_of(pattern_of(rule, name), first), count=rule.count, until=rule.until)


def _absolute(rule: Recurrence, day: int) -> Recurrence:
    if not 1 <= day <= _LONGEST:
        raise ValueError("repeats on a day that no month has")
    if rule.months:
        return replace(rule, month_days=(day if day <= _LENGTHS[rule.months[0]] else -1,))
    days, positions = _month_days(day)
    return replace(rule, month_days=days, positions=positions)


def _relative(rule: Recurrence, pattern: Pattern) -> Recurrence:
    if pattern.place not in _PLACES:
        raise ValueError("repeats in a week of the month that is none")
    days = _some(pattern.days)
    if len(days) == len(Weekday):
        return replace(rule, month_days=(pattern.place,))
    if len(days) == 1:
        return replace(rule, days=((pattern.place, days[0]),))
    return replace(rule, days=tuple((0, day) for day in days), positions=(pattern.place,))


def _some(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if not days:
        raise ValueError("repeats on no weekday")
    return tuple(sorted(set(days)))


def _month_days(day: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Month days and positions of "this day, or the last before it"."""
    if day <= _SHORT:
        return (day,), ()
    return ((-1,), ()) if day == _LONGEST else (tuple(range(_SHORT, day + 1)), (-1,))


def _daily(rule: Recurrence, name: str) -> Pattern:
    if rule.days or rule.month_days or rule.months or rule.positions:
        raise ValueError(f"{name} cannot hold a daily rule that leaves days out")
    return Pattern(kind=Kind.DAILY, interval=rule.interval)


def _weekly(rule: Recurrence, name: str) -> Pattern:
    if not rule.days or rule.month_days or rule.months or rule.positions or any(place for place, _ in rule.days):
        raise ValueError(f"{name} cannot hold a weekly rule by anything but weekdays")
    days = tuple(day for _, day in rule.days)
    return Pattern(kind=Kind.WEEKLY, interval=rule.interval, days=days, week_start=rule.week_start)


def _monthly(rule: Recurrence, name: str) -> Pattern:
    if rule.months:
        raise ValueError(f"{name} cannot hold a monthly rule that leaves months out")
    day = _HELD_DAYS.get((rule.month_days, rule.positions)) if not rule.days else None
    if day is not None:
        return Pattern(kind=Kind.ABSOLUTE_MONTHLY, interval=rule.interval, day=day)
    place, days = _place_and_days(rule, name)
    return Pattern(kind=Kind.RELATIVE_MONTHLY, interval=rule.interval, place=place, days=days)


def _yearly(rule: Recurrence, name: str) -> Pattern:
    if len(rule.months) != 1:
        raise ValueError(f"{name} cannot hold a yearly rule of several months, or of none")
    if rule.interval > 1 and rule.interval * _YEAR > _FURTHEST:
        raise ValueError(f"{name} cannot hold so long an interval of years")
    [month] = rule.months
    if day := _one_day(rule, month):
        return Pattern(kind=Kind.ABSOLUTE_YEARLY, interval=rule.interval, day=day, month=month)
    place, days = _place_and_days(rule, name)
    return Pattern(kind=Kind.RELATIVE_YEARLY, interval=rule.interval, place=place, days=days, month=month)


def _one_day(rule: Recurrence, month: int) -> int:
    """The day of the month, where the rule is one that its month always has, or its last; else 0."""
    if rule.days or rule.positions or len(rule.month_days) != 1:
        return 0
    [day] = rule.month_days
    if day == -1:
        return _LEAP_DAY if _LENGTHS[month] == _SHORT else _LENGTHS[month]
    return day if 0 < day <= _LENGTHS[month] else 0


def _place_and_days(rule: Recurrence, name: str) -> tuple[int, tuple[Weekday, ...]]:
    place, days = 0, tuple(day for _, day in rule.days)
    if len(days) == 1 and not rule.positions:
        place = rule.days[0][0]
    elif len(rule.positions) == 1 and not any(nth for nth, _ in rule.days):
        place = rule.positions[0]
    if rule.month_days or not days or place not in _PLACES:
        raise ValueError(f"{name} cannot hold a rule by these days of the month")
    return place, days


_FREQUENCIES: Final[Mapping[Kind, Frequency]] = MappingProxyType(
    {
        Kind.DAILY: Frequency.DAILY,
        Kind.WEEKLY: Frequency.WEEKLY,
        Kind.ABSOLUTE_MONTHLY: Frequency.MONTHLY,
        Kind.RELATIVE_MONTHLY: Frequency.MONTHLY,
        Kind.ABSOLUTE_YEARLY: Frequency.YEARLY,
        Kind.RELATIVE_YEARLY: Frequency.YEARLY,
    }
)
_HELD_DAYS: Final = MappingProxyType({_month_days(day): day for day in range(1, _LONGEST + 1)})
_WRITING: Final[Mapping[Frequency, Callable[[Recurrence, str], Pattern]]] = MappingProxyType(
    {
        Frequency.DAILY: _daily,
        Frequency.WEEKLY: _weekly,
        Frequency.MONTHLY: _monthly,
        Frequency.YEARLY: _yearly,
    }
)
