"""Tests of proxy/federation.py."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, Leaf, Prompt
from proxy.federation import Federation
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from routing.table import Combine, Route, RouteTable
from routing.ways import Ways
from tests.contracts.connector import ConnectorContract
from tests.contracts.prompt import PromptContract, Warm
from tests.contracts.scripted import Scripted, available, block, boxes, reasons, window
from tests.contracts.virtual import elapsed, now, run

QUESTION = Question(window=window(0, 24))
TABLE = RouteTable(
    [
        Route(match="a.example", via=("a",)),
        Route(match="b.example", via=("b",)),
        Route(match="old.example", via=("b",), rewrite="{local}@b.example"),
        Route(match="long.example", via=("b",), rewrite="a-very-long-prefix-{local}@b.example"),
    ]
)


def _named(*addresses: str) -> list[Mailbox]:
    return [Mailbox.parse(address) for address in addresses]


def _federation(deadline: float = 8, **connectors: Connector) -> Federation:
    return Federation(
        ways=Ways(TABLE),
        connectors={"a": Scripted(), "b": Scripted(), **connectors},
        deadline=timedelta(seconds=deadline),
    )


def _cached(peer: Scripted) -> Cache:
    store = AnswerStore()
    keep = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
    return Cache(Coalesce(keep), name="b", store=store, clock=now)


class TestFederation(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _federation(b=peer)


class TestFederationAtOnce(PromptContract):
    def prompt(self, peer: Warm) -> Prompt:
        return _federation(b=peer)


class TestFederationOverACache(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _federation(b=_cached(peer))


def test_a_route_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no connector is called b"):
        Federation(ways=Ways(TABLE), connectors={"a": Scripted()}, deadline=timedelta(seconds=8))


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


SEVERAL = RouteTable(
    [
        Route(match="both.example", via=("a", "b"), rewrite={"b": "{local}@b.example"}),
        Route(match="first.example", via=("a", "b"), combine=Combine.FIRST, rewrite={"b": "{local}@b.example"}),
        Route(match="b.example", via=("b",)),
    ]
)
STRANGER = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)
DOWN = Unavailable(mailbox=None, reason=Reason.UNREACHABLE)


def _several(never_via: tuple[str, ...] = (), deadline: float = 8, **connectors: Connector) -> Federation:
    return Federation(
        ways=Ways(SEVERAL),
        connectors={"a": Scripted(), "b": Scripted(), **connectors},
        deadline=timedelta(seconds=deadline),
        never_via=never_via,
    )


def _starts(answer: Answer) -> list[object]:
    return [interval.window for interval in available(answer).intervals]


def test_both_calendars_are_asked_at_once_under_their_own_addresses() -> None:
    a = Scripted({"ann@both.example": [block(1, 1)]}, takes=3)
    b = Scripted({"ann@b.example": [block(5, 1)]}, takes=2)

    async def asked() -> list[Answer]:
        answers = await _several(a=a, b=b).lookup(_named("Ann@both.example", "ann@b.example"), QUESTION)
        assert elapsed() == 3
        return answers

    both, alone = run(asked())
    assert _starts(both) == [window(1, 1), window(5, 1)]
    assert both.mailbox is not None
    assert both.mailbox.asked == "Ann@both.example"
    assert _starts(alone) == [window(5, 1)]
    assert [mailboxes for mailboxes, _ in b.calls] == [["ann@b.example", "ann@b.example"]]


def test_a_calendar_that_is_late_leaves_doubt_and_spoils_no_other() -> None:
    a, b = Scripted(takes=20), Scripted({"ann@b.example": [block(5, 1)]})

    async def asked() -> list[Answer]:
        federation = _several(a=a, b=b)
        answers = await federation.lookup(_named("ann@both.example", "ann@b.example"), QUESTION)
        assert elapsed() == 8
        await federation.close()
        return answers

    both, alone = run(asked())
    assert available(both).unknown == (QUESTION.window,)
    assert [part.reason for part in both.parts] == [Reason.TIMEOUT, None]
    assert available(alone).unknown == ()


def test_the_next_is_asked_only_where_the_first_does_not_know_the_mailbox() -> None:
    a = Scripted({"ann@first.example": [block(1, 1)]}, {"bob@first.example": STRANGER, "eve@first.example": DOWN})
    b = Scripted({"ann@b.example": [block(5, 1)], "bob@b.example": [block(7, 1)]})
    people = ("bob@first.example", "ann@first.example", "eve@first.example", "bob@first.example")
    answers = run(_several(a=a, b=b).lookup(_named(*people), QUESTION))
    assert reasons(answers) == [None, None, Reason.UNREACHABLE, None]
    assert [_starts(answer) for answer in answers[:2]] == [[window(7, 1)], [window(1, 1)]]
    assert {address for mailboxes, _ in b.calls for address in mailboxes} == {"bob@b.example"}


def test_nobody_knows_the_mailbox() -> None:
    strangers = {"ann@first.example": STRANGER, "ann@b.example": STRANGER}
    federation = _several(a=Scripted(refusals=strangers), b=Scripted(refusals=strangers))
    assert reasons(run(federation.lookup(_named("ann@first.example"), QUESTION))) == [Reason.NO_SUCH_MAILBOX]


def test_a_slow_chain_delays_nobody_beyond_the_deadline_nor_each_other() -> None:
    a = Scripted(refusals={"ann@first.example": STRANGER}, takes=5)
    b = Scripted({"ann@b.example": [block(5, 1)]}, takes=5)

    async def asked() -> list[Answer]:
        federation = _several(a=a, b=b)
        answers = await federation.lookup(_named("ann@first.example", "ann@b.example"), QUESTION)
        assert elapsed() == 8
        await federation.close()
        return answers

    assert reasons(run(asked())) == [Reason.TIMEOUT, None]


@pytest.mark.parametrize(
    ("address", "never_via", "reason"),
    [
        ("ann@b.example", ("b",), Reason.LOOP),
        ("ann@b.example", ("a",), None),
        ("ann@both.example", ("a", "b"), Reason.LOOP),
        ("ann@first.example", ("a",), Reason.LOOP),
        ("ann@first.example", ("b",), None),
    ],
)
def test_a_question_never_goes_back_where_it_came_from(
    address: str, never_via: tuple[str, ...], reason: Reason | None
) -> None:
    peers = {"a": Scripted(), "b": Scripted()}
    [answer] = run(_several(never_via, a=peers["a"], b=peers["b"]).lookup(_named(address), QUESTION))
    assert reasons([answer]) == [reason]
    assert all(not peers[name].calls for name in never_via)
    if isinstance(answer, Unavailable):
        assert "never_via" in answer.detail


def test_one_side_that_may_not_be_asked_leaves_doubt() -> None:
    [answer] = run(_several(("a",)).lookup(_named("ann@both.example"), QUESTION))
    assert available(answer).unknown == (QUESTION.window,)


def test_what_both_sides_have_ready_needs_no_task() -> None:
    a, b = Scripted({"ann@both.example": [block(1, 1)]}), Scripted({"ann@b.example": [block(5, 1)]})

    async def asked() -> list[Answer]:
        federation = _several(a=_cached(a), b=_cached(b))
        await federation.lookup(_named("ann@both.example"), QUESTION)
        before = len(asyncio.all_tasks())
        step = federation.lookup(_named("ann@both.example"), QUESTION)
        with pytest.raises(StopIteration) as caught:
            step.send(None)
        assert len(asyncio.all_tasks()) == before
        answers: list[Answer] = caught.value.value
        return answers

    assert _starts(run(asked())[0]) == [window(1, 1), window(5, 1)]
    assert len(a.calls) == len(b.calls) == 1
