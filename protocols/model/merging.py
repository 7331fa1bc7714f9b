"""The merged view: one cell per interval of the window, holding the strongest status that touches it."""

from collections.abc import Iterable
from datetime import timedelta
from operator import itemgetter

from protocols.model.intervals import BusyInterval, Intervals
from protocols.model.window import TimeWindow

UNKNOWN_CELL = 255
_CELL = [bytes((value,)) for value in range(256)]


def merged(intervals: Intervals, window: TimeWindow, step: timedelta, unknown: Iterable[TimeWindow] = ()) -> bytearray:
    """One byte per ``step`` from the window's start, ceil(window / step) of them.

    Each byte is the number of the highest BusyStatus whose interval touches the cell, or UNKNOWN_CELL where any part
    of the cell is unknown. Cells count elapsed time, so a change of the clocks neither drops nor doubles one.
    """
    low, high = window.seconds
    size = int(step.total_seconds())
    cells = bytearray(-(-(high - low) // size))
    rows = sorted(intervals.edges(), key=itemgetter(2))
    rows += [(*gap.seconds, UNKNOWN_CELL) for gap in unknown]
    for start, end, value in rows:
        if start < high and end > low:
            first = (start - low) // size if start > low else 0
            last = -((low - end) // size) if end < high else len(cells)
            if last - first == 1:
                cells[first] = value
            else:
                cells[first:last] = _CELL[value] * (last - first)
    return cells


def explained(blocks: Iterable[BusyInterval], window: TimeWindow, step: timedelta) -> bytearray:
    """How much of a peer's merged view ``blocks`` account for: cells as those of :func:`merged`.

    Each byte is one more than the number of the highest BusyStatus that touches the cell; 0 where nothing does.
    """
    cells = bytearray(-(-window.length // step))
    for block in sorted(blocks, key=lambda one: one.status):
        part = block.window.clip(window)
        if part is not None:
            first, last = (part.start - window.start) // step, -((window.start - part.end) // step)
            cells[first:last] = _CELL[block.status + 1] * (last - first)
    return cells
