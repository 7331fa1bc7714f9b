"""Tests of proxy/layers/stale.py: nothing that was free, or nearly, is free any more."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Availability, Part, Reason
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import UNKNOWN_CELL, merged
from protocols.model.window import TimeWindow
from proxy.layers.stale import doubted
from tests.contracts.scripted import HOUR, block, boxes, window
from tests.contracts.virtual import START

ASKED = window(0, 12)
statuses = st.sampled_from(BusyStatus)
blocks = st.lists(
    st.builds(BusyInterval, st.builds(window, st.integers(-4, 13), st.integers(1, 20)), statuses), max_size=6
)


def _answer(*intervals: BusyInterval, asked: TimeWindow = ASKED) -> Availability:
    [ann] = boxes("ann")
    return Availability(mailbox=ann, window=asked, intervals=Intervals.pack(intervals), source="b", as_of=START)


@given(blocks)
def test_every_cell_was_busy_or_is_unknown(busy: list[BusyInterval]) -> None:
    before = _answer(*busy)
    after = doubted(before, Reason.UNREACHABLE)
    assert after.intervals == before.intervals
    cells = merged(after.intervals, ASKED, HOUR, after.unknown)
    known = merged(before.intervals, ASKED, HOUR)
    expected = [was if was >= BusyStatus.BUSY else UNKNOWN_CELL for was in known]
    assert list(cells) == expected


def test_what_was_free_is_unknown_and_what_was_busy_is_known() -> None:
    answer = doubted(_answer(block(1, 2), block(2, 2, BusyStatus.OUT_OF_OFFICE), block(6, 1)), Reason.TIMEOUT)
    assert answer.unknown == (window(0, 1), window(4, 2), window(7, 5))


def test_a_day_that_was_all_busy_leaves_no_doubt() -> None:
    assert doubted(_answer(block(-1, 20)), Reason.TIMEOUT).unknown == ()


def test_tentative_and_elsewhere_are_shown_and_unknown() -> None:
    for status in (BusyStatus.TENTATIVE, BusyStatus.WORKING_ELSEWHERE, BusyStatus.FREE):
        answer = doubted(_answer(block(0, 12, status)), Reason.TIMEOUT)
        assert answer.unknown == (ASKED,)
        assert [each.status for each in answer.intervals] == [status]


def test_it_tells_its_age_and_why() -> None:
    answer = doubted(_answer(), Reason.THROTTLED)
    assert answer.as_of == START
    assert answer.parts == (Part("b", START, Reason.THROTTLED),)
