"""WorkingHours out of an answer; a mistake in them costs the hours, not the answer."""

from lxml import etree

from protocols.ews.children import children, named, text_of
from protocols.ews.serial_zone import WEEKDAY_WORDS, read_zone
from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod

_DAYS = {word: frozenset({day}) for day, word in WEEKDAY_WORDS.items()} | {
    "Day": frozenset(Weekday),
    "Weekday": frozenset(day for day in Weekday if day < Weekday.SATURDAY),
    "WeekendDay": frozenset({Weekday.SATURDAY, Weekday.SUNDAY}),
}


_MOST_PERIODS = 100  # the hours are kept, and are the key of a cache


def read_working_hours(element: etree._Element | None) -> WorkingHours | None:
    """The person's zone and weekly periods; None where there are none or they cannot be read."""
    if element is None:
        return None
    parts = children(element)
    zone, periods = parts.get("TimeZone"), parts.get("WorkingPeriodArray")
    if zone is None or periods is None:
        return None
    found = named(periods, "WorkingPeriod")
    if len(found) > _MOST_PERIODS:
        return None
    try:
        return WorkingHours(read_zone(zone), tuple(map(_period, found)))
    except (ValueError, KeyError):
        return None


def _period(element: etree._Element) -> WorkingPeriod:
    parts = children(element)
    days = [_DAYS[word] for word in text_of(parts.get("DayOfWeek")).split()]
    start, end = text_of(parts.get("StartTimeInMinutes")), text_of(parts.get("EndTimeInMinutes"))
    return WorkingPeriod(frozenset().union(*days), int(start), int(end))
