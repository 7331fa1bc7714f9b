"""Tests of proxy/answers.py."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Availability, Detail, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import addressed, bare, failed_whole, fitted, outside, whole_call_failed, within
from tests.contracts.scripted import HOUR, block, boxes, window
from tests.contracts.virtual import START

[ANN] = boxes("ann")
ANSWER = Availability(
    mailbox=ANN,
    window=window(0, 24),
    intervals=Intervals.pack([block(1, 2), block(20, 6)]),
    detail=Detail.DETAILS,
    unknown=(window(10, 2),),
    source="x",
    as_of=START,
)
windows = st.builds(window, st.integers(0, 20), st.integers(1, 10))


def test_addressed_echoes_the_spelling_of_this_asker() -> None:
    other = Mailbox.parse("Ann@B.example")
    assert addressed(ANSWER, ANN) is ANSWER
    assert addressed(ANSWER, Mailbox.parse(ANN.asked)) is ANSWER
    echoed = addressed(ANSWER, other).mailbox
    assert echoed is not None
    assert echoed.asked == "Ann@B.example"


@pytest.mark.parametrize(
    ("asked", "blocks", "unknown"),
    [
        (window(0, 24), 2, (window(10, 2),)),
        (window(0, 1), 0, ()),
        (window(2, 9), 1, (window(10, 1),)),
        (window(23, 5), 1, (window(24, 4),)),
        (window(-5, 40), 2, (window(-5, 5), window(10, 2), window(24, 11))),
        (window(30, 1), 0, (window(30, 1),)),
    ],
)
def test_fitted_never_answers_for_more_than_is_known(
    asked: TimeWindow, blocks: int, unknown: tuple[TimeWindow, ...]
) -> None:
    answer = fitted(ANSWER, ANN, asked)
    assert (answer.window, len(answer.intervals), answer.unknown) == (asked, blocks, unknown)


def test_bare_has_no_details_and_says_so() -> None:
    answer = bare(ANSWER)
    assert (answer.detail, answer.intervals.has_details) == (Detail.BUSY, False)
    assert bare(answer) is answer
    mislabelled = replace(ANSWER, detail=Detail.BUSY)
    assert not bare(mislabelled).intervals.has_details


@given(windows, windows)
def test_outside_and_inside_make_the_window(asked: TimeWindow, known: TimeWindow) -> None:
    inside = asked.clip(known)
    parts = sorted([*outside(asked, known), *([inside] if inside else [])])
    assert (parts[0].start, parts[-1].end) == (asked.start, asked.end)
    assert all(left.end == right.start for left, right in pairwise(parts))


@given(windows, st.lists(windows))
def test_within_keeps_every_hour_once(asked: TimeWindow, others: list[TimeWindow]) -> None:
    found = within(asked, others)
    hours = [window(n, 1) for n in range(31)]
    wanted = [hour for hour in hours if asked.covers(hour) and any(other.covers(hour) for other in others)]
    assert [hour for hour in hours for part in found if part.covers(hour)] == wanted
    assert sum((part.length for part in found), 0 * HOUR) == len(wanted) * HOUR
    assert all(left.end < right.start for left, right in pairwise(found))


def test_failed_whole_wants_every_mailbox_to_have_failed_with_the_call() -> None:
    failed = whole_call_failed(boxes("ann", "bob"), Reason.TIMEOUT)
    assert failed_whole(failed) == Unavailable(mailbox=ANN, reason=Reason.TIMEOUT)
    assert failed_whole([*failed, ANSWER]) is None
    assert failed_whole([Unavailable(mailbox=ANN, reason=Reason.TIMEOUT)]) is None
    assert failed_whole([]) is None
