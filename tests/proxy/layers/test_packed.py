"""Tests of proxy/layers/packed.py: what is packed comes back, and the garbage collector does not see it."""

import gc
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Availability, Detail, Weekday, WorkingHours, WorkingPeriod
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from proxy.layers.packed import Packer, as_of, covers, weight
from tests.contracts.scripted import block, boxes, window
from tests.contracts.virtual import START

ANN, BOB = boxes("ann", "bob")
texts = st.none() | st.text(max_size=20)
details = st.builds(EventDetails, subject=texts, location=texts, meeting=st.booleans()) | st.none()
blocks = st.builds(
    BusyInterval, st.builds(window, st.integers(-40, 60), st.integers(1, 40)), st.sampled_from(BusyStatus), details
)
hours = st.builds(
    lambda start, zone: WorkingHours(ZoneInfo(zone), (WorkingPeriod(frozenset({Weekday.MONDAY}), start, start + 60),)),
    st.integers(0, 1000),
    st.sampled_from(["Europe/Berlin", "Asia/Tokyo"]),
)


def _answer(*intervals: BusyInterval, detail: Detail = Detail.DETAILS) -> Availability:
    return Availability(
        mailbox=ANN, window=window(0, 24), intervals=Intervals.pack(intervals), detail=detail, source="b", as_of=START
    )


@given(st.lists(blocks, max_size=6), hours | st.none(), st.sampled_from(Detail))
def test_what_is_packed_comes_back(busy: list[BusyInterval], own: WorkingHours | None, detail: Detail) -> None:
    answer = replace(_answer(*busy, detail=detail), working_hours=own)
    packer = Packer()
    kept = packer.pack(answer)
    assert packer.unpack(kept, ANN) == answer
    assert packer.unpack(kept, BOB) == replace(answer, mailbox=BOB)
    for asked in (window(3, 2), window(-1, 2), window(23, 2)):
        unpacked = packer.unpack(kept, ANN).intervals.overlapping(asked)
        assert unpacked == answer.intervals.overlapping(asked)
    assert as_of(kept) == START


def test_a_window_keeps_its_microseconds() -> None:
    asked = replace(window(0, 1), start=window(0, 1).start + timedelta(microseconds=1))
    kept = Packer().pack(replace(_answer(), window=asked))
    assert Packer().unpack(kept, ANN).window == asked
    assert covers(kept, asked)
    assert not covers(kept, window(0, 1))


def test_the_garbage_collector_lets_go_of_it() -> None:
    own = WorkingHours(ZoneInfo("Europe/Berlin"), (WorkingPeriod(frozenset({Weekday.MONDAY}), 540, 1020),))
    kept = Packer().pack(replace(_answer(block(1, 2), block(4, 2)), working_hours=own))
    for _ in range(2):  # first of the details in it, then of itself
        gc.collect()
    assert not gc.is_tracked(kept)


def test_working_hours_are_kept_once_and_beyond_the_bound_with_each() -> None:
    packer = Packer(most_hours=2)
    for start in (0, 60, 120, 180, 0):
        own = WorkingHours(ZoneInfo("UTC"), (WorkingPeriod(frozenset({Weekday.MONDAY}), start, start + 60),))
        answer = replace(_answer(), working_hours=own)
        assert packer.unpack(packer.pack(answer), ANN) == answer
    assert len(packer._hours) == 2


def test_the_weight_grows_with_what_is_carried() -> None:
    bare, full = (weight(Packer().pack(_answer(block(1, 1, subject=each)))) for each in (None, "x" * 5_000))
    assert 500 < bare < 1_000
    assert 5_000 < full - bare < 5_300
