"""Tests of proxy/connector.py."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import (
    Answer,
    Availability,
    Question,
    Reason,
    Unavailable,
    Weekday,
    WorkingHours,
    WorkingPeriod,
)
from protocols.model.intervals import EMPTY
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.complaints import Complaints
from proxy.connector import Connector, Leaf, at_once, cut, guarded
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, block, boxes, peer_down, reasons, window
from tests.contracts.virtual import START, elapsed, now, run

QUESTION = Question(window=window(0, 24))


class TestLeaf(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Leaf("b", peer.ask, now)


class TestIndiscreetLeaf(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        peer.indiscreet = True
        return Leaf("b", peer.ask, now)


class _Lying:
    """An ask that answers what it was told to."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = answers

    async def ask(self, _mailboxes: Sequence[Mailbox], _question: Question, _as_of: datetime) -> list[Answer]:
        return self.answers

    async def lookup(self, _mailboxes: Sequence[Mailbox], _question: Question) -> list[Answer]:
        return self.answers

    def ready(self, _mailboxes: Sequence[Mailbox], _question: Question) -> list[Answer | None]:
        raise ZeroDivisionError


def _free(mailbox: Mailbox, hours: float = 24) -> Availability:
    return Availability(mailbox=mailbox, window=window(0, hours), intervals=EMPTY, source="x", as_of=START)


@pytest.mark.parametrize("reason", Reason)
def test_a_peer_that_fails_is_an_answer_for_each(reason: Reason) -> None:
    peer = Scripted(failure=peer_down(reason, retry_after=timedelta(seconds=7)))
    answers = run(Leaf("b", peer.ask, lambda: START).lookup(boxes("ann", "bob"), QUESTION))
    assert reasons(answers) == [reason, reason]
    for answer in answers:
        assert isinstance(answer, Unavailable)
        assert answer.retry_after == timedelta(seconds=7)
        assert answer.whole_call


def test_why_a_peer_fails_is_told_once_for_all_its_accounts() -> None:
    complaints = Complaints("b", clock=lambda: START)
    peer = Scripted(failure=peer_down(Reason.UNREACHABLE))
    with capture_logs() as logs:
        for _ in range(2):
            run(Leaf("b", peer.ask, lambda: START, complaints=complaints).lookup(boxes("ann", "bob"), QUESTION))
    told = [(log["event"], log["connector"], log["reason"], log["detail"]) for log in logs]
    assert told == [("peer_failed", "b", "unreachable", "scripted")]


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), TimeoutError(), RecursionError()])
def test_a_fault_of_ours_is_logged_and_answered(bug: Exception) -> None:
    with capture_logs() as logs:
        answers = run(Leaf("b", Scripted(failure=bug).ask, lambda: START).lookup(boxes("ann", "bob"), QUESTION))
    assert reasons(answers) == [Reason.PEER_FAILED, Reason.PEER_FAILED]
    assert [(log["event"], log["connector"], log["exc_info"]) for log in logs] == [("connector_failed", "b", True)]


def test_answers_that_do_not_match_are_all_garbled() -> None:
    ann, bob = boxes("ann", "bob")
    wrong: list[list[Answer]] = [
        [],
        [_free(ann)],
        [_free(bob), _free(ann)],
        [_free(ann), _free(ann)],
        [_free(ann), _free(bob), _free(bob)],
        [_free(ann), Unavailable(mailbox=None, reason=Reason.TIMEOUT)],
    ]
    for answers in wrong:
        with capture_logs():
            found = run(Leaf("b", _Lying(answers).ask, lambda: START).lookup([ann, bob], QUESTION))
        assert reasons(found) == [Reason.GARBLED, Reason.GARBLED]


def test_what_an_answer_leaves_out_of_the_window_is_unknown() -> None:
    [ann] = boxes("ann")
    [answer] = run(Leaf("b", _Lying([_free(ann, hours=5)]).ask, lambda: START).lookup([ann], QUESTION))
    assert available(answer).window == QUESTION.window
    assert available(answer).unknown == (window(5, 19),)


