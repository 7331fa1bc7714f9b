"""Joined calendars: busy in one is busy, unknown in one is unknown."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.told import Told
from protocols.caldav.union import union
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import UNKNOWN_CELL, merged
from protocols.model.window import TimeWindow
from tests.protocols.caldav.dav_samples import HOUR, WINDOW

windows = st.builds(
    lambda start, hours: TimeWindow(WINDOW.start + start * HOUR, WINDOW.start + (start + hours) * HOUR),
    st.integers(0, 100),
    st.integers(1, 60),
)
parts = st.builds(
    lambda busy, unknown: Told(intervals=Intervals.pack(busy), unknown=tuple(sorted(unknown))),
    st.lists(st.builds(BusyInterval, windows, st.sampled_from(BusyStatus)), max_size=4),
    st.lists(windows, max_size=2),
)


@given(st.lists(parts, max_size=4))
def test_nothing_that_is_told_is_lost(told: list[Told]) -> None:
    found = union(WINDOW, told)
    cells = merged(found.intervals, WINDOW, HOUR, found.unknown)
    each = [merged(part.intervals, WINDOW, HOUR, part.unknown) for part in told]
    assert list(cells) == [max(column, default=0) for column in zip(*each, strict=True)] or not told
    assert not any(left.end >= right.start for left, right in zip(found.unknown, found.unknown[1:], strict=False))
    assert max(cells) == UNKNOWN_CELL or not any(part.unknown for part in told)


def test_the_same_block_told_twice_is_there_once() -> None:
    one = Told(intervals=Intervals.pack([BusyInterval(WINDOW, BusyStatus.BUSY)]))
    assert len(union(WINDOW, [one, one]).intervals) == 1
