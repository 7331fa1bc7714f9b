"""Tests of proxy/merged_view.py."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import merged
from proxy.merged_view import flat, merged_view
from tests.contracts.scripted import available, block, boxes, window
from tests.contracts.virtual import START

DAY = window(0, 24)
GROUP, ANN, BOB = boxes("team", "ann", "bob")


def _answer(*blocks: BusyInterval, source: str = "b", age: int = 0) -> Availability:
    return Availability(
        mailbox=ANN,
        window=DAY,
        intervals=Intervals.pack(blocks),
        detail=Detail.DETAILS,
        source=source,
        as_of=START - timedelta(seconds=age),
    )


def _view(*answers: Answer) -> Availability:
    return available(merged_view(GROUP, answers, DAY))


def test_busy_in_one_is_busy_and_nothing_else_is_told() -> None:
    found = _view(_answer(block(-1, 2), block(4, 2)), _answer(block(5, 3), source="c", age=60), _answer())
    assert [each.window for each in found.intervals] == [window(0, 1), window(4, 4)]
    assert not found.intervals.has_details
    assert (found.detail, found.working_hours, found.unknown) == (Detail.BUSY, None, ())
    assert (found.source, found.as_of, found.mailbox.asked) == ("b+c", START - timedelta(seconds=60), GROUP.asked)


def test_the_strongest_status_shows_alone() -> None:
    away = block(2, 1, BusyStatus.OUT_OF_OFFICE)
    found = _view(
        _answer(block(0, 6, BusyStatus.TENTATIVE)), _answer(block(1, 3), block(9, 1, BusyStatus.FREE)), _answer(away)
    )
    assert [(each.window, each.status) for each in found.intervals] == [
        (window(0, 1), BusyStatus.TENTATIVE),
        (window(1, 1), BusyStatus.BUSY),
        (window(2, 1), BusyStatus.OUT_OF_OFFICE),
        (window(3, 1), BusyStatus.BUSY),
        (window(4, 2), BusyStatus.TENTATIVE),
    ]  # fmt: skip


def test_a_member_in_doubt_leaves_no_gap_free() -> None:
    refused = Unavailable(mailbox=BOB, reason=Reason.FORBIDDEN)
    assert _view(_answer(block(4, 2)), refused).unknown == (DAY,)
    assert _view(_answer(block(4, 2)), refused).members == (ANN,)
    nobody = merged_view(GROUP, [refused, refused], DAY)
    assert isinstance(nobody, Unavailable)
    assert nobody.reason is Reason.INCOMPLETE
    empty = merged_view(GROUP, [], DAY)
    assert isinstance(empty, Unavailable)
    assert empty.reason is Reason.NO_CALENDAR


_blocks = st.lists(
    st.builds(
        block,
        st.integers(-20, 40).map(lambda half: half / 2),
        st.integers(1, 20).map(lambda half: half / 2),
        st.sampled_from(BusyStatus),
        subject=st.none(),
    ),
    max_size=6,
)


@settings(max_examples=80)
@given(st.lists(_blocks, max_size=5))
def test_one_line_says_what_all_together_say(members: list[list[BusyInterval]]) -> None:
    step = timedelta(minutes=30)
    packed = [Intervals.pack(blocks) for blocks in members]
    line = flat(packed, DAY)
    everything = Intervals.pack(one for blocks in members for one in blocks)
    assert merged(line, DAY, step) == merged(everything, DAY, step)
    edges = list(line.edges())
    for (_, end, status), (start, _, following) in pairwise(edges):
        assert end < start or (end == start and status != following)