def test_as_of_is_when_the_request_was_sent() -> None:
    peer = Scripted(takes=3)

    async def asked() -> list[Answer]:
        await asyncio.sleep(2)
        return await Leaf("b", peer.ask, now).lookup(boxes("ann"), QUESTION)

    assert available(run(asked())[0]).as_of == START + timedelta(seconds=2)


def test_cancelling_goes_through_the_leaf() -> None:
    async def cancelled() -> float:
        task = asyncio.create_task(Leaf("b", Scripted(takes=100).ask, now).lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return elapsed()

    assert run(cancelled()) == 1


def test_guarded_answers_for_a_connector_that_raises_or_miscounts() -> None:
    with capture_logs() as logs:
        assert reasons(run(guarded(Scripted(failure=OSError()), "b", boxes("ann", "bob"), QUESTION))) == [
            Reason.PEER_FAILED,
            Reason.PEER_FAILED,
        ]
        assert reasons(run(guarded(_Lying([]), "b", boxes("ann"), QUESTION))) == [Reason.GARBLED]
    assert [log["event"] for log in logs] == ["lookup_failed", "answers_do_not_match"]


def test_ready_that_fails_has_nothing_ready() -> None:
    with capture_logs() as logs:
        assert at_once(_Lying([]), "b", boxes("ann", "bob"), QUESTION) == [None, None]
    assert [log["event"] for log in logs] == ["ready_failed"]


@pytest.mark.parametrize(("takes", "in_time"), [(0, True), (4.9, True), (5.1, False)])
def test_cut(takes: float, in_time: bool) -> None:
    peer = Scripted(takes=takes)

    async def asked() -> tuple[list[Answer] | None, float]:
        return await cut(peer.lookup(boxes("ann"), QUESTION), timedelta(seconds=5)), elapsed()

    answers, seconds = run(asked())
    assert (answers is not None) == in_time
    assert seconds == pytest.approx(min(takes, 5))
    assert peer.under_way == 0


def test_cut_does_not_swallow_a_timeout_of_others() -> None:
    with pytest.raises(TimeoutError):
        run(cut(Scripted(failure=TimeoutError()).lookup(boxes("ann"), QUESTION), timedelta(seconds=5)))


def test_working_hours_of_the_configuration_stand_where_the_peer_tells_none() -> None:
    peer = Scripted({"ann@b.example": [block(1, 2)]})
    hours = WorkingHours(UTC, (WorkingPeriod(frozenset({Weekday.MONDAY}), 480, 1020),))
    answers = run(Leaf("b", peer.ask, lambda: START, hours=hours).lookup(boxes("ann", "nobody"), QUESTION))
    assert available(answers[0]).working_hours == hours
    own = replace(available(answers[0]), working_hours=WorkingHours(UTC, ()))
    [kept] = run(Leaf("b", _Lying([own]).ask, lambda: START, hours=hours).lookup(boxes("ann"), QUESTION))
    assert available(kept).working_hours == WorkingHours(UTC, ())
    [none] = run(Leaf("b", peer.ask, lambda: START).lookup(boxes("ann"), QUESTION))
    assert available(none).working_hours is None


def test_a_leaf_shows_the_blocks_it_was_told() -> None:
    peer = Scripted({"ann@b.example": [block(1, 2)]})
    [answer] = run(Leaf("b", peer.ask, lambda: START).lookup(boxes("ann"), QUESTION))
    assert [interval.window for interval in available(answer).intervals] == [window(1, 2)]


@pytest.mark.parametrize("year", [1900, 2107, 9000])
def test_of_years_that_no_answer_can_hold_nothing_is_known(year: int) -> None:
    start = datetime(year, 11, 23, tzinfo=UTC)
    peer = Scripted()
    asked = Question(window=TimeWindow(start, start + timedelta(days=1)))
    assert reasons(run(Leaf("b", peer.ask, now).lookup(boxes("ann", "bob"), asked))) == [Reason.INCOMPLETE] * 2
    assert peer.calls == []
