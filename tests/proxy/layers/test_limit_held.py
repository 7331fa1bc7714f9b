"""Tests of proxy/layers/limit.py: what it tells of itself to whoever spreads calls over several."""

import asyncio
from datetime import timedelta

from proxy.layers.breaker import Breaker
from tests.contracts.scripted import Scripted, peer_down
from tests.contracts.virtual import now, run
from tests.proxy.layers.limited import budgeted, limited
from tests.proxy.layers.moody import moody, throttled, timed


def test_it_tells_what_holds_calls_back() -> None:
    async def asked() -> list[tuple[float, bool]]:
        found = []
        down = Breaker(clock=now, failures=1, pause=timedelta(seconds=10))
        for peer, limit in (
            (well := Scripted(takes=1), limited(well, concurrency=1)),
            (busy := moody(throttled(8)), limited(busy)),
            (poor := Scripted(), limited(poor, budget=budgeted(1, 9))),
            (dead := Scripted(failure=peer_down()), limited(dead, breaker=down)),
        ):
            assert (limit.held(), limit.idle()) == (timedelta(), True)
            await timed(limit, "ann")
            assert len(peer.calls) == 1
            found.append((limit.held().total_seconds(), limit.idle()))
        return found

    assert run(asked()) == [(0, True), (8, False), (9, False), (10, False)]


def test_it_is_not_idle_while_all_turns_are_taken() -> None:
    async def asked() -> list[bool]:
        limit = limited(Scripted(takes=1), concurrency=1)
        task = asyncio.create_task(timed(limit, "ann"))
        await asyncio.sleep(0.5)
        idle = [limit.idle()]
        await task
        return [*idle, limit.idle(), not limit.held()]

    assert run(asked()) == [False, True, True]
