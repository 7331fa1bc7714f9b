"""Counts out recurrence rules (RFC 5545 3.3.10) by dateutil, on the wall, within bounds that no rule can break."""

import re
from collections.abc import Iterator
from datetime import datetime
from math import prod
from typing import Final

from protocols.recurrence.budget import Budget, TooManyError
from protocols.recurrence.periods import DAYS, WEEKDAYS, Periods
from protocols.recurrence.stretches import SECONDS, walls

_FREQUENCIES: Final = frozenset({*SECONDS, *DAYS})
_RARE: Final = frozenset({"BYSETPOS", "BYYEARDAY", "BYWEEKNO"})
_STRANGE: Final = frozenset({"DTSTART", "BYEASTER"})  # dateutil knows them, RFC 5545 does not
_PLAIN: Final = {
    "DAILY": frozenset({"FREQ", "INTERVAL", "WKST"}),
    "WEEKLY": frozenset({"FREQ", "INTERVAL", "WKST", "BYDAY"}),
}
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LONGEST, _MOST_VALUES = 4000, 400  # characters of a rule, different values of one of its lists
_TIMES: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PARSING: Final = 80  # steps that dateutil takes to read a rule
_UNTIL: Final = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


def until(rule: str) -> tuple[str, bool]:
    """What UNTIL says as ``YYYYMMDD`` or ``YYYYMMDDTHHMMSS``, and whether that is UTC; "" where it says nothing.

    Raises ValueError where it cannot be read.
    """
    text = parts(rule).get("UNTIL")
    if text is None:
        return "", False
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError("an UNTIL that is no time")
    return (f"{match[1]}T{match[2]}" if match[2] else match[1]), bool(match[3])


def parts(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in capitals. Raises ValueError where one comes twice or is none, TooManyError."""
    found: dict[str, str] = {}
    if len(rule) > _LONGEST:
        raise TooManyError("a rule longer than any that is meant")
    for part in rule.upper().strip("; \t").split(";"):
        name, equals, value = part.strip().partition("=")
        if not equals or name in found:
            raise ValueError("a misshapen rule")
        found[name] = value.strip()
    return found


def starts(rule: str, first: datetime, low: datetime, high: datetime, budget: Budget) -> Iterator[datetime]:
    """The wall clock times from ``low`` to ``high``, both included, at which ``rule`` begins anew, counted from
    ``first``; UNTIL is the caller's to apply. Raises ValueError for no rule, TooManyError beyond the ``budget``."""
    return (at for _, at in numbered(rule, first, low, high, budget, numbers=False))


def numbered(
    rule: str, first: datetime, low: datetime, high: datetime, budget: Budget, *, numbers: bool = True
) -> Iterator[tuple[int, datetime]]:
    """As :func:`starts`, each with its place, from 1, among all that the rule names; without ``numbers`` a place may
    be any, which is found sooner."""
    budget.work(_PARSING + len(rule) // 8)
    said = {name: _distinct(value) for name, value in parts(rule).items()}
    count = int(said.pop("COUNT", "-1"))
    said.pop("UNTIL", None)
    interval, first = _checked(said, count), first.replace(microsecond=0)
    if high < max(first, low) or count == 0 or _never(said, first):
        return
    share = budget.share()
    share.take(prod(_values(said, name) or 1 for name in _TIMES) // 2 if set(_TIMES) & set(said) else 0)
    begin, number = low, 0
    if numbers or count > 0:
        begin, number = _passed(said, interval, first, low)
    try:
        for at in walls(said, interval, first, begin, high, share):
            if at > high:
                return
            if at < begin:
                continue
            number += 1
            if number > count >= 0:
                return
            share.take(1)
            if at >= low:
                yield number, at
            if number == count:
                return
    except (TypeError, KeyError, IndexError, AttributeError, OverflowError, ZeroDivisionError):
        raise ValueError("a misshapen rule") from None


def _passed(said: dict[str, str], interval: int, first: datetime, low: datetime) -> tuple[datetime, int]:
    """A time up to ``low``, and how many the rule names before it: as late as can be told without counting."""
    frequency, days = said["FREQ"], said.get("BYDAY", WEEKDAYS[first.weekday()]).split(",")
    if not set(said) <= _PLAIN.get(frequency, frozenset()) or not set(days) <= set(WEEKDAYS):
        return first, 0
    periods = Periods(frequency=frequency, interval=interval, first=first, week_start=said.get("WKST", "MO"))
    place = periods.after(low) - 1
    begin = periods.begin(place) if place > 0 else None
    if begin is None:
        return first, 0
    if frequency == "DAILY":
        return begin, place
    start = WEEKDAYS.index(said.get("WKST", "MO"))
    missed = sum((WEEKDAYS.index(day) - start) % 7 < (first.weekday() - start) % 7 for day in days)
    return begin, len(days) * place - missed


def _checked(said: dict[str, str], count: int) -> int:
    interval = int(said.get("INTERVAL", "1"))
    if said.get("FREQ") not in _FREQUENCIES or not 0 < interval < 10_000_000 or count < -1 or _STRANGE & set(said):
        raise ValueError("a misshapen rule")
    return interval


def _distinct(value: str) -> str:
    """A list of values without those that come again."""
    values = dict.fromkeys(value.split(","))
    if len(values) > _MOST_VALUES:
        raise TooManyError("a rule with more values than any that is meant")
    return ",".join(values)


def _values(said: dict[str, str], name: str) -> int:
    return said[name].count(",") + 1 if name in said else 0


def _never(said: dict[str, str], first: datetime) -> bool:
    """Whether it names days alone that no month of it has, as the 30th of February: dateutil would look for them until
    the year 9999."""
    if not {"BYMONTH", "BYMONTHDAY"} & set(said) or said["FREQ"] in SECONDS:
        return False
    yearly, plain = said["FREQ"] == "YEARLY", not (_RARE | {"BYDAY", "BYMONTHDAY"}) & set(said)
    months = said["BYMONTH"].split(",") if "BYMONTH" in said else [str(first.month)] if yearly and plain else []
    days = said["BYMONTHDAY"].split(",") if "BYMONTHDAY" in said else []
    if plain and said["FREQ"] in {"YEARLY", "MONTHLY"}:  # then they are those of the first
        days = [str(first.day)]
    longest = max((_LENGTHS[int(month) - 1] for month in months if 1 <= int(month) <= 12), default=0 if months else 31)
    return bool(days) and all(abs(int(day)) > longest for day in days)
