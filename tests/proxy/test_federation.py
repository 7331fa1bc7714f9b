"""Tests of proxy/federation.py."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, Leaf
from proxy.federation import Federation
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from routing.table import Route, RouteTable
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, block, boxes, reasons, window
from tests.contracts.virtual import elapsed, now, run

QUESTION = Question(window=window(0, 24))
TABLE = RouteTable(
    [
        Route(match="a.example", via="a"),
        Route(match="b.example", via="b"),
        Route(match="old.example", via="b", rewrite="{local}@b.example"),
        Route(match="long.example", via="b", rewrite="a-very-long-prefix-{local}@b.example"),
    ]
)


def _named(*addresses: str) -> list[Mailbox]:
    return [Mailbox.parse(address) for address in addresses]


def _federation(deadline: float = 8, **connectors: Connector) -> Federation:
    return Federation(
        table=TABLE, connectors={"a": Scripted(), "b": Scripted(), **connectors}, deadline=timedelta(seconds=deadline)
    )


def _cached(peer: Scripted) -> Cache:
    store = AnswerStore()
    keep = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
    return Cache(Coalesce(keep), name="b", store=store, clock=now)


class TestFederation(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _federation(b=peer)


class TestFederationOverACache(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _federation(b=_cached(peer))


def test_a_route_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no connector is called b"):
        Federation(table=TABLE, connectors={"a": Scripted()}, deadline=timedelta(seconds=8))


def test_everybody_is_asked_at_once_and_once() -> None:
    left, right = Scripted(takes=3), Scripted({"bob@b.example": [block(1, 1)]}, takes=5)

    async def asked() -> list[Answer]:
        mailboxes = _named("Bob@b.example", "ann@a.example", "x@b.example", "ann@A.example")
        answers = await _federation(a=left, b=right).lookup(mailboxes, QUESTION)
        assert elapsed() == 5
        assert [answer.mailbox for answer in answers] == mailboxes
        return answers

    assert [len(available(answer).intervals) for answer in run(asked())] == [1, 0, 0, 0]
    assert (len(left.calls), len(right.calls)) == (1, 1)


def test_mailboxes_without_route_or_address_are_answered_without_asking() -> None:
    peer = Scripted()
    answers = run(_federation(b=peer).lookup(_named("x@nowhere.example", "x" * 60 + "@long.example"), QUESTION))
    assert reasons(answers) == [Reason.NO_ROUTE, Reason.INVALID_ADDRESS]
    assert peer.calls == []


def test_rewritten_addresses_are_asked_and_the_asked_ones_echoed() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]})
    mailboxes = _named("Ann@old.example", "ann@b.example")
    answers = run(_federation(b=peer).lookup(mailboxes, QUESTION))
    assert [answer.mailbox for answer in answers] == mailboxes
    assert [answer.mailbox and answer.mailbox.asked for answer in answers] == ["Ann@old.example", "ann@b.example"]
    assert [len(available(answer).intervals) for answer in answers] == [1, 1]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "ann@b.example"]]


def test_a_slow_connector_delays_nobody_beyond_the_deadline() -> None:
    slow = Scripted(takes=20)

    async def asked() -> list[Answer]:
        federation = _federation(a=slow)
        answers = await federation.lookup(_named("x@a.example", "x@b.example"), QUESTION)
        assert elapsed() == 8
        assert slow.under_way == 1
        await federation.close()
        assert slow.under_way == 0
        return answers

    assert reasons(run(asked())) == [Reason.TIMEOUT, None]


def test_what_comes_too_late_serves_the_next_question() -> None:
    slow = Scripted({"bob@b.example": [block(1, 1)]}, takes=20)

    async def asked() -> list[Answer]:
        federation = _federation(b=_cached(slow))
        assert reasons(await federation.lookup(boxes("bob"), QUESTION)) == [Reason.TIMEOUT]
        await asyncio.sleep(13)
        started = elapsed()
        answers = await federation.lookup(boxes("bob"), QUESTION)
        assert elapsed() == started
        return answers

    assert len(available(run(asked())[0]).intervals) == 1
    assert len(slow.calls) == 1


def test_ninety_nine_cached_and_one_that_hangs() -> None:
    peer = Scripted()
    mailboxes = [Mailbox.parse(f"u{n}@b.example") for n in range(100)]

    async def asked() -> list[Answer]:
        federation = _federation(b=_cached(peer))
        await federation.lookup(mailboxes[:99], QUESTION)
        peer.takes = 1000
        answers = await federation.lookup(mailboxes, QUESTION)
        assert elapsed() == 8
        await asyncio.sleep(30)
        return answers

    assert reasons(run(asked())) == [None] * 99 + [Reason.TIMEOUT]


def test_at_the_deadline_what_others_have_fetched_meanwhile_counts() -> None:
    class Uneven(Scripted):
        async def ask(self, *asked: object) -> list[Answer]:
            mailboxes, question, as_of = asked
            assert isinstance(mailboxes, Sequence)
            self.takes = 20 if mailboxes[0].local == "slow" else 1
            return await super().ask(mailboxes, question, as_of)  # type: ignore[arg-type]

    async def asked() -> list[Answer]:
        federation = _federation(b=_cached(Uneven()))
        first = asyncio.create_task(federation.lookup(boxes("slow"), QUESTION))
        await asyncio.sleep(1)
        both = await federation.lookup(boxes("slow", "quick"), QUESTION)
        assert reasons(await first) == [Reason.TIMEOUT]
        await asyncio.sleep(30)
        return both

    assert reasons(run(asked())) == [Reason.TIMEOUT, None]


def test_what_is_ready_needs_no_task() -> None:
    async def asked() -> None:
        federation = _federation(b=_cached(Scripted()))
        await federation.lookup(boxes("ann"), QUESTION)
        coroutine = federation.lookup(boxes("ann", "ann"), QUESTION)
        with pytest.raises(StopIteration) as stopped:
            coroutine.send(None)
        assert reasons(stopped.value.value) == [None, None]

    run(asked())


def test_a_caller_who_leaves_does_not_end_the_flight() -> None:
    peer = Scripted(takes=3)

    async def asked() -> list[Answer]:
        federation = _federation(b=_cached(peer))
        leaving = asyncio.create_task(federation.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await asyncio.sleep(3)
        return await federation.lookup(boxes("ann"), QUESTION)

    assert reasons(run(asked())) == [None]
    assert len(peer.calls) == 1


class _Broken:
    def __init__(self, *, ready: bool) -> None:
        self._ready = ready

    async def lookup(self, _mailboxes: Sequence[Mailbox], _question: Question) -> list[Answer]:
        if self._ready:
            return []
        raise ZeroDivisionError

    def ready(self, mailboxes: Sequence[Mailbox], _question: Question) -> list[Answer | None]:
        if self._ready:
            raise ZeroDivisionError
        return [None for _ in mailboxes]


@pytest.mark.parametrize(
    ("broken", "reason", "events"),
    [
        (_Broken(ready=False), Reason.PEER_FAILED, ["lookup_failed"]),
        (_Broken(ready=True), Reason.GARBLED, ["ready_failed", "answers_do_not_match"]),
    ],
)
def test_a_connector_that_breaks_its_promise_spoils_only_its_own(
    broken: Connector, reason: Reason, events: list[str]
) -> None:
    with capture_logs() as logs:
        answers = run(_federation(a=broken).lookup(_named("x@a.example", "x@b.example"), QUESTION))
    assert reasons(answers) == [reason, None]
    assert [log["event"] for log in logs] == events


def test_closing_answers_those_who_wait() -> None:
    async def asked() -> list[Answer]:
        federation = _federation(b=Scripted(takes=5))
        waiting = asyncio.create_task(federation.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        await federation.close()
        answers = await waiting
        assert elapsed() == 1
        return answers

    assert reasons(run(asked())) == [Reason.TIMEOUT]


def test_closing_waits_for_the_grace() -> None:
    async def asked() -> list[Answer]:
        federation = _federation(b=Scripted(takes=5))
        waiting = asyncio.create_task(federation.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        await federation.close(grace=timedelta(seconds=10))
        return await waiting

    assert reasons(run(asked())) == [None]


def test_refusals_of_a_rewritten_mailbox_echo_the_one_asked() -> None:
    refusals: Mapping[str, Unavailable] = {
        "ann@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX, retry_after=timedelta(seconds=1))
    }
    mailboxes = _named("ann@old.example")
    [answer] = run(_federation(b=Scripted(refusals=dict(refusals))).lookup(mailboxes, QUESTION))
    assert answer == Unavailable(mailbox=mailboxes[0], reason=Reason.NO_SUCH_MAILBOX, retry_after=timedelta(seconds=1))
