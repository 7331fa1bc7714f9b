"""Tests of proxy/layers/patience.py."""

import asyncio
from datetime import timedelta

import pytest

from protocols.model.freebusy import Reason
from proxy.connector import Connector, Leaf
from proxy.layers.limit import Limit
from proxy.layers.patience import Patience
from proxy.layers.spread import Spread
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted
from tests.contracts.virtual import now, run
from tests.proxy.layers.moody import lane, moody, throttled, timed

DEADLINE = timedelta(seconds=5)


def _limit(peer: Scripted) -> Limit:
    return Limit(Leaf("b", peer.ask, now), concurrency=4, deadline=DEADLINE, clock=now)


def _patience(*peers: Scripted) -> Patience:
    limits = [_limit(peer) for peer in peers]
    return Patience(limits[0] if len(limits) == 1 else Spread(limits), deadline=DEADLINE, clock=now)


class TestPatience(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _patience(peer)


def test_a_throttled_call_is_made_again_when_the_peer_says() -> None:
    peer = moody(throttled(2), throttled(1))
    assert run(timed(_patience(peer), "ann", "bob")) == ([None, None], 3)
    assert len(peer.calls) == 3


@pytest.mark.parametrize("seconds", [5, 6, 600])
def test_what_cannot_be_asked_again_in_time_is_told_at_once(seconds: float) -> None:
    peer = moody(throttled(seconds))
    assert run(timed(_patience(peer), "ann")) == ([Reason.THROTTLED], 0)
    assert len(peer.calls) == 1


def test_where_the_peer_does_not_say_how_long_pauses_grow() -> None:
    peer = moody(throttled(None), throttled(None), throttled(None))
    assert run(timed(_patience(peer), "ann")) == ([None], 0.5 + 1 + 2)


def test_asking_again_ends() -> None:
    peer = moody(*([throttled(0.1)] * 100))
    assert run(timed(_patience(peer), "ann"))[0] == [Reason.THROTTLED]
    assert len(peer.calls) == 4


def test_only_the_throttled_mailbox_is_asked_again_and_the_others_stand() -> None:
    peer = moody("bob@b.example", 100.0)
    peer.retry_after = timedelta(seconds=1)
    assert run(timed(_patience(peer), "ann", "bob", "carl")) == ([None, Reason.TIMEOUT, None], 5)
    assert [mailboxes for mailboxes, _ in peer.calls][1] == ["bob@b.example"]


def test_where_all_accounts_are_throttled_the_first_that_is_free_is_asked() -> None:
    late, early = moody(throttled(60)), moody(throttled(3))
    assert run(timed(_patience(late, early), "ann")) == ([None], 3)
    assert (len(late.calls), len(early.calls)) == (1, 2)


def test_a_lane_that_is_held_is_waited_for() -> None:
    async def asked() -> tuple[list[Reason | None], float]:
        peer = moody(throttled(None))
        return await timed(Patience(lane(peer, holds=4), deadline=DEADLINE, clock=now), "ann")

    assert run(asked()) == ([None], 4)


def test_pauses_are_slept_with_the_sleep_given() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    patience = Patience(_limit(moody(throttled(2))), deadline=DEADLINE, clock=now, sleep=sleep)
    assert run(timed(patience, "ann"))[0] == [None]
    assert slept == [2]
