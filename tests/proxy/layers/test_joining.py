"""Tests of proxy/layers/joining.py."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import (
    Answer,
    Availability,
    Detail,
    Reason,
    Unavailable,
    Weekday,
    WorkingHours,
    WorkingPeriod,
)
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import merged
from protocols.model.window import TimeWindow
from proxy.layers.joining import joined
from tests.contracts.scripted import HOUR, available, block, boxes, window
from tests.contracts.virtual import START

[ANN] = boxes("ann")
WHOLE = window(0, 12)
PIECES = WHOLE.cut(6 * HOUR)
HOURS = WorkingHours(ZoneInfo("Europe/Berlin"), (WorkingPeriod(frozenset({Weekday.MONDAY}), 540, 1020),))


def _part(piece: TimeWindow, *blocks: BusyInterval, age: float = 0, **more: object) -> Availability:
    part = Availability(
        mailbox=ANN, window=piece, intervals=Intervals.pack(blocks), source="b", as_of=START - timedelta(seconds=age)
    )
    for name, value in more.items():
        object.__setattr__(part, name, value)
    return part


def _failed(reason: Reason, **more: object) -> Unavailable:
    failed = Unavailable(mailbox=ANN, reason=reason)
    for name, value in more.items():
        object.__setattr__(failed, name, value)
    return failed


def _windows(answer: Answer) -> list[TimeWindow]:
    return [interval.window for interval in available(answer).intervals]


def test_a_block_told_whole_by_both_pieces_is_told_once() -> None:
    both = block(4, 4)
    assert _windows(joined(WHOLE, PIECES, [_part(PIECES[0], both), _part(PIECES[1], both)])) == [window(4, 4)]


def test_a_block_cut_at_the_edge_is_one_again() -> None:
    parts = [_part(PIECES[0], block(1, 1), block(4, 2)), _part(PIECES[1], block(6, 1), block(9, 1))]
    assert _windows(joined(WHOLE, PIECES, parts)) == [window(1, 1), window(4, 3), window(9, 1)]


def test_two_blocks_cut_at_the_edge_are_two_again() -> None:
    parts = [_part(PIECES[0], block(4, 2), block(5, 1)), _part(PIECES[1], block(6, 1), block(6, 2))]
    assert sorted(found.end for found in _windows(joined(WHOLE, PIECES, parts))) == [
        window(0, 7).end,
        window(0, 8).end,
    ]


@pytest.mark.parametrize("other", [block(6, 1, BusyStatus.TENTATIVE), block(6, 1, subject="other"), block(7, 1)])
def test_what_differs_or_does_not_touch_stays_two(other: BusyInterval) -> None:
    parts = [_part(PIECES[0], block(5, 1), detail=Detail.DETAILS), _part(PIECES[1], other, detail=Detail.DETAILS)]
    assert len(_windows(joined(WHOLE, PIECES, parts))) == 2


def test_back_to_back_meetings_elsewhere_stay_two() -> None:
    parts = [_part(PIECES[0], block(2, 1), block(3, 1)), _part(PIECES[1])]
    assert _windows(joined(WHOLE, PIECES, parts)) == [window(2, 1), window(3, 1)]


def test_a_block_over_three_pieces_is_one() -> None:
    pieces = WHOLE.cut(4 * HOUR)
    parts = [_part(pieces[0], block(3, 1)), _part(pieces[1], block(4, 4)), _part(pieces[2], block(8, 1))]
    assert _windows(joined(WHOLE, pieces, parts)) == [window(3, 6)]


def test_the_oldest_part_and_the_first_hours_count() -> None:
    answer = available(joined(WHOLE, PIECES, [_part(PIECES[0], age=3), _part(PIECES[1], age=9, working_hours=HOURS)]))
    assert (answer.as_of, answer.working_hours) == (START - timedelta(seconds=9), HOURS)
    assert (answer.window, answer.unknown) == (WHOLE, ())


@pytest.mark.parametrize("reason", Reason)
def test_a_piece_that_failed_is_unknown_whatever_the_reason(reason: Reason) -> None:
    answer = available(joined(WHOLE, PIECES, [_part(PIECES[0], block(1, 1)), _failed(reason)]))
    assert answer.unknown == (PIECES[1],)


def test_doubt_of_parts_is_kept_and_adjoining_doubt_joined() -> None:
    first = _part(PIECES[0], unknown=(window(0, 1), window(5, 1)))
    assert available(joined(WHOLE, PIECES, [first, _failed(Reason.TIMEOUT)])).unknown == (window(0, 1), window(5, 7))


def test_a_part_that_answers_for_less_than_its_piece_is_unknown_there() -> None:
    assert available(joined(WHOLE, PIECES, [_part(window(0, 5)), _part(PIECES[1])])).unknown == (window(5, 1),)


def test_parts_of_different_levels_show_the_lower() -> None:
    full = _part(PIECES[0], block(1, 1), detail=Detail.DETAILS)
    answer = available(joined(WHOLE, PIECES, [full, _part(PIECES[1], block(8, 1, subject=None))]))
    assert (answer.detail, answer.intervals.has_details) == (Detail.BUSY, False)


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [
        ((Reason.NO_SUCH_MAILBOX, Reason.NO_SUCH_MAILBOX), Reason.NO_SUCH_MAILBOX),
        ((Reason.NO_SUCH_MAILBOX, Reason.TIMEOUT), Reason.TIMEOUT),
        ((Reason.TIMEOUT, Reason.NO_ACCESS), Reason.TIMEOUT),
        ((Reason.NO_ACCESS, Reason.NO_SUCH_MAILBOX), Reason.INCOMPLETE),
    ],
)
def test_doubt_outweighs_a_refusal(reasons: tuple[Reason, Reason], reason: Reason) -> None:
    answer = joined(WHOLE, PIECES, [_failed(each) for each in reasons])
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


def test_the_longest_wait_and_a_whole_failure_are_told() -> None:
    waits = [_failed(Reason.THROTTLED, retry_after=timedelta(seconds=n), whole_call=True) for n in (3, 7)]
    answer = joined(WHOLE, PIECES, waits)
    assert isinstance(answer, Unavailable)
    assert (answer.retry_after, answer.whole_call) == (timedelta(seconds=7), True)
    mixed = joined(WHOLE, PIECES, [waits[0], _failed(Reason.THROTTLED)])
    assert isinstance(mixed, Unavailable)
    assert not mixed.whole_call


@given(
    st.lists(st.tuples(st.integers(-5, 24), st.integers(1, 20), st.sampled_from(BusyStatus)), max_size=12),
    st.integers(1, 24),
    st.booleans(),
    st.sets(st.integers(0, 23)),
)
def test_no_hour_is_lost_or_freed(
    rows: list[tuple[int, int, BusyStatus]], step: int, cuts: bool, failing: set[int]
) -> None:
    blocks = [block(*row, subject=None) for row in rows]
    whole = window(0, 24)
    parts: list[Answer] = []
    pieces = whole.cut(step * HOUR)
    for number, piece in enumerate(pieces):
        found = [each for each in blocks if each.window.overlaps(piece)]
        if cuts:
            found = [BusyInterval(part, each.status) for each in found if (part := each.window.clip(piece))]
        parts.append(_failed(Reason.TIMEOUT) if number in failing else _part(piece, *found))
    answer = joined(whole, pieces, parts)
    gone = [piece for number, piece in enumerate(pieces) if number in failing]
    if len(gone) == len(pieces):
        assert isinstance(answer, Unavailable)
        return
    answer = available(answer)
    assert merged(answer.intervals, whole, HOUR, answer.unknown) == merged(Intervals.pack(blocks), whole, HOUR, gone)
    edges = {piece.start for piece in pieces}
    if not gone and not cuts and not any(each.window.start in edges for each in blocks):
        assert answer.intervals == Intervals.pack(each for each in blocks if each.window.overlaps(whole))
