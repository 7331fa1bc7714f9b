"""On which days a series of the simulated Outlook comes again: counted out plainly, day by day and month by month."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count, islice
from typing import Any, Final

from simulation.graph.schedule import GraphRefusal

_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PLACES: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_WANTED: Final = {
    "daily": set[str](),
    "weekly": {"daysOfWeek", "firstDayOfWeek"},
    "absoluteMonthly": {"dayOfMonth"},
    "relativeMonthly": {"daysOfWeek", "index"},
    "absoluteYearly": {"dayOfMonth", "month"},
    "relativeYearly": {"daysOfWeek", "index", "month"},
}
_RANGES: Final = {"noEnd": set[str](), "endDate": {"endDate"}, "numbered": {"numberOfOccurrences"}}
_DAY: Final = timedelta(days=1)
_MOST: Final = 20_000
_LAST_YEAR: Final = 2100


def checked(recurrence: Any, first: date) -> Mapping[str, Any]:
    """The patternedRecurrence, once it is one that begins on ``first``. Raises GraphRefusal."""
    try:
        pattern, span = recurrence["pattern"], recurrence["range"]
        needed = {"type", "interval"} | _WANTED[pattern["type"]]
        right = needed <= pattern.keys() and 1 <= pattern["interval"] <= 999
        right = right and {"type", "startDate"} | _RANGES[span["type"]] <= span.keys()
        right = right and date.fromisoformat(span["startDate"]) == first
        right = right and 1 <= span.get("numberOfOccurrences", 1) <= 999
        right = right and next(iter(days(recurrence)), None) == first
    except (KeyError, TypeError, ValueError, AttributeError):
        right = False
    if not right:
        raise GraphRefusal(400, "ErrorPropertyValidationFailure", "The recurrence pattern is not valid.")
    found: Mapping[str, Any] = recurrence
    return found


def days(recurrence: Mapping[str, Any]) -> Iterator[date]:
    """All of them in order, up to the end of the range, or of this century."""
    pattern, span = recurrence["pattern"], recurrence["range"]
    first = date.fromisoformat(span["startDate"])
    last = date.fromisoformat(span["endDate"]) if span["type"] == "endDate" else date(_LAST_YEAR, 1, 1)
    found = (day for day in _by_pattern(pattern, first) if day >= first)
    most = span["numberOfOccurrences"] if span["type"] == "numbered" else _MOST
    for day in islice(found, most):
        if day > last:
            return
        yield day


def _by_pattern(pattern: Mapping[str, Any], first: date) -> Iterator[date]:
    kind, interval = pattern["type"], pattern["interval"]
    if kind == "daily":
        yield from (first + interval * number * _DAY for number in range(_MOST))
    elif kind == "weekly":
        yield from _weekly(pattern, interval, first)
    else:
        step = interval * (12 if kind.endswith("Yearly") else 1)
        begin = (first.year * 12 + pattern["month"] - 1) if "month" in pattern else first.year * 12 + first.month - 1
        for number in count(begin, step):
            year, month = divmod(number, 12)
            if year > _LAST_YEAR:
                return
            if (day := _in_month(pattern, year, month + 1)) is not None:
                yield day


def _weekly(pattern: Mapping[str, Any], interval: int, first: date) -> Iterator[date]:
    begins = _NAMES.index(pattern["firstDayOfWeek"])
    week = first - ((first.weekday() - begins) % 7) * _DAY
    wanted = sorted((_NAMES.index(name) - begins) % 7 for name in pattern["daysOfWeek"])
    for number in range(_MOST):
        yield from (week + (7 * interval * number + place) * _DAY for place in wanted)


def _in_month(pattern: Mapping[str, Any], year: int, month: int) -> date | None:
    length = monthrange(year, month)[1]
    if "dayOfMonth" in pattern:  # Exchange: the last day where the month is shorter
        return date(year, month, min(pattern["dayOfMonth"], length))
    every = [date(year, month, day) for day in range(1, length + 1)]
    found = [day for day in every if _NAMES[day.weekday()] in pattern["daysOfWeek"]]
    place = _PLACES[pattern["index"]]
    return found[place] if place < len(found) else None
