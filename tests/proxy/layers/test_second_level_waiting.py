"""Tests of proxy/layers/second_level.py where several nodes want the same at the same moment."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from protocols.model.freebusy import Availability, Question, Reason
from proxy.layers.cache import Cache
from proxy.layers.coalesce import Coalesce
from proxy.layers.store import AnswerStore
from service.shared_store import LOCK_LIFE
from tests.contracts.scripted import Scripted, available, boxes, peer_down, reasons
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
