"""Each cell of the merged view is what brute force finds in it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import UNKNOWN_CELL, explained, merged
from protocols.model.window import TimeWindow
from tests.protocols.model.strategies import START, several, windows

HOUR = timedelta(hours=1)


def _brute(items: list[BusyInterval], window: TimeWindow, step: timedelta, unknown: list[TimeWindow]) -> list[int]:
    cells, start = [], window.start
    while start < window.end:
        cell = TimeWindow(start, min(start + step, window.end))
        states = [int(item.status) for item in items if item.window.overlaps(cell)]
        states += [UNKNOWN_CELL for gap in unknown if gap.overlaps(cell)]
        cells.append(max(states, default=int(BusyStatus.FREE)))
        start += step
    return cells


@given(several, windows(), st.integers(5, 1440).map(lambda n: timedelta(minutes=n)), st.lists(windows(), max_size=2))
def test_every_cell_is_what_brute_force_finds(
    items: list[BusyInterval], window: TimeWindow, step: timedelta, unknown: list[TimeWindow]
) -> None:
    assert list(merged(Intervals.pack(items), window, step, unknown)) == _brute(items, window, step, unknown)


@pytest.mark.parametrize(
    ("start", "end", "cells"),
    [
        (0, 3600, [3, 0, 0]),
        (3600, 7200, [0, 3, 0]),
        (3599, 3601, [3, 3, 0]),
        (-100, 0, [0, 0, 0]),
        (-100, 1, [3, 0, 0]),
        (8999, 99_999, [0, 0, 3]),
        (-100, 99_999, [3, 3, 3]),
        (9000, 9100, [0, 0, 0]),
    ],
)
def test_edges_of_two_and_a_half_hours(start: int, end: int, cells: list[int]) -> None:
    window = TimeWindow.of_seconds(START, START + 9000)
    block = BusyInterval(TimeWindow.of_seconds(START + start, START + end), BusyStatus.BUSY)
    assert list(merged(Intervals.pack([block]), window, HOUR)) == cells


@given(several, windows(), st.integers(5, 1440).map(lambda n: timedelta(minutes=n)))
def test_a_cell_is_explained_by_the_strongest_block_that_touches_it(
    items: list[BusyInterval], window: TimeWindow, step: timedelta
) -> None:
    cells = window.cut(step)
    touching = [[int(item.status) for item in items if item.window.overlaps(cell)] for cell in cells]
    assert list(explained(items, window, step)) == [max(states, default=-1) + 1 for states in touching]


def test_the_strongest_wins_in_whatever_order() -> None:
    window = TimeWindow.of_seconds(START, START + 3600)
    for statuses in (list(BusyStatus), list(reversed(BusyStatus))):
        packed = Intervals.pack([BusyInterval(window, status) for status in statuses])
        assert list(merged(packed, window, HOUR)) == [BusyStatus.OUT_OF_OFFICE]
        assert list(merged(packed, window, HOUR, [window])) == [UNKNOWN_CELL]
