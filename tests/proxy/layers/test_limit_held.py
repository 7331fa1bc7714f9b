"""Tests of proxy/layers/limit.py: what it tells of itself to whoever spreads calls over several."""

import asyncio
from datetime import timedelta

from proxy.connector import Leaf
from proxy.layers.breaker import Breaker
from proxy.layers.budget import Budget, Rate
from proxy.layers.limit import Limit
from tests.contracts.scripted import Scripted, peer_down
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.layers.moody import moody, throttled, timed


def _limit(
    peer: Scripted,
    *,
    concurrency: int = 4,
    deadline: float = 5,
    breaker: Breaker | None = None,
    budget: Budget | None = None,
) -> Limit:
    leaf = Leaf("b", peer.ask, now)
    seconds = timedelta(seconds=deadline)
    return Limit(leaf, concurrency=concurrency, deadline=seconds, clock=now, breaker=breaker, budget=budget)


def _budget(calls: int, seconds: float) -> Budget:
    return Budget([Rate(calls, timedelta(seconds=seconds))], timer=elapsed)


def test_it_tells_what_holds_calls_back() -> None:
    async def asked() -> list[tuple[float, bool]]:
        found = []
        down = Breaker(clock=now, failures=1, pause=timedelta(seconds=10))
        for peer, limit in (
            (well := Scripted(takes=1), _limit(well, concurrency=1)),
            (busy := moody(throttled(8)), _limit(busy)),
            (poor := Scripted(), _limit(poor, budget=_budget(1, 9))),
            (dead := Scripted(failure=peer_down()), _limit(dead, breaker=down)),
        ):
            assert (limit.held(), limit.idle()) == (timedelta(), True)
            await timed(limit, "ann")
            assert len(peer.calls) == 1
            found.append((limit.held().total_seconds(), limit.idle()))
        return found

    assert run(asked()) == [(0, True), (8, False), (9, False), (10, False)]


def test_it_is_not_idle_while_all_turns_are_taken() -> None:
    async def asked() -> list[bool]:
        limit = _limit(Scripted(takes=1), concurrency=1)
        task = asyncio.create_task(timed(limit, "ann"))
        await asyncio.sleep(0.5)
        idle = [limit.idle()]
        await task
        return [*idle, limit.idle(), not limit.held()]

    assert run(asked()) == [False, True, True]
