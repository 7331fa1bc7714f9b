"""Tests of galsync/ledger/standing.py: one holder at a time, over all nodes; pauses and tokens are kept by sync."""

import asyncio
from datetime import timedelta

import pytest

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Token
from service.state.database import Database
from tests.galsync.remembered import NOW, Clock

HOUR = timedelta(hours=1)
TOKEN = Token(text="delta-1", read_at=NOW, people=7)


async def test_one_holds_and_renews_and_gives_back(ledger: Ledger) -> None:
    assert await ledger.hold("s", "one", NOW + HOUR)
    assert not await ledger.hold("s", "two", NOW + HOUR)
    assert await ledger.hold("t", "two", NOW + HOUR)
    assert await ledger.hold("s", "one", NOW + 2 * HOUR)
    await ledger.release("s", "two")
    assert not await ledger.hold("s", "two", NOW + HOUR)
    await ledger.release("s", "one")
    assert await ledger.hold("s", "two", NOW + HOUR)
    assert not await ledger.hold("s", "one", NOW + HOUR)


async def test_a_lease_that_ran_out_may_be_taken_and_is_lost_to_whoever_had_it(ledger: Ledger) -> None:
    assert await ledger.hold("s", "one", NOW - HOUR)
    assert await ledger.hold("s", "two", NOW + HOUR)
    assert not await ledger.hold("s", "one", NOW + HOUR)


async def test_one_of_many_that_ask_at_once_has_it(url: str) -> None:
    async with Database.open(url) as one, Database.open(url) as other:
        ledgers = [Ledger(each, clock=Clock()) for each in (one, other)]
        for held in (False, True):  # nobody has had it; somebody's has run out
            if held:
                await ledgers[0].release("s", "nobody")
                assert await ledgers[0].hold("t", "dead", NOW - HOUR)
            sync = "t" if held else "s"
            had = await asyncio.gather(*(ledgers[n % 2].hold(sync, f"node {n}", NOW + HOUR) for n in range(20)))
            assert sum(had) == 1


async def test_on_one_machine_it_runs_out_by_the_clock_of_the_machine(sqlite_database: Database, clock: Clock) -> None:
    ledger = Ledger(sqlite_database, clock=clock)
    assert await ledger.hold("s", "one", NOW + HOUR)
    clock.now += HOUR - timedelta(microseconds=1)
    assert not await ledger.hold("s", "two", clock.now + HOUR)
    clock.now += timedelta(microseconds=1)
    assert await ledger.hold("s", "two", clock.now + HOUR)


@pytest.mark.parametrize("wrong", [-10 * HOUR, timedelta(), 10 * HOUR])
async def test_nodes_whose_clocks_differ_agree(postgresql_database: Database, clock: Clock, wrong: timedelta) -> None:
    node, other = (Ledger(postgresql_database, clock=each) for each in (clock, Clock()))
    clock.now += wrong
    assert await node.hold("s", "one", clock.now + HOUR)
    assert not await other.hold("s", "two", NOW + HOUR)
    assert await node.hold("s", "one", clock.now - HOUR)
    assert await other.hold("s", "two", NOW + HOUR)


async def test_a_pause_tells_its_reason(ledger: Ledger) -> None:
    assert await ledger.paused("s") == ""
    await ledger.pause("s", "until the merger is signed")
    await ledger.pause("s", "for the holidays")
    assert (await ledger.paused("s"), await ledger.paused("t")) == ("for the holidays", "")
    await ledger.resume("s")
    await ledger.resume("s")
    assert await ledger.paused("s") == ""


async def test_a_pause_without_a_reason_is_none(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="a pause needs a reason"):
        await ledger.pause("s", "")


async def test_tokens_are_kept_by_sync_and_source(ledger: Ledger) -> None:
    assert await ledger.token("s", "ad") is None
    for sync, source in (("s", "ad"), ("s", "hr"), ("t", "ad")):
        await ledger.keep_token(sync, source, TOKEN)
    newer = Token(text="x" * 20_000, read_at=NOW + HOUR, people=100_000)
    await ledger.keep_token("s", "ad", newer)
    assert await ledger.token("s", "ad") == newer
    assert await ledger.token("s", "hr") == TOKEN
    await ledger.forget_tokens("s")
    assert [await ledger.token("s", source) for source in ("ad", "hr")] == [None, None]
    assert await ledger.token("t", "ad") == TOKEN
