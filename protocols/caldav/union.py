"""Joins what several calendars, or several events, tell of one person's time: busy in one is busy."""

from collections.abc import Iterable

from protocols.caldav.told import Told
from protocols.model.intervals import Intervals
from protocols.model.window import TimeWindow


def union(window: TimeWindow, parts: Iterable[Told]) -> Told:
    """All that ``parts`` tell of ``window``; what one of them does not know is not known, whatever the others say."""
    known = list(parts)
    blocks = dict.fromkeys(block for part in known for block in part.intervals)  # told twice is there once
    return Told(
        intervals=Intervals.pack(blocks),
        unknown=_joined(gap for part in known for gap in part.unknown),
        hours=next((part.hours for part in known if part.hours is not None), None),
    )


def _joined(gaps: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    found: list[TimeWindow] = []
    for gap in sorted(gaps):
        if found and gap.start <= found[-1].end:
            found[-1] = TimeWindow(found[-1].start, max(found[-1].end, gap.end))
        else:
            found.append(gap)
    return tuple(found)
