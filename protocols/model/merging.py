"""The merged view: one cell per interval of the window, holding the strongest status that touches it."""

from collections.abc import Iterable
from datetime import timedelta

from protocols.model.intervals import Intervals
from protocols.model.window import TimeWindow

UNKNOWN_CELL = 255


def merged(intervals: Intervals, window: TimeWindow, step: timedelta, unknown: Iterable[TimeWindow] = ()) -> bytearray:
    """One byte per ``step`` from the window's start, ceil(window / step) of them.

    Each byte is the number of the highest BusyStatus whose interval touches the cell, or UNKNOWN_CELL where any part
    of the cell is unknown. Cells count elapsed time, so a change of the clocks neither drops nor doubles one.
    """
    low, high = window.seconds
    size = int(step.total_seconds())
    cells = bytearray(-(-(high - low) // size))
    for start, end, status in sorted(intervals.edges(), key=lambda edge: edge[2]):
        if start < high and end > low:
            _fill(cells, max(start - low, 0), min(end, high) - low, size, status)
    for gap in unknown:
        start, end = gap.seconds
        if start < high and end > low:
            _fill(cells, max(start - low, 0), min(end, high) - low, size, UNKNOWN_CELL)
    return cells


def _fill(cells: bytearray, start: int, end: int, size: int, value: int) -> None:
    first, last = start // size, -(-end // size)
    cells[first:last] = bytes((value,)) * (last - first)
