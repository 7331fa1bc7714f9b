"""Tests of service/runs/leases.py: one holder at a time, over all nodes."""

import asyncio
from datetime import timedelta

import pytest

from service.state.database import Database
from tests.clients.postgresql import PostgreSQL
from tests.service.runs.kept import NOON, Kept, Time, kept

HOUR = timedelta(hours=1)


async def test_one_holds_and_renews_and_gives_back(url: str) -> None:
    async with kept(url) as it:
        assert await it.hold("s", "one", NOON + HOUR)
        assert not await it.hold("s", "two", NOON + HOUR)
        assert await it.hold("t", "two", NOON + HOUR)
        assert await it.hold("s", "one", NOON + 2 * HOUR)
        await it.release("s", "two")
        assert not await it.hold("s", "two", NOON + HOUR)
        assert await it.holder("s") == "one"
        await it.release("s", "one")
        assert await it.holder("s") is None
        assert await it.hold("s", "two", NOON + HOUR)
        assert not await it.hold("s", "one", NOON + HOUR)


async def test_a_lease_that_ran_out_may_be_taken_and_is_lost_to_whoever_had_it(url: str) -> None:
    async with kept(url) as it:
        assert await it.hold("s", "one", NOON - HOUR)
        assert await it.hold("s", "two", NOON + HOUR)
        assert not await it.hold("s", "one", NOON + HOUR)


async def test_it_is_taken_from_whoever_is_dead_and_from_nobody_else(url: str) -> None:
    async with kept(url) as it:
        assert await it.hold("s", "dead", NOON + HOUR)
        assert not await it.hold("s", "two", NOON + HOUR, instead_of="somebody")
        assert await it.hold("s", "two", NOON + HOUR, instead_of="dead")
        assert not await it.hold("s", "three", NOON + HOUR, instead_of="dead")


async def test_one_of_many_that_ask_at_once_has_it(url: str) -> None:
    async with kept(url) as it, Database.open(url) as second:
        nodes = [it, Kept(database=second, leases=it.leases, pauses=it.pauses)]
        for held in (False, True):  # nobody has had it; somebody's has run out
            name = "t" if held else "s"
            if held:
                assert await it.hold(name, "dead", NOON - HOUR)
            had = await asyncio.gather(*(nodes[n % 2].hold(name, f"node {n}", NOON + HOUR) for n in range(20)))
            assert sum(had) == 1


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_on_one_machine_it_runs_out_by_the_clock_of_the_machine(url: str) -> None:
    async with kept(url) as it:
        assert await it.hold("s", "one", NOON + HOUR)
        it.time.now += HOUR - timedelta(microseconds=1)
        assert not await it.hold("s", "two", it.time.now + HOUR)
        it.time.now += timedelta(microseconds=1)
        assert await it.hold("s", "two", it.time.now + HOUR)


@pytest.mark.parametrize("wrong", [-10 * HOUR, timedelta(), 10 * HOUR])
async def test_nodes_whose_clocks_differ_agree(server: PostgreSQL, wrong: timedelta) -> None:
    async with kept(server.database()) as it:
        node = Kept(database=it.database, leases=it.leases, pauses=it.pauses, time=Time(NOON + wrong))
        assert await node.hold("s", "one", node.time.now + HOUR)
        assert not await it.hold("s", "two", NOON + HOUR)
        assert await node.hold("s", "one", node.time.now - HOUR)
        assert await it.hold("s", "two", NOON + HOUR)
