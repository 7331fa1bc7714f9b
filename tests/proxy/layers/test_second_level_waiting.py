"""Tests of proxy/layers/second_level.py where several nodes want the same at the same moment."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Availability, Question, Reason
from proxy.layers.cache import Cache
from proxy.layers.coalesce import Coalesce
from proxy.layers.store import AnswerStore
from service.shared_store import LOCK_LIFE, Found, Seen, Wanted
from tests.contracts.scripted import Scripted, available, boxes, peer_down, reasons, window
from tests.contracts.virtual import START, elapsed, now, run
from tests.proxy.layers.nodes import DAY_ASKED, Node, pair
from tests.proxy.layers.shared_memory import SharedMemory


def _together(*nodes: Node, name: str = "ann", question: Question = DAY_ASKED) -> list[float]:
    """When each node answered that was asked at the same moment."""

    async def timed(node: Node) -> float:
        assert reasons(await node.level.lookup(boxes(name), question)) == [None]
        return elapsed()

    async def asked() -> list[float]:
        ended = await asyncio.gather(*map(timed, nodes))
        for node in nodes:
            await node.cluster.flights.close(grace=timedelta(seconds=1))
        return list(ended)

    return run(asked())


def test_one_node_fetches_what_several_want() -> None:
    shared = SharedMemory()
    nodes = [Node(Scripted(takes=2), shared, b"%d" % number) for number in range(5)]
    ended = _together(*nodes)
    assert sum(len(node.peer.calls) for node in nodes) == 1
    assert ended[0] == pytest.approx(2)
    assert max(ended) <= 2.06
    assert sum(node.cluster.tally.waited for node in nodes) == 4


def test_who_waits_too_long_asks_for_itself() -> None:
    one, two = pair()
    one.peer.takes = 20
    assert _together(one, two) == [pytest.approx(20), pytest.approx(3, abs=0.06)]
    assert len(two.peer.calls) == 1


def test_a_question_that_came_through_others_waits_for_nobody() -> None:
    one, two = pair()
    one.peer.takes = two.peer.takes = 2
    assert _together(one, two, question=replace(DAY_ASKED, hops=("x",))) == pytest.approx([2, 2])


def test_a_node_that_dies_delays_the_others_briefly() -> None:
    class Dead(SharedMemory):
        """Of one who has locked everything and hears and says no more."""

        async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
            """It is dead."""

    async def asked() -> None:
        shared = Dead()
        one, two = Node(Scripted(takes=10), shared), Node(Scripted(), shared, b"two")
        dead = asyncio.ensure_future(one.lookup(boxes("ann")))
        await asyncio.sleep(0)
        began, life = elapsed(), LOCK_LIFE.total_seconds()
        assert reasons(await two.lookup(boxes("ann"))) == [None]
        assert life <= elapsed() - began <= life + 0.06
        await dead

    run(asked())


def test_a_fetch_that_brings_nothing_is_taken_over_at_once() -> None:
    one, two = pair()
    one.peer.takes, one.peer.failure = 2, peer_down()

    async def asked() -> None:
        first = asyncio.ensure_future(one.lookup(boxes("ann")))
        await asyncio.sleep(0.1)
        assert reasons(await two.lookup(boxes("ann"))) == [None]
        assert elapsed() <= 2.06
        assert reasons(await first) == [Reason.UNREACHABLE]

    run(asked())


@pytest.mark.parametrize("trouble", ["throttled", "unreachable", "partly unknown"])
def test_of_many_who_wait_for_what_fails_two_ask(trouble: str) -> None:
    """The second may have more luck than the first; what it finds, the others need not find again."""

    async def asked() -> None:
        shared = SharedMemory()
        nodes = [Node(Scripted(takes=1), shared, b"%d" % number) for number in range(8)]
        for node in nodes:
            if trouble == "partly unknown":
                node.peer.doubts = {"ann@b.example": [window(3, 1)]}
            else:
                retry = timedelta(seconds=7)
                node.peer.failure = peer_down(Reason(trouble), retry_after=retry)
        answers = [
            answer
            for (answer,) in await asyncio.gather(*(node.level.lookup(boxes("ann"), DAY_ASKED) for node in nodes))
        ]
        assert sum(len(node.peer.calls) for node in nodes) == 2
        assert elapsed() <= 2.2
        assert [answer.mailbox for answer in answers] == boxes("ann") * 8
        for answer in answers:
            if isinstance(answer, Availability):
                assert (trouble, answer.unknown) == ("partly unknown", (window(3, 1),))
            else:
                assert (answer.reason.value, answer.retry_after) == (trouble, timedelta(seconds=7))
        for node in nodes:
            await node.cluster.flights.close(grace=timedelta(seconds=1))
        assert [node.store.size for node in nodes] == [0] * 8
        later = Node(Scripted(), shared, b"later")  # who has waited for nobody is told nothing of it
        assert reasons(await later.lookup(boxes("ann"))) == [None]
        assert later.peer.calls

    run(asked())


def test_one_node_that_fails_alone_spoils_nothing() -> None:
    async def asked() -> None:
        shared = SharedMemory()
        nodes = [Node(Scripted(takes=1), shared, b"%d" % number) for number in range(8)]
        nodes[0].peer.failure = peer_down(Reason.UNAUTHORIZED)
        found = await asyncio.gather(*(node.level.lookup(boxes("ann"), DAY_ASKED) for node in nodes))
        assert [reasons(answers) for answers in found] == [[Reason.UNAUTHORIZED], *[[None]] * 7]
        assert sum(len(node.peer.calls) for node in nodes) == 2
        for node in nodes:
            await node.cluster.flights.close(grace=timedelta(seconds=1))

    run(asked())


class Occupied(SharedMemory):
    """One in which everything is always being fetched, they say."""

    async def look(self, wanted: Sequence[Wanted], **knobs: Any) -> Seen | None:
        seen = await super().look(wanted, **knobs)
        return seen and replace(seen, found=[Found(holder=b"nobody") for _ in wanted])


def test_who_has_waited_in_vain_again_and_again_waits_no_more_for_a_while() -> None:
    async def asked() -> list[int]:
        node, took = Node(Scripted(), Occupied()), list[int]()
        for number in range(8):
            if number == 6:
                await asyncio.sleep(30)
            began = elapsed()
            await node.lookup(boxes(f"ann{number}"))
            took.append(round(elapsed() - began))
        assert node.cluster.tally.vain == 4
        return took

    with capture_logs() as logs:
        assert run(asked()) == [3, 3, 3, 0, 0, 0, 3, 0]
    told = [(log["event"], log["connector"]) for log in logs if log["event"] == "cluster_waits_in_vain"]
    assert told == [("cluster_waits_in_vain", "b")] * 2


def test_a_crowd_that_waits_in_vain_has_waited_once() -> None:
    async def asked() -> float:
        node = Node(Scripted(), Occupied())
        await asyncio.gather(*(node.level.lookup(boxes(f"ann{number}"), DAY_ASKED) for number in range(20)))
        began = elapsed()
        await node.lookup(boxes("bob"))
        return elapsed() - began

    assert run(asked()) == pytest.approx(3, abs=0.06)


def test_one_that_is_called_off_lets_go() -> None:
    async def asked() -> None:
        one, two = pair()
        one.peer.takes = 10
        flight = asyncio.ensure_future(one.lookup(boxes("ann")))
        await asyncio.sleep(0.5)
        flight.cancel()
        await two.lookup(boxes("ann"))
        assert elapsed() <= 0.51
        await one.cluster.flights.close(grace=timedelta(seconds=1))

    run(asked())


def test_a_store_that_goes_away_meanwhile_ends_the_waiting() -> None:
    async def asked() -> None:
        one, two = pair()
        one.peer.takes = 2
        first = asyncio.ensure_future(one.lookup(boxes("ann")))
        second = asyncio.ensure_future(two.lookup(boxes("ann")))
        await asyncio.sleep(0.5)
        one.shared.away = True
        await second
        assert elapsed() <= 0.56
        await first

    run(asked())


def test_who_has_an_answer_and_asks_again_gets_a_younger_one() -> None:
    """As what is asked for anew before it expires."""

    async def asked() -> None:
        one, two = pair()
        await one.lookup(boxes("ann"))
        await two.lookup(boxes("ann"))
        await asyncio.sleep(50)
        (answer,) = await two.lookup(boxes("ann"))
        assert available(answer).as_of == START + timedelta(seconds=50) + two.ahead
        (answer,) = await one.lookup(boxes("ann"))
        assert available(answer).as_of == START + timedelta(seconds=50)
        assert (len(one.peer.calls), len(two.peer.calls)) == (1, 1)

    run(asked())


def test_below_cache_and_coalesce_a_crowd_on_two_nodes_is_one_call() -> None:
    async def asked() -> int:
        one, two = pair()
        one.peer.takes = two.peer.takes = 1
        coalesced = [Coalesce(node.level) for node in (one, two)]
        caches = [Cache(each, name="b", store=AnswerStore(), clock=now) for each in coalesced]
        crowd = [cache.lookup(boxes("ann", "bob", "ann"), DAY_ASKED) for cache in caches for _ in range(50)]
        answers = await asyncio.gather(*crowd)
        assert {tuple(isinstance(answer, Availability) for answer in each) for each in answers} == {(True,) * 3}
        for each in coalesced:
            await each.close()
        for node in (one, two):
            await node.cluster.flights.close(grace=timedelta(seconds=1))
        return len(one.peer.calls) + len(two.peer.calls)

    assert run(asked()) == 1
