"""Tests of proxy/layers/second_level.py: two nodes, one memory, in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector
from proxy.layers.second_level import SecondLevel
from proxy.layers.store import AnswerStore, shelf_of
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, boxes, peer_down, reasons, window
from tests.contracts.virtual import START, elapsed, now, run
from tests.proxy.layers.nodes import BLOCKS, DAY_ASKED, LIVES, Node, pair
from tests.proxy.layers.shared_memory import SharedMemory


class TestSecondLevel(ConnectorContract):
    """The first look, which fetches."""

    def around(self, peer: Scripted) -> Connector:
        return Node(peer, SharedMemory(), details=True)


class TestAway(ConnectorContract):
    """The store is away."""

    def around(self, peer: Scripted) -> Connector:
        return Node(peer, SharedMemory(away=True), details=True)


class TestWhatAnotherFetched(ConnectorContract):
    """Everything is asked of another node first."""

    def around(self, peer: Scripted) -> Connector:
        return _After(peer)


class _After:
    def __init__(self, peer: Scripted) -> None:
        shared = SharedMemory()
        self._first = Node(peer, shared, details=True)
        self._second = Node(peer, shared, b"two", details=True)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        await self._first.lookup(mailboxes, question)
        return await self._second.lookup(mailboxes, question)


def test_what_one_node_fetched_no_other_asks_for() -> None:
    async def asked() -> None:
        one, two = pair()
        await one.lookup(boxes("ann", "bob"))
        answers = await two.lookup(boxes("bob", "ann", "bob"))
        assert [len(available(answer).intervals) for answer in answers] == [0, 1, 0]
        assert (len(one.peer.calls), len(two.peer.calls)) == (1, 0)
        assert (two.cluster.tally.hits, two.cluster.tally.misses) == (3, 0)
        assert two.store.size == 2

    run(asked())


def test_the_age_is_told_by_the_clock_of_the_store() -> None:
    async def asked() -> None:
        one, two = pair()
        await one.lookup(boxes("ann"))
        await asyncio.sleep(20)
        (answer,) = await two.lookup(boxes("ann"))
        assert available(answer).as_of == START + two.ahead
        shelf, (ann,) = shelf_of("b", Detail.BUSY, DAY_ASKED.window), boxes("ann")
        assert two.store.find(shelf, ann, two.now() + timedelta(seconds=39)) is not None
        assert two.store.find(shelf, ann, two.now() + timedelta(seconds=40)) is None

    run(asked())


def test_nodes_need_not_agree_about_the_time_of_day() -> None:
    async def asked() -> int:
        one, two = pair(ahead=timedelta(seconds=400))
        one.shared.ahead = -7_654_321
        await one.started()
        await two.started()
        await one.lookup(boxes("ann"))
        await two.lookup(boxes("bob"))
        for node in (one, two):
            assert len(available((await node.lookup(boxes("ann")))[0]).intervals) == 1
        await one.lookup(boxes("bob"))
        return len(one.peer.calls) + len(two.peer.calls)

    # the first that each looked for: who has begun an era, and who has come to it
    assert run(asked()) <= 3


@pytest.mark.parametrize("seconds", [-600, -1, 1, 600])
@pytest.mark.parametrize("running", [False, True], ids=["just started", "running"])
def test_what_was_asked_for_before_a_clock_was_set_is_believed_by_nobody(seconds: float, running: bool) -> None:
    """As of a machine that was asleep, or that NTP has mended: what it keeps looks younger than it is."""

    async def asked() -> None:
        one, two = pair()
        if running:
            await two.started()
        await one.lookup(boxes("ann"))
        await asyncio.sleep(5)
        one.shared.step(seconds)
        await two.lookup(boxes("ann"))
        assert len(two.peer.calls) == 1
        await asyncio.sleep(1)
        await two.lookup(boxes("bob"))
        await one.lookup(boxes("bob"))  # which notices, and goes on alone once
        await one.lookup(boxes("carl"))
        await two.lookup(boxes("carl"))
        assert len(two.peer.calls) == 2

    run(asked())


def test_what_was_put_while_a_clock_was_ahead_is_believed_by_nobody_later() -> None:
    async def asked() -> None:
        one, two = pair()
        await one.started()
        await two.started()
        one.shared.step(60)
        await one.lookup(boxes("ann"))  # alone: it notices
        await one.lookup(boxes("ann"))
        assert one.shared.values
        one.shared.step(-60)
        await asyncio.sleep(70)  # by its stamp it is ten seconds old
        await two.lookup(boxes("ann"))
        assert len(two.peer.calls) == 1

    run(asked())


@pytest.mark.parametrize("ahead", [10**17, 10**14, -(10**15), -1_790_000_000_000])
def test_a_store_that_tells_an_absurd_time_is_no_store(ahead: int) -> None:
    async def asked() -> None:
        node = Node(Scripted(dict(BLOCKS)), SharedMemory(ahead=ahead))
        assert len(available((await node.lookup(boxes("ann")))[0]).intervals) == 1
        assert node.shared.values == {}

    run(asked())


def test_looking_here_for_what_others_have_is_no_ask() -> None:
    """Or else what is asked for anew before it expires would be counted twice, and fall due."""

    async def asked() -> None:
        node = Node(Scripted(), SharedMemory(), store=AnswerStore(refresh_asks=1))
        await node.lookup(boxes("ann"))
        shelf, (ann,) = shelf_of("b", Detail.BUSY, DAY_ASKED.window), boxes("ann")
        node.store.keep(shelf, (await node.peer.ask([ann], DAY_ASKED, START))[0], START)
        await asyncio.sleep(50)
        await node.lookup(boxes("ann"))
        assert list(node.store.take_due()) == []

    run(asked())


@pytest.mark.parametrize(("seconds", "calls"), [(59, 0), (61, 1)])
def test_an_answer_lives_one_ttl_from_when_it_was_asked_for(seconds: float, calls: int) -> None:
    async def asked() -> int:
        one, two = pair()
        one.peer.takes = 10
        await one.lookup(boxes("ann"))
        await asyncio.sleep(seconds - elapsed())
        await two.lookup(boxes("ann"))
        return len(two.peer.calls)

    assert run(asked()) == calls


def test_what_was_older_when_it_came_is_older_for_all() -> None:
    class Late(Scripted):
        async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
            return await super().ask(mailboxes, question, as_of - timedelta(seconds=30))

    async def asked() -> None:
        shared = SharedMemory()
        one, two = Node(Late(), shared), Node(Scripted(), shared, b"two")
        await one.lookup(boxes("ann"))
        (answer,) = await two.lookup(boxes("ann"))
        assert available(answer).as_of == START - timedelta(seconds=30)
        await asyncio.sleep(31)
        await two.lookup(boxes("ann"))
        assert len(two.peer.calls) == 1

    run(asked())


@pytest.mark.parametrize("reason", Reason)
def test_refusals_are_shared_briefly_and_doubt_never(reason: Reason) -> None:
    async def asked() -> list[int]:
        one, two = pair()
        one.peer.refusals = two.peer.refusals = {"ann@b.example": Unavailable(mailbox=None, reason=reason)}
        calls = list[int]()
        for pause in (29, 2):
            await one.lookup(boxes("ann")) if not calls else None
            await asyncio.sleep(pause)
            assert reasons(await two.lookup(boxes("ann"))) == [reason]
            calls.append(len(two.peer.calls))
        return calls

    kept = reason in {Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS}
    assert run(asked()) == ([0, 1] if kept else [1, 2])


@pytest.mark.parametrize("reason", [Reason.NO_SUCH_MAILBOX, Reason.TIMEOUT])
def test_the_failure_of_a_whole_call_is_never_shared(reason: Reason) -> None:
    async def asked() -> int:
        one, two = pair()
        one.peer.failure = peer_down(reason)
        assert reasons(await one.lookup(boxes("ann"))) == [reason]
        assert reasons(await two.lookup(boxes("ann"))) == [None]
        return len(two.peer.calls)

    assert run(asked()) == 1


def test_an_answer_with_doubt_is_never_shared() -> None:
    async def asked() -> list[str]:
        one, two = pair()
        one.peer.doubts = {"ann@b.example": [window(3, 1)]}
        await one.lookup(boxes("ann", "bob"))
        await two.lookup(boxes("ann", "bob"))
        assert one.shared.locks == {}
        return two.peer.calls[0][0]

    assert run(asked()) == ["ann@b.example"]


def test_an_answer_about_somebody_else_is_never_shared() -> None:
    class Wrong:
        async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
            return await Scripted().lookup(boxes("bob"), question)

    async def asked() -> list[bytes]:
        node = Node(Scripted(), SharedMemory())
        level = SecondLevel(Wrong(), node.cluster, name="b", fingerprint=b"", store=node.store, lives=LIVES, clock=now)
        await level.lookup(boxes("ann"), DAY_ASKED)
        await node.cluster.flights.close(grace=timedelta(seconds=1))
        return list(node.shared.values)

    assert run(asked()) == []


@pytest.mark.parametrize(
    "second", [{"fingerprint": b"other"}, {"key": "cd" * 32}], ids=["another configuration", "another key"]
)
def test_nodes_that_differ_share_nothing(second: dict[str, object]) -> None:
    async def asked() -> int:
        one, two = pair(**second)
        await one.lookup(boxes("ann"))
        await two.lookup(boxes("ann"))
        return len(two.peer.calls)

    assert run(asked()) == 1


def test_windows_and_levels_never_serve_each_other() -> None:
    async def asked() -> int:
        one, two = pair(details=True)
        await one.lookup(boxes("ann"))
        await two.lookup(boxes("ann"), replace(DAY_ASKED, window=window(0, 23)))
        await two.lookup(boxes("ann"), replace(DAY_ASKED, detail=Detail.DETAILS))
        return len(two.peer.calls)

    assert run(asked()) == 2


def test_details_stay_here_unless_they_are_to_be_shared() -> None:
    async def asked() -> None:
        one, _ = pair()
        await one.lookup(boxes("ann"), replace(DAY_ASKED, detail=Detail.DETAILS))
        assert (one.shared.looks, one.shared.puts, len(one.peer.calls)) == (0, [], 1)

    run(asked())


def test_nothing_of_a_person_can_be_read_in_what_is_shared() -> None:
    async def asked() -> None:
        node = Node(Scripted(dict(BLOCKS)), SharedMemory(), details=True)
        await node.lookup(boxes("ann"), replace(DAY_ASKED, detail=Detail.DETAILS))
        ((key, (_, value, _)),) = node.shared.values.items()
        assert not [word for word in (b"ann", b"b.example", b"secret") if word in key + value]

    run(asked())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value[:-1],
        lambda value: b"",
        lambda value: value + b"\0",
        lambda value: bytes(len(value)),
        lambda value: value[:40] + bytes((value[40] ^ 1,)) + value[41:],
    ],
    ids=["truncated", "empty", "longer", "nought", "one bit"],
)
def test_what_is_garbled_is_asked_again_and_mended(spoil: object) -> None:
    assert callable(spoil)

    async def asked() -> None:
        one, two = pair()
        await one.lookup(boxes("ann", "bob"))
        values = one.shared.values
        for key, (stamp, value, end) in list(values.items()):
            values[key] = stamp, spoil(value), end
        assert [len(available(answer).intervals) for answer in await two.lookup(boxes("ann", "bob"))] == [1, 0]
        assert len(two.peer.calls) == 1
        third = Node(Scripted(), one.shared, b"three")
        await third.lookup(boxes("ann", "bob"))
        assert third.peer.calls == []

    run(asked())


def test_an_answer_put_into_another_place_or_made_younger_is_none() -> None:
    async def asked() -> None:
        one, two = pair()
        await one.lookup(boxes("bob"))
        await one.lookup(boxes("ann"))
        values = one.shared.values
        bob, ann = values
        values[ann], stamp = values[bob], values[ann][0]
        values[bob] = (stamp + 1, *values[bob][1:])
        await asyncio.sleep(1)
        assert [len(available(answer).intervals) for answer in await two.lookup(boxes("ann", "bob"))] == [1, 0]
        assert two.peer.calls[0][0] == ["ann@b.example", "bob@b.example"]

    run(asked())


def test_what_the_store_keeps_for_too_long_is_over_all_the_same() -> None:
    async def asked() -> list[str]:
        one, two = pair()
        one.peer.refusals = {"bob@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)}
        await one.lookup(boxes("ann", "bob"))
        for key, (stamp, value, end) in list(one.shared.values.items()):
            one.shared.values[key] = stamp, value, end + 10**9
        await asyncio.sleep(31)
        await two.lookup(boxes("ann", "bob"))
        await asyncio.sleep(30)
        await Node(two.peer, two.shared, b"three").lookup(boxes("ann"))
        return [address for mailboxes, _ in two.peer.calls for address in mailboxes]

    assert run(asked()) == ["bob@b.example", "ann@b.example"]
