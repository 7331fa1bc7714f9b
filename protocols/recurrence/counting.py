"""Counts out recurrence rules (RFC 5545 3.3.10) by dateutil, on the wall, within bounds that no rule can break."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import prod
from typing import Final

from dateutil.rrule import rrulestr

from protocols.recurrence.budget import Budget, TooManyError

_PERIOD: Final = 400  # years after which the calendar repeats itself, weekdays included
_LAST_YEAR: Final = 9999
_SECONDS: Final = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600}
_UNITS: Final = {**_SECONDS, "DAILY": 86_400, "WEEKLY": 7 * 86_400}  # of fixed length on a wall
# What an idle rule may cost at most until dateutil gives up, in steps of about 2 µs: see counted()
_IDLE: Final = {"DAILY": 150_000, "WEEKLY": 50_000, "MONTHLY": 15_000, "YEARLY": 10_000}
_RARE: Final = frozenset({"BYSETPOS", "BYYEARDAY", "BYWEEKNO", "BYEASTER"})
_OF_DAYS: Final = _RARE | {"BYMONTH", "BYMONTHDAY"}
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
    budget.work(_PARSING + len(rule) // 8)
    said = {name: _distinct(value) for name, value in parts(rule).items()}
    count = int(said.pop("COUNT", "-1"))
    said.pop("UNTIL", None)
    interval = _checked(said, count)
    if high < max(first, low) or _never(said, first):
        return
    if count < 0:
        first = _ahead(said["FREQ"], interval, first, low)
    idle = _idle(said, interval, first, high)
    budget.take(idle)
    # Without an occurrence after ``high`` dateutil would go on until the year 9999: the rule is counted as near to that
    # as the calendar, which repeats itself every 400 years, allows
    later = (_LAST_YEAR - high.year) // _PERIOD * _PERIOD if idle else 0
    text = ";".join(f"{name}={value}" for name, value in said.items())
    taken = 0
    try:
        for shifted in rrulestr(text, dtstart=first.replace(year=first.year + later) if later else first):
            at = shifted.replace(year=shifted.year - later) if later else shifted
            if at > high or taken == count:
                return
            taken += 1
            budget.take(1)
            if taken > budget.series:
                raise TooManyError("a recurrence without measure")
            if at >= low:
                yield at
    except (TypeError, KeyError, IndexError, AttributeError, OverflowError, ZeroDivisionError):
        raise ValueError("a misshapen rule") from None


def _ahead(frequency: str, interval: int, first: datetime, low: datetime) -> datetime:
    """A later beginning, still before ``low``, from which the rule counts out the same times as from ``first``."""
    if frequency not in _UNITS:
        return first
    step = timedelta(seconds=_UNITS[frequency]) * interval
    return first + step * max((low - first) // step - 1, 0)


def _checked(said: dict[str, str], count: int) -> int:
    interval = int(said.get("INTERVAL", "1"))
    if said.get("FREQ") not in {*_SECONDS, *_IDLE} or not 0 < interval < 10_000_000 or count < -1 or "DTSTART" in said:
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


def _idle(said: dict[str, str], interval: int, first: datetime, high: datetime) -> int:
    """How many steps the rule may take in which it yields nothing."""
    times = prod(_values(said, name) or 1 for name in _TIMES) // 2 if set(_TIMES) & set(said) else 0
    return times + _resting(said, interval, first, high) * (1 + _values(said, "BYSETPOS") // 4)


def _resting(said: dict[str, str], interval: int, first: datetime, high: datetime) -> int:
    frequency = said["FREQ"]
    unit = _SECONDS.get(frequency)
    if unit is not None:
        if _OF_DAYS & set(said):
            raise TooManyError("a recurrence by the second, minute or hour that rests for days")
        return int((high - first) / timedelta(seconds=unit)) // interval
    if _likely(said, interval):
        return 0
    return _IDLE[frequency] // interval


def _likely(said: dict[str, str], interval: int) -> bool:
    """Whether the rule surely comes again soon."""
    if _RARE & set(said):
        return said["FREQ"] == "MONTHLY" and _on_some_weekday(said)
    if interval > 1 and said["FREQ"] == "DAILY":
        return not {name for name in said if name in _OF_DAYS or name == "BYDAY"}
    days = [abs(int(day)) for day in said.get("BYMONTHDAY", "1").split(",")]
    months = [int(month) for month in said.get("BYMONTH", "1").split(",")]
    return any(1 <= month <= 12 and day <= _LENGTHS[month - 1] for month in months for day in days)


def _never(said: dict[str, str], first: datetime) -> bool:
    """Whether it names days alone that no month of it has, as the 30th of February: dateutil would look for them until
    the year 9999."""
    if not {"BYMONTH", "BYMONTHDAY"} & set(said) or said["FREQ"] in _SECONDS:
        return False
    yearly, plain = said["FREQ"] == "YEARLY", not (_RARE | {"BYDAY", "BYMONTHDAY"}) & set(said)
    months = said["BYMONTH"].split(",") if "BYMONTH" in said else [str(first.month)] if yearly and plain else []
    days = said["BYMONTHDAY"].split(",") if "BYMONTHDAY" in said else []
    if plain and said["FREQ"] in {"YEARLY", "MONTHLY"}:  # then they are those of the first
        days = [str(first.day)]
    longest = max((_LENGTHS[int(month) - 1] for month in months if 1 <= int(month) <= 12), default=0 if months else 31)
    return bool(days) and all(abs(int(day)) > longest for day in days)


def _on_some_weekday(said: dict[str, str]) -> bool:
    """As Outlook writes the last working day of a month: each weekday comes four times at least."""
    if not set(said) <= {"FREQ", "INTERVAL", "WKST", "BYDAY", "BYSETPOS"} or "BYDAY" not in said:
        return False
    weekdays = said["BYDAY"].split(",")
    most = max(abs(int(place)) for place in said.get("BYSETPOS", "1").split(","))
    return all(day.isalpha() for day in weekdays) and most <= 4 * len(weekdays)
