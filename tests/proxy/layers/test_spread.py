"""Tests of proxy/layers/spread.py."""

import asyncio

import pytest

from protocols.model.freebusy import Answer, Question, Reason
from proxy.connector import Connector, Leaf
from proxy.layers.spread import Spread
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons, window
from tests.contracts.virtual import now, run

QUESTION = Question(window=window(0, 24))


def _spread(*peers: Scripted) -> Spread:
    return Spread([Leaf("b", peer.ask, now) for peer in peers])


async def _ask(spread: Spread, times: int) -> list[list[Answer]]:
    return [await spread.lookup(boxes("ann"), QUESTION) for _ in range(times)]


class TestSpread(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _spread(peer, peer)


def test_nobody_to_spread_over() -> None:
    with pytest.raises(ValueError, match="nobody"):
        Spread([])


def test_ties_go_in_turn() -> None:
    peers = [Scripted(), Scripted(), Scripted()]
    run(_ask(_spread(*peers), 9))
    assert [len(peer.calls) for peer in peers] == [3, 3, 3]


def test_the_least_busy_is_asked() -> None:
    slow, quick = Scripted(takes=100), Scripted(takes=1)

    async def asked() -> None:
        spread = _spread(slow, quick)
        tasks = []
        for _ in range(6):
            tasks.append(asyncio.create_task(spread.lookup(boxes("ann"), QUESTION)))
            await asyncio.sleep(2)
        await asyncio.gather(*tasks)

    run(asked())
    assert (len(slow.calls), len(quick.calls)) == (1, 5)


def test_accounts_are_free_again_after_calls_that_were_cancelled() -> None:
    peers = [Scripted(takes=100), Scripted(takes=1)]

    async def asked() -> None:
        spread = _spread(*peers)
        task = asyncio.create_task(spread.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        peers[0].takes = 1
        await _ask(spread, 4)

    run(asked())
    assert [len(peer.calls) for peer in peers] == [1 + 2, 2]


@pytest.mark.parametrize("reason", [Reason.THROTTLED, Reason.UNAUTHORIZED])
def test_an_account_with_troubles_of_its_own_hands_over_and_is_spared(reason: Reason) -> None:
    troubled, healthy = Scripted(failure=peer_down(reason)), Scripted()
    answers = run(_ask(_spread(troubled, healthy), 30))
    assert [reasons(each) for each in answers] == [[None]] * 30
    assert len(healthy.calls) == 30
    assert 2 <= len(troubled.calls) <= 6


def test_a_healed_account_is_used_again() -> None:
    troubled, healthy = Scripted(failure=peer_down(Reason.THROTTLED)), Scripted()

    async def asked() -> None:
        spread = _spread(troubled, healthy)
        await _ask(spread, 1)
        troubled.failure = None
        await _ask(spread, 40)

    run(asked())
    assert len(troubled.calls) > 12


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.TIMEOUT])
def test_a_peer_that_is_down_is_not_asked_twice(reason: Reason) -> None:
    peers = [Scripted(failure=peer_down(reason)), Scripted(failure=peer_down(reason))]
    assert reasons(run(_ask(_spread(*peers), 1))[0]) == [reason]
    assert sum(len(peer.calls) for peer in peers) == 1


def test_where_all_are_throttled_that_is_the_answer() -> None:
    peers = [Scripted(failure=peer_down(Reason.THROTTLED)) for _ in range(3)]
    assert reasons(run(_ask(_spread(*peers), 1))[0]) == [Reason.THROTTLED]
    assert sum(len(peer.calls) for peer in peers) == 2
