"""Brings rules that mean the same into one form: what a rule leaves to the first occurrence is said, and only once."""

from dataclasses import replace

from protocols.model.event import When
from protocols.model.recurrence import Frequency, Nth, Recurrence, Weekday
from protocols.recurrence.clock import first_wall

_EVERY_DAY = tuple((0, day) for day in Weekday)
_EVERY_MONTH = tuple(range(1, 13))
_LENGTHS = {month: 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13) if month != 2}  # of each but February
_USUAL_STARTS = sorted(Weekday, key=lambda day: (day is not Weekday.MO, day is not Weekday.SU, -day))


def normal(rule: Recurrence, when: When) -> Recurrence:
    """The one form of a rule for a series whose first occurrence is ``when``.

    Beyond what protocols.model.recurrence promises: every twelve months is yearly; every month or every day in some
    months only is yearly, and every day on some days is weekly or monthly; "the n-th of all seven weekdays" of a month
    is a day of the month (the last: -1); the last day of a month that is always as long is that day. Raises ValueError
    for a zone that nobody knows.
    """
    first = first_wall(when)
    day, month, weekday = first.day, first.month, Weekday(first.weekday())
    rule = _sorted(rule)
    rule = _frequency(rule, month)
    rule = _implied(rule, day, month, weekday)
    rule = _positions(_counted(_frequency(rule, month)))
    rule = _counted(_frequency(rule, month))  # what has lost its positions may be another's
    return replace(rule, week_start=_week_start(rule, weekday))


def _sorted(rule: Recurrence) -> Recurrence:
    every = {day for nth, day in rule.days if nth == 0}
    days = {(nth, day) for nth, day in rule.days if nth == 0 or day not in every}
    return replace(
        rule,
        days=tuple(sorted(days)),
        month_days=tuple(sorted(set(rule.month_days))),
        months=tuple(sorted(set(rule.months))),
        positions=tuple(sorted(set(rule.positions))),
        others=tuple(sorted(rule.others)),
    )


def _frequency(rule: Recurrence, month: int) -> Recurrence:
    """The same by its proper frequency."""
    if rule.frequency is Frequency.DAILY:
        rule = _daily(rule)
    if rule.frequency is Frequency.MONTHLY:
        return _monthly(rule, month)
    return _yearly(rule) if rule.frequency is Frequency.YEARLY else rule


def _daily(rule: Recurrence) -> Recurrence:
    if rule.interval > 1 or rule.positions or not (rule.days or rule.month_days):
        return rule
    return replace(rule, frequency=Frequency.MONTHLY if rule.month_days else Frequency.WEEKLY)


def _monthly(rule: Recurrence, month: int) -> Recurrence:
    if rule.interval % 12 == 0 and not rule.months:
        return replace(rule, frequency=Frequency.YEARLY, interval=rule.interval // 12, months=(month,))
    if rule.months == _EVERY_MONTH:
        return replace(rule, months=())
    alike = rule.interval == 1 and (len(rule.months) == 1 or not rule.positions)
    return replace(rule, frequency=Frequency.YEARLY) if rule.months and alike else rule


def _yearly(rule: Recurrence) -> Recurrence:
    if rule.interval > 1 or rule.positions or rule.others:
        return rule
    if rule.months == _EVERY_MONTH and (rule.days or rule.month_days):
        return replace(rule, frequency=Frequency.MONTHLY, months=())
    weekly = rule.days and not (rule.months or rule.month_days) and all(nth == 0 for nth, _ in rule.days)
    return replace(rule, frequency=Frequency.WEEKLY) if weekly else rule


def _implied(rule: Recurrence, day: int, month: int, weekday: Weekday) -> Recurrence:
    """With what RFC 5545 3.3.10 takes from the first occurrence."""
    some = bool(rule.days or rule.month_days)
    if rule.frequency is Frequency.YEARLY:
        return _implied_of_year(rule, day, month, weekday)
    if rule.frequency is Frequency.WEEKLY and not some:
        return replace(rule, days=((0, weekday),))
    return replace(rule, month_days=(day,)) if rule.frequency is Frequency.MONTHLY and not some else rule


def _implied_of_year(rule: Recurrence, day: int, month: int, weekday: Weekday) -> Recurrence:
    some = bool(rule.days or rule.month_days)
    if rule.others:
        by_weeks = any(name == "BYWEEKNO" for name, _ in rule.others)
        return replace(rule, days=((0, weekday),)) if by_weeks and not some else rule
    if not some:
        return replace(rule, months=rule.months or (month,), month_days=(day,))
    plain = rule.month_days and not rule.months and all(nth == 0 for nth, _ in rule.days)
    return replace(rule, months=_EVERY_MONTH) if plain else rule


def _counted(rule: Recurrence) -> Recurrence:
    """Days from the end of a month as days from its beginning, where its length is always the same."""
    if rule.frequency is not Frequency.YEARLY or len(rule.months) != 1 or rule.months[0] not in _LENGTHS:
        return rule
    length = _LENGTHS[rule.months[0]]
    days = {day if day > 0 or -day > length else length + 1 + day for day in rule.month_days}
    return replace(rule, month_days=tuple(sorted(days)))


def _positions(rule: Recurrence) -> Recurrence:
    """Without positions where the same is said without them."""
    if not rule.positions or rule.others:
        return rule
    in_one_month = rule.frequency is Frequency.MONTHLY or (rule.frequency is Frequency.YEARLY and len(rule.months) == 1)
    in_a_year = rule.frequency is Frequency.YEARLY and not rule.months
    if rule.days == _EVERY_DAY and in_one_month and not rule.month_days and _in(rule.positions, 31):
        return replace(rule, days=(), month_days=rule.positions, positions=())
    if len(rule.days) == 1 and not rule.month_days and (in_one_month or in_a_year):
        return _nth(rule, *rule.days[0])
    one_a_time = len(rule.days) + len(rule.month_days) == 1 and (in_one_month or rule.frequency is Frequency.WEEKLY)
    return replace(rule, positions=()) if one_a_time and _in(rule.positions, 1) else rule


def _nth(rule: Recurrence, nth: int, day: Weekday) -> Recurrence:
    if nth == 0:
        found: tuple[Nth, ...] = tuple((position, day) for position in rule.positions)
        return replace(rule, days=found, positions=())
    return replace(rule, positions=()) if _in(rule.positions, 1) else rule


def _in(positions: tuple[int, ...], most: int) -> bool:
    return all(abs(position) <= most for position in positions)


def _week_start(rule: Recurrence, first: Weekday) -> Weekday:
    """Of the days that make the same weeks for this rule the most usual: Monday wherever it decides nothing."""
    if rule.frequency is Frequency.YEARLY and any(name == "BYWEEKNO" for name, _ in rule.others):
        return rule.week_start
    if rule.frequency is not Frequency.WEEKLY or (rule.interval == 1 and not rule.positions):
        return Weekday.MO
    if rule.positions:
        return rule.week_start
    wanted = _places(rule, first, rule.week_start)
    return next(start for start in _USUAL_STARTS if _places(rule, first, start) == wanted)


def _places(rule: Recurrence, first: Weekday, start: Weekday) -> list[int]:
    """How many days after the first occurrence each weekday of its week lies."""
    return [(day - start) % 7 - (first - start) % 7 for _, day in rule.days]
