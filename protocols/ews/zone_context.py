"""TimeZoneContext, the header that names the caller's zone: by its Windows name, or by periods and transitions."""

import re
from datetime import date, time, tzinfo
from functools import lru_cache

from lxml import etree

from protocols.ews.children import children, named, text_of
from protocols.ews.serial_zone import zone_of
from protocols.model.freebusy import Weekday
from protocols.safexml import parse
from protocols.zones.alike import LAST_YEAR, alike
from protocols.zones.names import zone_named
from protocols.zones.rules import Change, RuleZone, ZoneRules

_DURATION = re.compile(r"(-)?P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d*)?S)?)?")
_WEEKDAYS = {day.name.capitalize(): day for day in Weekday}
_LAST_MINUTE = 24 * 60 - 1
_FIRST_YEAR = 1970  # before that nobody keeps a calendar here
_MOST_CHANGES = 2


def read_context(definition: etree._Element, year: int) -> tzinfo:
    """The zone of a TimeZoneDefinition as it is in ``year``: by its Id, else by its periods. Raises ValueError."""
    named_zone = zone_named(definition.get("Id", "").strip())
    return named_zone if named_zone is not None else zone_of(_rules(definition, year))


def told_zone(definition: etree._Element, year: int, own: tzinfo | None) -> tzinfo | None:
    """The zone with a name that a TimeZoneDefinition of an item means: by its Id, else the one whose clocks are from
    ``year`` on as its periods have them, ``own`` first. None for what cannot be read or is nobody's: Outlook's
    "Customized Time Zone", and names in other languages, come with periods."""
    if (known := zone_named(definition.get("Id", "").strip())) is not None:
        return known
    rules = _lasting(etree.tostring(definition, with_tail=False), year) if year >= _FIRST_YEAR else None
    zone = zone_of(rules) if rules is not None else None
    if isinstance(zone, RuleZone):
        return zone_named(alike(zone, year, own) or "")
    return zone


@lru_cache(maxsize=256)
def _lasting(data: bytes, year: int) -> ZoneRules | None:
    """The rules of a definition where they are the same from ``year`` on, two changes a year or none; else None."""
    definition = parse(data)
    groups = children(definition).get("TransitionsGroups")
    if groups is not None and any(len(group) > _MOST_CHANGES for group in groups):
        return None
    try:
        each = {_rules(definition, later) for later in range(year, max(year + 3, LAST_YEAR) + 1)}
    except (ValueError, OverflowError):
        return None
    return each.pop() if len(each) == 1 else None


def minutes_of(duration: str) -> int:
    """The whole minutes of an xs:duration without years and months. Raises ValueError."""
    match = _DURATION.fullmatch(duration.strip())
    if match is None:
        raise ValueError(f"not a duration: {duration[:40]!r}")
    sign, days, hours, minutes, seconds = match.groups(default="")
    total = int(days or 0) * 1440 + int(hours or 0) * 60 + int(minutes or 0) + int(seconds or 0) // 60
    return -total if sign else total


def _rules(definition: etree._Element, year: int) -> ZoneRules:
    parts = children(definition)
    periods, groups, transitions = (parts.get(name) for name in ("Periods", "TransitionsGroups", "Transitions"))
    if periods is None:
        raise ValueError("an unknown time zone without periods")
    biases = {period.get("Id", ""): minutes_of(period.get("Bias", "")) for period in named(periods, "Period")}
    group = _group(groups, _group_id(transitions, year)) if groups is not None else None
    changes = [(biases.get(_target(step)), step) for step in group] if group is not None else []
    known = [(bias, step) for bias, step in changes if bias is not None]
    if not known and len(biases) == 1:
        return ZoneRules(bias=next(iter(biases.values())))
    if not known:
        raise ValueError("a time zone whose transitions lead to no period")
    standard, daylight = max(known, key=lambda row: row[0]), min(known, key=lambda row: row[0])
    if standard[0] == daylight[0]:
        return ZoneRules(bias=standard[0])
    return ZoneRules(
        bias=standard[0],
        standard=_change(standard[1], 0, year),
        daylight=_change(daylight[1], daylight[0] - standard[0], year),
    )


def _group_id(transitions: etree._Element | None, year: int) -> str:
    """The group in force: the last whose date is not after the year; a plain Transition is in force from the start."""
    found = ""
    for step in transitions if transitions is not None else ():
        begins = text_of(children(step).get("DateTime"))[:4]
        if not found or not begins or int(begins) <= year:
            found = _target(step)
    return found


def _group(groups: etree._Element, wanted: str) -> etree._Element | None:
    found = named(groups, "TransitionsGroup")
    return next((group for group in found if group.get("Id") == wanted), found[0] if len(found) == 1 else None)


def _target(step: etree._Element) -> str:
    return text_of(children(step).get("To"))


def _change(step: etree._Element, bias: int, year: int) -> Change:
    """A RecurringDayTransition (Occurrence and DayOfWeek) or a RecurringDateTransition (Day)."""
    parts = children(step)
    month = int(text_of(parts.get("Month")))
    hour, minute = divmod(min(max(minutes_of(text_of(parts.get("TimeOffset"))), 0), _LAST_MINUTE), 60)
    if "Day" in parts:
        day = date(year, month, int(text_of(parts["Day"])))
        return Change(bias=bias, month=month, day_order=day.day, weekday=None, time=time(hour, minute), year=year)
    word, occurrence = text_of(parts.get("DayOfWeek")), int(text_of(parts.get("Occurrence")))
    if word not in _WEEKDAYS:
        raise ValueError(f"not a day of the week: {word[:20]!r}")
    return Change(
        bias=bias,
        month=month,
        day_order=occurrence,
        weekday=_WEEKDAYS[word],
        time=time(hour, minute),
    )
