"""The occurrences of a series in the simulated Exchange, counted out day by day from its Recurrence element."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from lxml import etree

from protocols.zones.names import zone_named
from simulation.exchange.soap import NS, SoapFault

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_INDEX: Final = ("First", "Second", "Third", "Fourth")
_MOST: Final = 1000
_FURTHEST: Final = timedelta(days=366 * 60)
_DAY: Final = timedelta(days=1)


def starts(recurrence: etree._Element, start: datetime, zone: str) -> list[datetime]:
    """When each occurrence begins (UTC) of a series that begins at ``start`` by the clocks of ``zone`` (a name of
    Windows): a thousand at most."""
    clock = zone_named(zone) or UTC
    wall = start.astimezone(clock)
    found: list[datetime] = []
    for day in _dates(recurrence, wall.date()):
        found.append(datetime.combine(day, wall.time(), clock).astimezone(UTC))
        if len(found) == _MOST:
            break
    return found


def local_day(instant: datetime, zone: str) -> date:
    """The day by the clocks of ``zone``."""
    clock: tzinfo = zone_named(zone) or UTC
    return instant.astimezone(clock).date()


def check(recurrence: etree._Element) -> None:
    """Raises SoapFault where it is none of the patterns with one of the ranges."""
    names = [etree.QName(child).localname for child in recurrence]
    if len(names) != 2 or names[0] not in _PATTERNS or names[1] not in _RANGES:
        raise SoapFault("ErrorSchemaValidation")


def _dates(recurrence: etree._Element, first: date) -> Iterator[date]:
    pattern, span = recurrence[0], recurrence[1]
    matches = _PATTERNS[etree.QName(pattern).localname]
    count = int(span.findtext("t:NumberOfOccurrences", "0", NS))
    until = span.findtext("t:EndDate", "", NS)[:10]
    last = date.fromisoformat(until) if until else first + _FURTHEST
    day, told = first, 0
    while day <= last and (not count or told < count):
        if matches(pattern, day, first):
            told += 1
            yield day
        day += _DAY


def _daily(pattern: etree._Element, day: date, first: date) -> bool:
    return (day - first).days % _number(pattern, "Interval") == 0


def _weekly(pattern: etree._Element, day: date, first: date) -> bool:
    begins = _DAYS.index(pattern.findtext("t:FirstDayOfWeek", "Sunday", NS))

    def week(one: date) -> date:
        return one - timedelta(days=(one.weekday() - begins) % 7)

    steps = (week(day) - week(first)).days // 7
    return steps % _number(pattern, "Interval") == 0 and day.weekday() in _weekdays(pattern)


def _absolute_monthly(pattern: etree._Element, day: date, first: date) -> bool:
    steps = (day.year - first.year) * 12 + day.month - first.month
    return steps % _number(pattern, "Interval") == 0 and _is_day(pattern, day)


def _relative_monthly(pattern: etree._Element, day: date, first: date) -> bool:
    steps = (day.year - first.year) * 12 + day.month - first.month
    return steps % _number(pattern, "Interval") == 0 and _is_nth(pattern, day)


def _absolute_yearly(pattern: etree._Element, day: date, _first: date) -> bool:
    return day.month == _month(pattern) and _is_day(pattern, day)


def _relative_yearly(pattern: etree._Element, day: date, _first: date) -> bool:
    return day.month == _month(pattern) and _is_nth(pattern, day)


def _is_day(pattern: etree._Element, day: date) -> bool:
    """A day behind the end of a month is its last one."""
    return day.day == min(_number(pattern, "DayOfMonth"), _length(day))


def _is_nth(pattern: etree._Element, day: date) -> bool:
    wanted = _weekdays(pattern)
    if day.weekday() not in wanted:
        return False
    place = pattern.findtext("t:DayOfWeekIndex", "", NS)
    those = [number for number in range(1, _length(day) + 1) if day.replace(day=number).weekday() in wanted]
    return day.day == (those[-1] if place == "Last" else those[_INDEX.index(place)])


def _length(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY).day


def _weekdays(pattern: etree._Element) -> set[int]:
    groups = {"Day": range(7), "Weekday": range(5), "WeekendDay": range(5, 7)}
    names = pattern.findtext("t:DaysOfWeek", "", NS).split()
    return {number for name in names for number in groups.get(name) or (_DAYS.index(name),)}


def _month(pattern: etree._Element) -> int:
    return _MONTHS.index(pattern.findtext("t:Month", "", NS)) + 1


def _number(pattern: etree._Element, name: str) -> int:
    return int(pattern.findtext(f"t:{name}", "1", NS))


_PATTERNS: Final[Mapping[str, Callable[[etree._Element, date, date], bool]]] = {
    "DailyRecurrence": _daily,
    "WeeklyRecurrence": _weekly,
    "AbsoluteMonthlyRecurrence": _absolute_monthly,
    "RelativeMonthlyRecurrence": _relative_monthly,
    "AbsoluteYearlyRecurrence": _absolute_yearly,
    "RelativeYearlyRecurrence": _relative_yearly,
}
_RANGES: Final = frozenset({"NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence"})
