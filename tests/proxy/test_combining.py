"""Tests of proxy/combining.py."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability, Detail, Part, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.merging import merged
from protocols.model.window import TimeWindow
from proxy.combining import combined, looping
from routing.table import Combine
from routing.ways import Leg, Way
from tests.contracts.scripted import HOUR, block, boxes, window
from tests.contracts.virtual import START

DAY = window(0, 24)
[ANN] = boxes("ann")


def known(
    *blocks: BusyInterval,
    source: str = "a",
    age: float = 0,
    detail: Detail = Detail.BUSY,
    unknown: tuple[TimeWindow, ...] = (),
) -> Availability:
    return Availability(
        mailbox=ANN,
        window=DAY,
        intervals=Intervals.pack(blocks),
        detail=detail,
        unknown=unknown,
        source=source,
        as_of=START - timedelta(seconds=age),
    )


def silent(reason: Reason, source: str = "b") -> Unavailable:
    return Unavailable(mailbox=ANN, reason=reason, source=source)


def joined(answers: Sequence[Answer], combine: Combine) -> Answer:
    """Of connectors called a, b, c …"""
    return combined(Way(tuple(Leg(name, ANN) for name in "abcde"), combine), answers, DAY)


def told(answer: Answer) -> Availability:
    assert isinstance(answer, Availability)
    return answer


def test_busy_anywhere_is_busy_and_the_parts_are_told() -> None:
    one, other = known(block(1, 1, subject=None), age=5), known(block(3, 1, subject=None), source="b", age=9)
    answer = told(joined([one, other], Combine.UNION))
    assert [interval.window for interval in answer.intervals] == [window(1, 1), window(3, 1)]
    assert (answer.source, answer.as_of, answer.unknown) == ("a+b", other.as_of, ())
    assert answer.parts == (Part("a", one.as_of), Part("b", other.as_of))


def test_a_calendar_that_cannot_be_read_leaves_doubt_beside_what_is_known() -> None:
    answer = told(joined([known(block(1, 1)), silent(Reason.TIMEOUT)], Combine.UNION))
    assert answer.unknown == (DAY,)
    assert len(answer.intervals) == 1
    assert answer.parts[1] == Part("b", None, Reason.TIMEOUT)


def test_gaps_of_each_calendar_add_up() -> None:
    one, other = known(unknown=(window(1, 2),)), known(unknown=(window(2, 2), window(9, 1)))
    answer = told(joined([one, other], Combine.UNION))
    assert answer.unknown == (window(1, 3), window(9, 1))
    assert {part.reason for part in answer.parts} == {Reason.INCOMPLETE}
    assert all(part.as_of for part in answer.parts)


def test_details_only_where_all_have_them() -> None:
    one, other = known(block(1, 1), detail=Detail.DETAILS), known(block(3, 1, subject=None))
    answer = told(joined([one, other], Combine.UNION))
    assert answer.detail is Detail.BUSY
    assert not answer.intervals.has_details
    both = joined([one, known(block(3, 1), detail=Detail.DETAILS)], Combine.UNION)
    assert told(both).detail is Detail.DETAILS


@pytest.mark.parametrize("reason", Reason)
def test_the_side_that_was_left_may_know_nothing_any_more_but_not_fail(reason: Reason) -> None:
    answer = told(joined([known(block(1, 1)), silent(reason)], Combine.MOVE))
    assert answer.unknown == (() if reason is Reason.NO_SUCH_MAILBOX else (DAY,))
    assert answer.parts[1].reason is reason
    assert answer.parts[1].counts is (reason is not Reason.NO_SUCH_MAILBOX)
    assert answer.parts[0].counts


def test_the_side_that_was_left_is_not_asked_for_its_own_people_but_a_circle_elsewhere_is_doubt() -> None:
    ours = told(joined([known(block(1, 1)), looping(Leg("b", ANN))], Combine.MOVE))
    assert ours.unknown == ()
    assert ours.parts[1] == Part("b", None, Reason.LOOP, counts=False)
    theirs = told(joined([known(block(1, 1)), silent(Reason.LOOP)], Combine.MOVE))
    assert theirs.unknown == (DAY,)


@pytest.mark.parametrize("reason", Reason)
def test_whatever_the_current_side_cannot_tell_is_doubt(reason: Reason) -> None:
    assert told(joined([silent(reason), known(block(1, 1))], Combine.MOVE)).unknown == (DAY,)
    assert joined([silent(reason), silent(Reason.NO_SUCH_MAILBOX)], Combine.MOVE) == silent(reason)


@pytest.mark.parametrize("reason", Reason)
def test_of_two_sides_one_must_know(reason: Reason) -> None:
    answer = told(joined([silent(reason), known(block(1, 1))], Combine.EITHER))
    assert answer.unknown == (() if reason is Reason.NO_SUCH_MAILBOX else (DAY,))
    stranger = silent(Reason.NO_SUCH_MAILBOX)
    assert joined([stranger, stranger], Combine.EITHER) == stranger
    assert joined([stranger, silent(reason)], Combine.EITHER) == silent(reason)


def test_of_failures_the_one_that_leaves_most_doubt_is_told() -> None:
    answers = [silent(Reason.NO_SUCH_MAILBOX), silent(Reason.LOOP), silent(Reason.TIMEOUT), silent(Reason.NO_ACCESS)]
    answer = joined(answers, Combine.UNION)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TIMEOUT
    assert [part.reason for part in answer.parts] == [each.reason for each in answers]
    assert joined(answers[:2], Combine.UNION) == silent(Reason.LOOP)


statuses = st.sampled_from([status for status in BusyStatus if status is not BusyStatus.FREE])
blocks = st.lists(
    st.builds(lambda start, status: block(start, 1, status, subject=None), st.integers(0, 22), statuses), max_size=3
)
answers = st.one_of(
    st.builds(lambda each: known(*each), blocks),
    st.builds(lambda each, gap: known(*each, unknown=(window(gap, 2),)), blocks, st.integers(0, 20)),
    st.builds(silent, st.sampled_from(Reason)),
)


@given(
    st.lists(answers, min_size=2, max_size=3), st.sampled_from([each for each in Combine if each is not Combine.FIRST])
)
def test_never_falsely_free(each: list[Answer], combine: Combine) -> None:
    answer = joined(each, combine)
    current = each[0]
    if isinstance(answer, Unavailable):
        return
    shown = merged(answer.intervals, DAY, HOUR)
    for one in each:
        if isinstance(one, Availability):
            assert all(a >= b for a, b in zip(shown, merged(one.intervals, DAY, HOUR), strict=True))
            assert all(any(gap.clip(DAY) and whole.covers(gap) for whole in answer.unknown) for gap in one.unknown)
    if combine is Combine.MOVE and isinstance(current, Unavailable):
        assert answer.unknown == (DAY,)
    excused = () if combine is Combine.UNION else (Reason.NO_SUCH_MAILBOX,)
    if any(isinstance(one, Unavailable) and one.reason not in excused for one in each):
        assert answer.unknown == (DAY,)
