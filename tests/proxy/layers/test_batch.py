"""Tests of proxy/layers/batch.py."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY
from proxy.connector import Connector, Leaf
from proxy.layers.batch import Batch, BatchLimits
from proxy.layers.cache import AnswerStore, Cache
from proxy.layers.coalesce import Coalesce
from proxy.layers.limit import Limit
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import HOUR, Scripted, available, block, boxes, peer_down, reasons, window
from tests.contracts.virtual import now, run

QUESTION = Question(window=window(0, 24))
MANY = [Mailbox.parse(f"u{n}@b.example") for n in range(100)]


def _batch(peer: Connector, mailboxes: int = 2, hours: float = 24 * 60) -> Batch:
    return Batch(peer, limits=lambda _: BatchLimits(mailboxes, hours * HOUR))


class TestBatch(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _batch(peer)


class TestBatchOfShortWindows(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _batch(peer, mailboxes=100, hours=100)


class TestBatchOfCutBlocks(ConnectorContract):
    """The peer cuts blocks at the window's edges, so the contract's question about whole blocks is asked elsewhere."""

    test_the_window_asked_is_answered_with_all_that_touches_it = None  # type: ignore[assignment]

    def around(self, peer: Scripted) -> Connector:
        peer.cuts_blocks = True
        return _batch(peer, hours=7)


@pytest.mark.parametrize(("limit", "calls"), [(50, 2), (20, 5), (100, 1), (1, 100)])
def test_a_hundred_mailboxes_cost_as_few_calls_as_the_peer_allows(limit: int, calls: int) -> None:
    peer = Scripted(takes=1)

    async def asked() -> list[Answer]:
        batch = _batch(Leaf("b", peer.ask, now), limit)
        return await Cache(Coalesce(batch), name="b", store=AnswerStore(), clock=now).lookup(MANY, QUESTION)

    assert [answer.mailbox for answer in run(asked())] == MANY
    assert len(peer.calls) == calls
    assert peer.most_at_once == calls


def test_limits_may_depend_on_the_question() -> None:
    peer = Scripted()
    batch = Batch(peer, limits=lambda question: BatchLimits(1 if question.detail is Detail.DETAILS else 50, 60 * DAY))
    run(batch.lookup(MANY[:10], QUESTION))
    run(batch.lookup(MANY[:10], replace(QUESTION, detail=Detail.DETAILS)))
    assert [len(mailboxes) for mailboxes, _ in peer.calls] == [10] + [1] * 10


@pytest.mark.parametrize(("mailboxes", "hours"), [(0, 24), (1, 0.5)])
def test_limits_that_let_nothing_through_are_refused(mailboxes: int, hours: float) -> None:
    with pytest.raises(ValueError, match="no call fits"):
        BatchLimits(mailboxes, hours * HOUR)


def test_the_window_is_cut_and_joined() -> None:
    peer = Scripted({"ann@b.example": [block(5, 10, subject=None)]}, cuts_blocks=True)
    [answer] = run(_batch(peer, hours=10).lookup(boxes("ann"), QUESTION))
    assert [question.window for _, question in peer.calls] == [window(0, 10), window(10, 10), window(20, 4)]
    assert [interval.window for interval in available(answer).intervals] == [window(5, 10)]


class _Failing(Scripted):
    """Fails for the questions that ``fails`` picks, for that ``reason``."""

    fails: Callable[[Sequence[Mailbox], Question], bool]
    reason = Reason.UNREACHABLE

    async def ask(self, *asked: object) -> list[Answer]:
        mailboxes, question, _ = asked
        assert isinstance(mailboxes, Sequence)
        assert isinstance(question, Question)
        self.failure = peer_down(self.reason) if self.fails(mailboxes, question) else None
        ask: Callable[..., Awaitable[list[Answer]]] = super().ask
        return await ask(*asked)


def test_one_portion_of_three_fails_and_two_answers_stand() -> None:
    peer = _Failing()
    peer.fails = lambda mailboxes, _: mailboxes[0].address == "u20@b.example"
    answers = run(_batch(Leaf("b", peer.ask, now), 20).lookup(MANY[:60], QUESTION))
    assert reasons(answers) == [None] * 20 + [Reason.UNREACHABLE] * 20 + [None] * 20


def _stumbling(reason: Reason, *over: int) -> _Failing:
    """A peer whose whole call fails where one of these is among those asked."""
    peer = _Failing()
    peer.reason = reason
    peer.fails = lambda mailboxes, _: any(MANY[number] in mailboxes for number in over)
    return peer


@pytest.mark.parametrize("reason", [Reason.PEER_FAILED, Reason.GARBLED, Reason.TOO_MANY_ENTRIES])
@pytest.mark.parametrize("size", [2, 20, 50, 100])
@pytest.mark.parametrize("number", [0, 1, 37, 99])
def test_one_mailbox_that_the_peer_stumbles_over_spoils_itself_alone(reason: Reason, size: int, number: int) -> None:
    peer = _stumbling(reason, number)
    answers = run(_batch(Leaf("b", peer.ask, now), size).lookup(MANY, QUESTION))
    assert reasons(answers) == [reason if index == number else None for index in range(100)]
    assert [answer.mailbox for answer in answers] == MANY
    in_portions = [mailboxes for mailboxes, question in peer.calls if question == QUESTION]
    assert len(in_portions) <= 100 // size + 2 * math.ceil(math.log2(size))


@pytest.mark.parametrize("reason", [Reason.PEER_FAILED, Reason.GARBLED])
def test_where_both_halves_fail_nobody_is_asked_further(reason: Reason) -> None:
    peer = _stumbling(reason, *range(100))
    assert reasons(run(_batch(Leaf("b", peer.ask, now), 100).lookup(MANY, QUESTION))) == [reason] * 100
    assert len(peer.calls) == 3


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.UNAUTHORIZED, Reason.THROTTLED, Reason.TIMEOUT])
def test_what_no_mailbox_is_the_reason_of_is_not_asked_in_halves(reason: Reason) -> None:
    peer = _stumbling(reason, 3)
    assert reasons(run(_batch(Leaf("b", peer.ask, now), 100).lookup(MANY, QUESTION))) == [reason] * 100
    assert len(peer.calls) == 1


def test_one_mailbox_that_the_peer_stumbles_over_leaves_the_way_open_for_all() -> None:
    async def asked() -> list[Reason | None]:
        peer = _stumbling(Reason.PEER_FAILED, 0)
        batch = _batch(Limit(Leaf("b", peer.ask, now), concurrency=4, deadline=HOUR, clock=now), 50)
        for _ in range(10):
            await batch.lookup(MANY[:1], QUESTION)
        return reasons(await batch.lookup(MANY, QUESTION))

    assert run(asked()) == [Reason.PEER_FAILED] + [None] * 99


def test_a_piece_of_the_window_that_fails_is_unknown() -> None:
    peer = _Failing({"ann@b.example": [block(1, 1), block(12, 1), block(23, 1)]})
    peer.fails = lambda _, question: question.window == window(10, 10)
    answers = run(_batch(Leaf("b", peer.ask, now), hours=10).lookup(boxes("ann", "bob"), QUESTION))
    assert [available(answer).unknown for answer in answers] == [(window(10, 10),)] * 2
    assert [interval.window for interval in available(answers[0]).intervals] == [window(1, 1), window(23, 1)]


def test_all_pieces_failed_is_a_failure() -> None:
    peer = Scripted(refusals={"ann@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)})
    answers = run(_batch(peer, hours=10).lookup(boxes("ann", "bob"), QUESTION))
    assert reasons(answers) == [Reason.NO_SUCH_MAILBOX, None]


@pytest.mark.parametrize("knobs", [{"longest": 3 * HOUR}, {"most_entries": 2}])
def test_what_is_too_large_is_halved_for_that_mailbox_alone(knobs: dict[str, int]) -> None:
    peer = Scripted({"ann@b.example": [block(hour, 1, subject=None) for hour in range(0, 24, 2)]})
    for name, value in knobs.items():
        setattr(peer, name, value)
    answers = run(_batch(peer).lookup(boxes("ann", "bob"), QUESTION))
    assert reasons(answers) == [None, None]
    assert available(answers[0]).unknown == ()
    assert [interval.window for interval in available(answers[0]).intervals] == [window(n, 1) for n in range(0, 24, 2)]
    if "most_entries" in knobs:
        assert sum("bob@b.example" in mailboxes for mailboxes, _ in peer.calls) == 1


def test_halving_ends() -> None:
    peer = Scripted({"ann@b.example": [block(3, 0.01) for _ in range(50)]}, most_entries=10)
    [answer] = run(_batch(peer).lookup(boxes("ann"), QUESTION))
    assert available(answer).unknown == (window(3, 1.5),)
    assert len(peer.calls) < 2**5
    full = Scripted(longest=timedelta(minutes=1))
    assert reasons(run(_batch(full).lookup(boxes("ann"), QUESTION))) == [Reason.WINDOW_TOO_LONG]
    assert len(full.calls) < 2**5


def test_a_connector_that_raises_spoils_its_portion_only() -> None:
    class Buggy(Scripted):
        async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
            if mailboxes[0] == MANY[0]:
                raise ZeroDivisionError
            return await super().lookup(mailboxes, question)

    with capture_logs() as logs:
        assert reasons(run(_batch(Buggy()).lookup(MANY[:4], QUESTION))) == [Reason.PEER_FAILED] * 2 + [None] * 2
    assert [log["event"] for log in logs] == ["lookup_failed"]
