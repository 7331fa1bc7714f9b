"""How a series comes again, in the words of Graph: the six patterns and three ranges of patternedRecurrence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from protocols.model.recurrence import Recurrence, Weekday
from protocols.recurrence.exchange_patterns import Kind, Pattern, pattern_of, rule_of

NAME: Final = "Microsoft 365"
_DAYS: Final = MappingProxyType(
    {
        "monday": Weekday.MO,
        "tuesday": Weekday.TU,
        "wednesday": Weekday.WE,
        "thursday": Weekday.TH,
        "friday": Weekday.FR,
        "saturday": Weekday.SA,
        "sunday": Weekday.SU,
    }
)
_NAMES: Final = MappingProxyType({day: name for name, day in _DAYS.items()})
_PLACES: Final = MappingProxyType({"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1})
_INDEXES: Final = MappingProxyType({place: name for name, place in _PLACES.items()})
_TYPES: Final = MappingProxyType(
    {
        Kind.DAILY: "daily",
        Kind.WEEKLY: "weekly",
        Kind.ABSOLUTE_MONTHLY: "absoluteMonthly",
        Kind.RELATIVE_MONTHLY: "relativeMonthly",
        Kind.ABSOLUTE_YEARLY: "absoluteYearly",
        Kind.RELATIVE_YEARLY: "relativeYearly",
    }
)
_KINDS: Final = MappingProxyType({name.lower(): kind for kind, name in _TYPES.items()})
_SAID: Final = MappingProxyType(
    {
        Kind.DAILY: (),
        Kind.WEEKLY: ("daysOfWeek", "firstDayOfWeek"),
        Kind.ABSOLUTE_MONTHLY: ("dayOfMonth",),
        Kind.RELATIVE_MONTHLY: ("daysOfWeek", "index"),
        Kind.ABSOLUTE_YEARLY: ("dayOfMonth", "month"),
        Kind.RELATIVE_YEARLY: ("daysOfWeek", "index", "month"),
    }
)
"""Which properties a pattern has beside its type and its interval."""


def read(value: Mapping[str, Any], first: date) -> Recurrence:
    """The rule that a patternedRecurrence says of a series whose first occurrence is on ``first``; what it leaves to
    that is not filled in (protocols.recurrence.rules.normal does that). Raises ValueError, in words, for what is
    none."""
    told, span = _object(value.get("pattern")), _object(value.get("range"))
    kind = _KINDS.get(str(told.get("type", "")).lower())
    if kind is None:
        raise ValueError("repeats in a way that is not known")
    rule = rule_of(_pattern(kind, told), first)
    ends = str(span.get("type", "noEnd")).lower()
    if ends == "numbered":
        return replace(rule, count=_number(span.get("numberOfOccurrences")))
    if ends == "enddate":
        return replace(rule, until=_day(span.get("endDate")))
    if ends != "noend":
        raise ValueError("repeats to an end that is not known")
    return rule


def written(rule: Recurrence, first: date, zone: str) -> dict[str, Any]:
    """The patternedRecurrence of ``rule`` (in the one form of the house), which begins on the day ``first`` by the
    clocks of ``zone``, a name that Graph knows. Raises ValueError, in words, for what Graph cannot hold."""
    pattern = pattern_of(rule, NAME)
    words: dict[str, Any] = {
        "daysOfWeek": [_NAMES[day] for day in pattern.days],
        "firstDayOfWeek": _NAMES[pattern.week_start],
        "dayOfMonth": pattern.day,
        "index": _INDEXES.get(pattern.place),
        "month": pattern.month,
    }
    said = {name: words[name] for name in _SAID[pattern.kind]}
    span: dict[str, Any] = {"type": "noEnd", "startDate": first.isoformat(), "recurrenceTimeZone": zone}
    if rule.count is not None:
        span |= {"type": "numbered", "numberOfOccurrences": rule.count}
    elif rule.until is not None:
        span |= {"type": "endDate", "endDate": rule.until.isoformat()}
    return {"pattern": {"interval": pattern.interval, "type": _TYPES[pattern.kind], **said}, "range": span}


def _pattern(kind: Kind, told: Mapping[str, Any]) -> Pattern:
    said = _SAID[kind]
    begins = str(told.get("firstDayOfWeek") or "sunday").lower()  # Graph, recurrencePattern: the default
    return Pattern(
        kind=kind,
        interval=_number(told.get("interval", 1)),
        days=_weekdays(told) if "daysOfWeek" in said else (),
        place=_PLACES.get(str(told.get("index") or "first").lower(), 0),
        day=_number(told.get("dayOfMonth")) if "dayOfMonth" in said else 0,
        month=_number(told.get("month")) if "month" in said else 0,
        week_start=_DAYS.get(begins, Weekday.SU),
    )


def _weekdays(told: Mapping[str, Any]) -> tuple[Weekday, ...]:
    listed = told.get("daysOfWeek")
    names = [str(each).lower() for each in listed] if isinstance(listed, list) else []
    if any(name not in _DAYS for name in names):
        raise ValueError("repeats on a weekday that is none")
    return tuple(_DAYS[name] for name in names)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 100_000:
        raise ValueError("repeats by a number that is none, or too large")
    return value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ValueError("repeats up to a day that is none") from None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
