"""How a series comes again, in the words of Exchange: the six patterns and three ranges of t:Recurrence, both ways."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from lxml import etree

from protocols.ews.children import Parts, children, text_of
from protocols.model.recurrence import Recurrence, Weekday
from protocols.recurrence.exchange_patterns import Kind, Pattern, pattern_of, rule_of

NAME: Final = "Exchange"
_DAYS: Final[Mapping[str, Weekday]] = MappingProxyType(
    {
        "Monday": Weekday.MO,
        "Tuesday": Weekday.TU,
        "Wednesday": Weekday.WE,
        "Thursday": Weekday.TH,
        "Friday": Weekday.FR,
        "Saturday": Weekday.SA,
        "Sunday": Weekday.SU,
    }
)
_NAMES: Final = MappingProxyType({day: name for name, day in _DAYS.items()})
_GROUPS: Final[Mapping[str, tuple[Weekday, ...]]] = MappingProxyType(
    {
        "Day": tuple(Weekday),
        "Weekday": (Weekday.MO, Weekday.TU, Weekday.WE, Weekday.TH, Weekday.FR),
        "WeekendDay": (Weekday.SA, Weekday.SU),
    }
)
_PLACES: Final = MappingProxyType({"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1})
_INDEXES: Final = MappingProxyType({place: name for name, place in _PLACES.items()})
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_YEAR: Final = 12
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[\d:.]*)?(?:Z|[+-]\d{2}:\d{2})?")
_SAID: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.DAILY: ("Interval",),
        Kind.WEEKLY: ("Interval", "DaysOfWeek", "FirstDayOfWeek"),
        Kind.ABSOLUTE_MONTHLY: ("Interval", "DayOfMonth"),
        Kind.RELATIVE_MONTHLY: ("Interval", "DaysOfWeek", "DayOfWeekIndex"),
        Kind.ABSOLUTE_YEARLY: ("DayOfMonth", "Month"),
        Kind.RELATIVE_YEARLY: ("DaysOfWeek", "DayOfWeekIndex", "Month"),
    }
)
"""The elements of a pattern, in the order of the schema."""
_KINDS: Final = MappingProxyType({f"{each.name.title().replace('_', '')}Recurrence": each for each in Kind})
_ELEMENTS: Final = MappingProxyType({kind: name for name, kind in _KINDS.items()})
_MONTHLY: Final = MappingProxyType(
    {Kind.ABSOLUTE_YEARLY: Kind.ABSOLUTE_MONTHLY, Kind.RELATIVE_YEARLY: Kind.RELATIVE_MONTHLY}
)


def read(element: etree._Element, first: date) -> Recurrence:
    """The rule in a t:Recurrence of a series whose first occurrence is on ``first``; its missing parts are not filled
    in (protocols.recurrence.rules.normal does that). Raises ValueError, in words, for what is none."""
    count: int | None = None
    until: date | None = None
    rule: Recurrence | None = None
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name in _KINDS:
            rule = rule_of(_pattern(_KINDS[name], children(child)), first)
        elif name == "NumberedRecurrence":
            count = _number(children(child), "NumberOfOccurrences")
        elif name == "EndDateRecurrence":
            until = _day_of(text_of(children(child).get("EndDate")))
        elif name != "NoEndRecurrence":
            raise ValueError(f"repeats in a way that is not known ({name[:40]})")
    if rule is None:
        raise ValueError("repeats, and does not say how")
    return replace(rule, count=count, until=until)


def written(rule: Recurrence, first: date) -> str:
    """The t:Recurrence of ``rule``, which begins on ``first``. Raises ValueError, in words, for what Exchange cannot
    hold ([MS-OXOCAL] 2.2.1.44.1)."""
    pattern = _in_its_words(pattern_of(rule, NAME))
    start = f"<t:StartDate>{first.isoformat()}</t:StartDate>"
    if rule.count is not None:
        count = f"<t:NumberOfOccurrences>{rule.count}</t:NumberOfOccurrences>"
        span = f"<t:NumberedRecurrence>{start}{count}</t:NumberedRecurrence>"
    elif rule.until is not None:
        span = f"<t:EndDateRecurrence>{start}<t:EndDate>{rule.until.isoformat()}</t:EndDate></t:EndDateRecurrence>"
    else:
        span = f"<t:NoEndRecurrence>{start}</t:NoEndRecurrence>"
    return f"<t:Recurrence>{_element(pattern)}{span}</t:Recurrence>"


def weekdays(names: str) -> tuple[Weekday, ...]:
    """The days of a DaysOfWeek, sorted. Raises ValueError."""
    found: set[Weekday] = set()
    for name in names.split():
        if name not in _DAYS and name not in _GROUPS:
            raise ValueError("repeats on a weekday that is none")
        found |= set(_GROUPS.get(name, ())) or {_DAYS[name]}
    return tuple(sorted(found))


def _pattern(kind: Kind, parts: Parts) -> Pattern:
    said = _SAID[kind]
    begins = text_of(parts.get("FirstDayOfWeek")) or "Sunday"  # as in Graph, which stands on the same store
    month = text_of(parts.get("Month"))
    return Pattern(
        kind=kind,
        interval=_number(parts, "Interval") if "Interval" in said else 1,
        days=weekdays(text_of(parts.get("DaysOfWeek"))),
        place=_PLACES.get(text_of(parts.get("DayOfWeekIndex")), 0),
        day=_number(parts, "DayOfMonth") if "DayOfMonth" in said else 0,
        month=_MONTHS.index(month) + 1 if month in _MONTHS else 0,
        week_start=_DAYS.get(begins, Weekday.SU),
    )


def _in_its_words(pattern: Pattern) -> Pattern:
    """More than one year is told by months, and of several weekdays in a month only those that have a name."""
    if pattern.kind in _MONTHLY and pattern.interval > 1:
        pattern = replace(pattern, kind=_MONTHLY[pattern.kind], interval=pattern.interval * _YEAR)
    return pattern


def _element(pattern: Pattern) -> str:
    words = {
        "Interval": str(pattern.interval),
        "DaysOfWeek": _named(pattern),
        "FirstDayOfWeek": _NAMES[pattern.week_start],
        "DayOfWeekIndex": _INDEXES.get(pattern.place, ""),
        "DayOfMonth": str(pattern.day),
        "Month": _MONTHS[pattern.month - 1],
    }
    inside = "".join(f"<t:{name}>{words[name]}</t:{name}>" for name in _SAID[pattern.kind])
    return f"<t:{_ELEMENTS[pattern.kind]}>{inside}</t:{_ELEMENTS[pattern.kind]}>"


def _named(pattern: Pattern) -> str:
    if pattern.kind is Kind.WEEKLY:
        return " ".join(_NAMES[day] for day in pattern.days)
    group = next((name for name, those in _GROUPS.items() if those == pattern.days), "")
    if not group and len(pattern.days) > 1:
        raise ValueError(f"{NAME} cannot hold a rule by these days of the month")
    return group or "".join(_NAMES[day] for day in pattern.days)


def _day_of(text: str) -> date:
    """An xs:date, whose zone says nothing: it is a day by the clocks of the series. Raises ValueError."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("repeats up to a day that is none")
    return date.fromisoformat(match[1])


def _number(parts: Parts, name: str) -> int:
    text = text_of(parts.get(name))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 100_000):
        raise ValueError(f"repeats by a {name} that is no number")
    return int(text)
