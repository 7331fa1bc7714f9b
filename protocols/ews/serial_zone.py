"""SerializableTimeZone, the zone of a request and of a person's working hours: a bias and two yearly changes."""

from datetime import UTC, time, tzinfo
from functools import lru_cache

from lxml import etree

from protocols.ews.children import children, text_of
from protocols.model.freebusy import Weekday
from protocols.safexml import parse
from protocols.zones.rules import Change, RuleZone, ZoneRules, rules_of

_LONGEST_KNOWN = 2000
_LONGEST_NUMBER = 11  # xs:int
_FIELDS = ("Bias", "Time", "DayOrder", "Month", "DayOfWeek", "Year")
_WEEKDAYS = {day.name.capitalize(): day for day in Weekday}
WEEKDAY_WORDS = {day: word for word, day in _WEEKDAYS.items()}
# What a zone without daylight time writes, for the schema wants both changes.
_NEVER_STANDARD = Change(bias=0, month=10, day_order=1, weekday=Weekday.SUNDAY, time=time(2))
_NEVER_DAYLIGHT = Change(bias=0, month=3, day_order=1, weekday=Weekday.SUNDAY, time=time(2))


def read_zone(element: etree._Element) -> tzinfo:
    """The zone that a SerializableTimeZone describes. Raises ValueError.

    A zone that never leaves UTC is ``datetime.UTC``.
    """
    # Callers send the same few zones again and again: finding one by its bytes is ten times cheaper than reading it.
    data = etree.tostring(element, with_tail=False)
    return _known(data) if len(data) <= _LONGEST_KNOWN else _read(element)


@lru_cache(maxsize=512)
def write_zone(zone: tzinfo, year: int) -> str:
    """The children of a SerializableTimeZone (prefix ``t``) that describe ``zone`` in ``year``."""
    rules = rules_of(zone, year)
    bias, standard, daylight = rules.bias, rules.standard, rules.daylight
    if standard is None or daylight is None or not rules.changing:
        bias, standard, daylight = -rules.standard_offset // 60, _NEVER_STANDARD, _NEVER_DAYLIGHT
    return (
        f"<t:Bias>{bias}</t:Bias><t:StandardTime>{_written(standard)}</t:StandardTime>"
        f"<t:DaylightTime>{_written(daylight)}</t:DaylightTime>"
    )


def zone_of(rules: ZoneRules) -> tzinfo:
    """The zone of ``rules``, without the changes where they change nothing: ``datetime.UTC`` if it never leaves it."""
    if rules.changing:
        return RuleZone(rules)
    return RuleZone(ZoneRules(bias=-rules.standard_offset // 60)) if rules.standard_offset else UTC


@lru_cache(maxsize=512)
def _known(data: bytes) -> tzinfo:
    return _read(parse(data))


def _read(element: etree._Element) -> tzinfo:
    parts = children(element)
    bias = parts.get("Bias")
    if bias is None:
        raise ValueError("a time zone without Bias")
    return zone_of(
        ZoneRules(
            bias=_number(text_of(bias)),
            standard=_change(parts.get("StandardTime")),
            daylight=_change(parts.get("DaylightTime")),
        )
    )


def _change(element: etree._Element | None) -> Change | None:
    if element is None:
        return None
    parts = children(element)
    bias, at, day_order, month, weekday, year = (text_of(parts.get(name)) for name in _FIELDS)
    return Change(
        bias=_number(bias),
        month=_number(month or "0"),
        day_order=_number(day_order or "0"),
        weekday=_weekday(weekday),
        time=time.fromisoformat(at or "00:00:00"),
        year=_number(year or "0"),
    )


def _number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:  # the zone is the key of more than one cache
        raise ValueError("a number longer than any xs:int")
    return int(text)


def _weekday(word: str) -> Weekday | None:
    if not word:
        return None
    if word not in _WEEKDAYS:
        raise ValueError(f"not a day of the week: {word[:20]!r}")
    return _WEEKDAYS[word]


def _written(change: Change) -> str:
    day = f"<t:DayOfWeek>{WEEKDAY_WORDS[change.weekday]}</t:DayOfWeek>" if change.weekday is not None else ""
    year = f"<t:Year>{change.year}</t:Year>" if change.year else ""
    return (
        f"<t:Bias>{change.bias}</t:Bias><t:Time>{change.time:%H:%M:%S}</t:Time><t:DayOrder>{change.day_order}</t:DayOrder>"
        f"<t:Month>{change.month}</t:Month>{day}{year}"
    )
