"""Tests of proxy/layers/spread.py."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector
from proxy.layers.spread import Spread
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons, window
from tests.contracts.virtual import run
from tests.proxy.layers.moody import QUESTION, Held, lane, slow, throttled


def _spread(*peers: Scripted) -> Spread:
    return Spread([lane(peer) for peer in peers])


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


def test_an_account_whose_call_was_called_off_is_slow_and_spared_for_a_while() -> None:
    peers = [Scripted(takes=100), Scripted(takes=1)]

    async def asked() -> list[int]:
        spread = _spread(*peers)
        task = asyncio.create_task(spread.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        peers[0].takes = 1
        await _ask(spread, 7)
        spared = len(peers[0].calls)
        await _ask(spread, 8)
        return [spared, len(peers[0].calls)]

    spared, after = run(asked())
    assert spared == 1
    assert after > 3


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


def test_where_all_are_throttled_each_is_asked_once_and_later_only_two() -> None:
    peers = [Scripted(failure=peer_down(Reason.THROTTLED)) for _ in range(5)]
    spread = _spread(*peers)
    assert reasons(run(_ask(spread, 1))[0]) == [Reason.THROTTLED]
    assert [len(peer.calls) for peer in peers] == [1] * 5
    run(_ask(spread, 1))
    assert sum(len(peer.calls) for peer in peers) == 5 + 2


def test_the_call_goes_on_to_the_one_account_that_is_well() -> None:
    peers = [Scripted(failure=throttled(60)), Scripted(failure=throttled(60)), Scripted()]
    assert reasons(run(_ask(_spread(*peers), 1))[0]) == [None]


def test_accounts_that_are_held_back_are_passed_over() -> None:
    peers = [Scripted() for _ in range(3)]

    async def asked() -> None:
        lanes = [lane(peer) for peer in peers]
        lanes[0].holds = lanes[2].holds = timedelta(seconds=1)
        await _ask(Spread(lanes), 6)

    run(asked())
    assert [len(peer.calls) for peer in peers] == [0, 6, 0]


def test_where_all_are_held_back_the_call_goes_to_whose_time_comes_first() -> None:
    peers = [Scripted() for _ in range(3)]
    spread = Spread([lane(peer, holds) for peer, holds in zip(peers, (9, 3, 6), strict=True)])
    assert (spread.held(), spread.idle()) == (timedelta(seconds=3), False)
    run(_ask(spread, 4))
    assert [len(peer.calls) for peer in peers] == [0, 4, 0]


def test_who_is_throttled_is_told_when_the_first_account_is_free() -> None:
    class Silenced(Held):
        async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
            self.holds = timedelta(seconds=60)
            return await super().lookup(mailboxes, question)

    asked, other = lane(Scripted(failure=throttled(60))), lane(Scripted(), holds=10)
    [answer] = run(_ask(Spread([Silenced(asked.inner), other]), 1))[0]
    assert answer == Unavailable(mailbox=answer.mailbox, reason=Reason.THROTTLED, retry_after=timedelta(seconds=10))


def test_a_failure_that_is_not_the_account_s_is_handed_to_nobody_held() -> None:
    refused, held = Scripted(failure=peer_down(Reason.UNAUTHORIZED)), Scripted()
    assert reasons(run(_ask(Spread([lane(refused), lane(held, holds=5)]), 1))[0]) == [Reason.UNAUTHORIZED]
    assert held.calls == []


@pytest.mark.parametrize(
    ("again", "question", "by_the_first"),
    [
        (("ann",), QUESTION, False),
        (("carl", "bob"), QUESTION, False),
        (("dora",), QUESTION, True),
        (("ann",), Question(window=window(24, 24)), True),
    ],
)
def test_what_an_account_is_being_asked_already_goes_to_another(
    again: tuple[str, ...], question: Question, by_the_first: bool
) -> None:
    first, second = slow(100, y=1), slow(100, y=1)

    async def asked() -> None:
        spread = _spread(first, second)
        tasks = [asyncio.create_task(spread.lookup(boxes("ann", "bob"), QUESTION))]
        tasks += [asyncio.create_task(spread.lookup(boxes(name), QUESTION)) for name in ("x", "y", "z")]
        await asyncio.sleep(2)
        assert (first.under_way, second.under_way) == (1, 2)
        await asyncio.gather(*tasks, spread.lookup(boxes(*again), question))

    run(asked())
    assert [len(first.calls), len(second.calls)] == [2 + by_the_first, 3 - by_the_first]
