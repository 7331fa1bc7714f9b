"""Has dateutil count out a rule stretch by stretch, so that it ends soon where nothing comes, and every step counts.

dateutil looks for the next occurrence until the year 9999, and nobody can stop it. So it is shown each stretch of the
calendar as one that is the same and ends there.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import gcd
from typing import Final

from dateutil.rrule import rrulestr

from protocols.recurrence.budget import Share, TooManyError
from protocols.recurrence.periods import DAYS, WEEKDAYS, Periods, stretch

SECONDS: Final = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600}
"""How long what comes by the hour or faster lasts."""
_WEIGHTS: Final = {"DAILY": 1.0, "WEEKLY": 2.0, "MONTHLY": 3.0, "YEARLY": 25.0}  # steps that a period takes
_POSITION: Final = {"DAILY": 0.3, "WEEKLY": 0.4, "MONTHLY": 0.8, "YEARLY": 4.0}  # and each BYSETPOS in it
_LISTED: Final = {"DAILY": 0.01, "WEEKLY": 0.04, "MONTHLY": 0.12, "YEARLY": 1.2}  # and each day of month or year
_DATES: Final = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_TIMES: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAYS_OF: Final = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYWEEKDAY"})
_MOST: Final = 30_000  # steps, about 60 ms, of a stretch in which nothing comes
_STRETCH: Final = 28 * 366
_DAY: Final = 86_400
_WEEK: Final = timedelta(days=7)
_END: Final = datetime(9999, 12, 31)  # noqa: DTZ001  # a wall has no zone


def walls(
    said: Mapping[str, str], interval: int, first: datetime, low: datetime, high: datetime, share: Share
) -> Iterator[datetime]:
    """The wall clock times in order at which a rule of these parts, without COUNT and UNTIL, begins anew, counted from
    ``first``: all from ``low`` to ``high``, some before and perhaps some after.

    Takes from the ``share`` what was looked through. Raises TooManyError beyond it, and for a rule that dateutil could
    not look through within bounds, and whatever dateutil raises for what is none.
    """
    if said["FREQ"] in SECONDS:
        yield from _by_the_hour(said, interval, first, low, high, share)
        return
    periods = Periods(frequency=said["FREQ"], interval=interval, first=first, week_start=said.get("WKST", "MO"))
    text, weight = _text(_explicit(said, first)), _weight(said, interval)
    place, length = max(periods.after(low) - 1, 0), DAYS[said["FREQ"]] * interval
    while (begin := periods.begin(place)) is not None and begin <= high:
        last, later = stretch(begin.year)
        place = periods.after(_new_year(last + 1))
        end = periods.begin(place)
        before, beyond = begin, _new_year(last + 2)  # so far the two are alike
        for at in _back(_each(text, begin.replace(year=begin.year + later)), later, min(end or beyond, beyond)):
            if (idle := (at - before).days - length) > 0:
                share.take(int(idle * weight))
            before = at
            yield at
        share.take(int(((end or _END) - before).days * weight))
        if end is None:
            return


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1) if year <= _END.year else datetime.max  # noqa: DTZ001, DTZ901  # a wall has no zone


def _each(text: str, first: datetime) -> Iterator[datetime]:
    """All until the year 9999. Raises what dateutil raises for what is no rule."""
    rule = rrulestr(text, dtstart=first)
    try:
        yield from rule
    except (ValueError, OverflowError):  # a week reaches beyond
        return


def _back(found: Iterator[datetime], later: int, end: datetime) -> Iterator[datetime]:
    """``found`` before ``end``, so many years earlier."""
    for at in found:
        year = at.year - later
        if year > end.year or (earlier := at.replace(year=year)) >= end:
            return
        yield earlier


def _by_the_hour(
    said: Mapping[str, str], interval: int, first: datetime, low: datetime, high: datetime, share: Share
) -> Iterator[datetime]:
    """Weekdays and times alone make a difference here: each week is like any other, and so like the last of all."""
    if set(_DATES) & set(said):
        raise TooManyError("a recurrence by the second, minute or hour that rests for days")
    unit = SECONDS[said["FREQ"]]
    step = timedelta(seconds=unit * interval)
    first += step * max((low - first) // step - 1, 0)
    steps = int((high + 2 * _WEEK - first) / timedelta(seconds=unit)) // interval
    if said["FREQ"] != "HOURLY" and set(_TIMES) & set(said):  # it then looks for the next time of day by each step
        looks = _DAY // unit // gcd(interval, _DAY // unit)
        steps += ((high - first).days + 15) * looks // 4
    share.take(steps)
    later = max((_END - high) // _WEEK, 0) * _WEEK
    yield from (shifted - later for shifted in rrulestr(_text(said), dtstart=first + later))


def _explicit(said: Mapping[str, str], first: datetime) -> dict[str, str]:
    """With what dateutil would take from the first occurrence, as a stretch begins at another."""
    full = {"BYHOUR": str(first.hour), "BYMINUTE": str(first.minute), "BYSECOND": str(first.second), **said}
    if _DAYS_OF & set(said):
        return full
    if said["FREQ"] == "WEEKLY":
        return {**full, "BYDAY": WEEKDAYS[first.weekday()]}
    if said["FREQ"] == "YEARLY":
        full.setdefault("BYMONTH", str(first.month))
    return full if said["FREQ"] == "DAILY" else {**full, "BYMONTHDAY": str(first.day)}


def _weight(said: Mapping[str, str], interval: int) -> float:
    """Steps for each day that is looked through. Raises TooManyError where an empty stretch would take too many."""
    frequency = said["FREQ"]
    each = _WEIGHTS[frequency]
    each += sum(
        table[frequency] * (said[name].count(",") + 1)
        for name, table in (("BYSETPOS", _POSITION), ("BYYEARDAY", _LISTED), ("BYMONTHDAY", _LISTED))
        if name in said
    )
    weight = each / (DAYS[frequency] * interval)
    if weight * _STRETCH > _MOST:
        raise TooManyError("a recurrence without measure")
    return weight


def _text(said: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in said.items())
