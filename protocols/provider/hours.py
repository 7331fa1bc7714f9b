"""Working hours as the provider contract writes them."""

from typing import Any

from protocols.model.freebusy import WorkingHours, WorkingPeriod
from protocols.provider.tables import MOST_PERIODS, WEEKDAYS
from protocols.provider.times import minutes, zone_of


def working_hours(value: Any) -> WorkingHours | None:
    """What ``value`` says; None where nothing is said. Raises ValueError, TypeError, KeyError, AttributeError."""
    if value is None:
        return None
    periods = value["periods"]
    if not isinstance(periods, list) or len(periods) > MOST_PERIODS:
        raise ValueError("no list of periods, or too long a one")
    return WorkingHours(zone_of(value["zone"]), tuple(map(_period, periods)))


def _period(value: Any) -> WorkingPeriod:
    days = value["days"]
    if not isinstance(days, list):
        raise ValueError("days are no list")
    return WorkingPeriod(frozenset(WEEKDAYS[day] for day in days), minutes(value["start"]), minutes(value["end"]))
