"""Reads the working hours of a schedule, in a named zone or in one that Graph spells out by its rules."""

from datetime import time, tzinfo
from typing import Any

from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod
from protocols.zones.names import zone_named
from protocols.zones.rules import Change, RuleZone, ZoneRules

_DAYS = {day.name.lower(): day for day in Weekday}
_WHOLE_DAY = 1440


def working_hours(value: Any) -> WorkingHours | None:
    """The working hours that ``value`` tells; None where it tells none or cannot be understood.

    They say nothing of busy time, so what is wrong here casts no doubt on the answer.
    """
    try:
        zone = _zone(value["timeZone"])
        days = frozenset(_DAYS[name.lower()] for name in value["daysOfWeek"])
        start, end = _minutes(value["startTime"]), _minutes(value["endTime"]) or _WHOLE_DAY
        return WorkingHours(zone, (WorkingPeriod(days, start, end),)) if zone is not None else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _zone(value: Any) -> tzinfo | None:
    if "standardOffset" not in value and "daylightOffset" not in value and "bias" not in value:
        return zone_named(value["name"])
    # bias and daylightBias count as Windows does, UTC = local + bias: 480 is Pacific time in Graph's answers, although
    # its reference describes the opposite sign
    standard, daylight = value.get("standardOffset"), value.get("daylightOffset")
    if standard and daylight:
        return RuleZone(
            ZoneRules(_bias(value["bias"]), _change(standard, 0), _change(daylight, _bias(daylight["daylightBias"])))
        )
    return RuleZone(ZoneRules(_bias(value["bias"])))


def _change(value: Any, bias: int) -> Change:
    day, order = _DAYS[value["dayOfWeek"].lower()], int(value["dayOccurrence"])
    return Change(bias, int(value["month"]), order, day, _time(value["time"]), int(value.get("year") or 0))


def _bias(value: Any) -> int:
    if not isinstance(value, int) or abs(value) >= _WHOLE_DAY:
        raise ValueError("not an offset in minutes")
    return value


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _minutes(text: str) -> int:
    moment = _time(text)
    return moment.hour * 60 + moment.minute
