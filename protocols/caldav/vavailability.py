"""Reads VAVAILABILITY (RFC 7953): when somebody works, as weekly periods; what lies outside is not busy for that."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from protocols.caldav.lines import Block, Properties
from protocols.caldav.times import DAY, Moment, duration, moment
from protocols.caldav.zones import Zones
from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod
from protocols.model.window import TimeWindow
from protocols.recurrence.counting import parts

_WANTED: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "PRIORITY"})
_WEEKDAYS: Final = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), Weekday, strict=True))
_PLAIN: Final = {"FREQ", "INTERVAL", "BYDAY", "WKST", "UNTIL", "COUNT"}
_NO_PRIORITY: Final = 10  # 0 and none come last (RFC 7953 3.2)


def hours(components: Sequence[Block], window: TimeWindow, zones: Zones) -> WorkingHours | None:
    """The working hours that hold at the window's start: of the components then in force the one that goes first.

    None where none is in force, where it cannot be read, or where nothing in it comes every week.
    """
    best: tuple[int, WorkingHours] | None = None
    for component in components:
        try:
            own = component.properties(_WANTED)
            if not _in_force(own, window, zones):
                continue
            found = _weekly([each for each in component.inner if each.name == "AVAILABLE"], window, zones)
        except ValueError:
            continue
        rank = _priority(own)
        if found is not None and (best is None or rank < best[0]):
            best = rank, found
    return best[1] if best else None


def _priority(own: Properties) -> int:
    text = own.word("PRIORITY")
    return int(text) if text in set("123456789") else _NO_PRIORITY


def _in_force(own: Properties, window: TimeWindow, zones: Zones) -> bool:
    start, end = own.one("DTSTART"), own.one("DTEND")
    begun = start is None or moment(start, zones).earliest < window.end
    return begun and (end is None or moment(end, zones).latest > window.start)


def _weekly(parts_: Sequence[Block], window: TimeWindow, zones: Zones) -> WorkingHours | None:
    days_of: dict[tuple[int, int], set[Weekday]] = defaultdict(set)
    zone: tzinfo | None = None
    for part in parts_:
        own = part.properties(_WANTED)
        written = own.one("DTSTART")
        if written is None:
            raise ValueError("an AVAILABLE without its start")
        start = moment(written, zones)
        days = _days(own, start, window)
        if not days or not start.certain:
            continue
        zone = zone or start.zone
        if start.zone is not zone:
            continue  # hours in a second zone: the house's word has one
        for period, later in _minutes(start, _end(own, start, zones)):
            days_of[period] |= {Weekday((day + later) % 7) for day in days}
    if zone is None or not days_of:
        return None
    periods = (WorkingPeriod(frozenset(days), *minutes) for minutes, days in sorted(days_of.items()))
    return WorkingHours(zone, tuple(periods))


def _days(own: Properties, start: Moment, window: TimeWindow) -> set[Weekday]:
    """The weekdays of a rule that comes every week; none of any other and of one that has ended."""
    rule = own.word("RRULE")
    if not rule:
        return set()
    said = parts(rule)
    ended = said.get("UNTIL", "99991231")[:8] < window.start.strftime("%Y%m%d")
    if said.get("FREQ") not in ("WEEKLY", "DAILY") or said.get("INTERVAL", "1") != "1" or ended:
        return set()
    if not set(said) <= _PLAIN:
        return set()
    every = ",".join(_WEEKDAYS) if said["FREQ"] == "DAILY" else list(_WEEKDAYS)[start.wall.weekday()]
    return {_WEEKDAYS[day] for day in said.get("BYDAY", every).split(",") if day in _WEEKDAYS}


def _end(own: Properties, start: Moment, zones: Zones) -> Moment:
    end, length = own.one("DTEND"), own.one("DURATION")
    if end is not None:
        return moment(end, zones)
    return start.plus(DAY) if length is None else duration(length.value).after(start)


def _minutes(start: Moment, end: Moment) -> list[tuple[tuple[int, int], int]]:
    """Minutes since midnight, cut at midnights, each with how many days later it is; a day and more is refused."""
    first, last = start.wall, end.seen_from(start.zone)
    if not timedelta() < last - first <= DAY:
        raise ValueError("a working time of no length or of more than a day")
    midnight = datetime.combine(first.date(), time())
    low, high = (int((at - midnight) / timedelta(minutes=1)) for at in (first, last))
    if high <= 1440:
        return [((low, high), 0)] if low < high else []
    return [((low, 1440), 0), ((0, high - 1440), 1)]
