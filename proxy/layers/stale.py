"""What an expired answer is still good for while the peer cannot be asked: what was busy is busy, the rest is doubt."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from protocols.model.freebusy import Availability, Part, Reason
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.window import TimeWindow
from proxy.answers import within

_SETTLED: Final = BusyStatus.BUSY  # from here on nothing that came since can take more of the time


def doubted(answer: Availability, reason: Reason) -> Availability:
    """``answer``, of which nothing is free any more: ``unknown`` is all but what was Busy or Out of office.

    Tentative and working elsewhere stay, and are unknown: a meeting may have come since. ``as_of`` stays, and ``parts``
    tells why the peer could not be asked, with the age.
    """
    return replace(
        answer,
        unknown=within(answer.window, (*answer.unknown, *_not_taken(answer.intervals, answer.window))),
        parts=(Part(answer.source, answer.as_of, reason),),
    )


def _not_taken(intervals: Intervals, window: TimeWindow) -> Iterator[TimeWindow]:
    taken = (TimeWindow.of_seconds(start, end) for start, end, status in intervals.edges() if status >= _SETTLED)
    start = window.start
    for part in within(window, taken):
        if start < part.start:
            yield TimeWindow(start, part.start)
        start = part.end
    if start < window.end:
        yield TimeWindow(start, window.end)
