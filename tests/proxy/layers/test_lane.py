"""What every lane promises, whatever it is made of."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from protocols.model.freebusy import Reason
from proxy.connector import Leaf
from proxy.layers.budget import Budget, Rate
from proxy.layers.lane import Lane
from proxy.layers.limit import Limit
from proxy.layers.spread import Spread
from tests.contracts.scripted import Scripted
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.layers.moody import timed

MINUTE = timedelta(minutes=1)


def _limit(peer: Scripted) -> Limit:
    budget = Budget([Rate(1, MINUTE)], timer=elapsed)
    return Limit(Leaf("b", peer.ask, now), concurrency=1, deadline=timedelta(seconds=5), clock=now, budget=budget)


def _spread(peer: Scripted) -> Spread:
    return Spread([_limit(peer)])


@pytest.mark.parametrize("made", [_limit, _spread])
def test_what_is_held_is_not_idle_and_answers_with_the_time_until(made: Callable[[Scripted], Lane]) -> None:
    async def asked() -> None:
        lane = made(Scripted(takes=1))
        assert (lane.held(), lane.idle()) == (timedelta(), True)
        task = asyncio.create_task(timed(lane, "ann"))
        await asyncio.sleep(0.5)
        assert not lane.idle()
        assert await task == ([None], 1)
        assert (lane.held(), lane.idle()) == (MINUTE - timedelta(seconds=1), False)
        assert await timed(lane, "ann") == ([Reason.THROTTLED], 0)
        await asyncio.sleep(59)
        assert (lane.held(), lane.idle()) == (timedelta(), True)

    run(asked())
