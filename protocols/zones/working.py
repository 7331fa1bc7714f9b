"""Working time on the line of instants: when hours that a zone's clock shows begin and end, clock changes included."""

from collections.abc import Iterator
from datetime import date, tzinfo

from protocols.model.freebusy import WorkingHours
from protocols.model.spans import Spans, joined
from protocols.zones.rules import RuleZone
from protocols.zones.transitions import offset_of, transitions

_DAY = 86_400
_THURSDAY = date(1970, 1, 1).weekday()


def working_spans(hours: WorkingHours, low: int, high: int) -> Spans:
    """When ``hours`` are worked between two instants in seconds since 1970; hours that touch are one stretch.

    An instant is working time where the clock of the hours' zone shows it, so that an hour that comes twice is worked
    twice. Raises ValueError outside the years 1 to 9999.
    """
    found = [
        span
        for start, end, offset in _of_one_offset(hours.zone, low, high)
        for span in _on_this_clock(hours, start, end, offset)
    ]
    return joined(found)


def _of_one_offset(zone: tzinfo, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    changes = zone.transitions(low, high) if isinstance(zone, RuleZone) else transitions(zone, low, high)
    offset, start = offset_of(zone, low), low
    for at, following in [*changes, (high, 0)]:
        if start < at:
            yield start, min(at, high), offset
        offset, start = following, at


def _on_this_clock(hours: WorkingHours, low: int, high: int, offset: int) -> Iterator[tuple[int, int]]:
    for day in range((low + offset) // _DAY, (high + offset - 1) // _DAY + 1):
        weekday, midnight = (day + _THURSDAY) % 7, day * _DAY - offset
        for period in hours.periods:
            start, end = max(midnight + period.start * 60, low), min(midnight + period.end * 60, high)
            if weekday in period.days and start < end:
                yield start, end
