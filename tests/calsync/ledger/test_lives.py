"""Tests of calsync/ledger/lives.py: a life goes on until everything is forgotten, and no two are alike."""

from calsync.ledger.ledger import Ledger
from service.state.database import Database
from tests.calsync.ledger.remembered import HUB, begin
from tests.service.runs.kept import Time


async def test_a_life_is_the_same_until_all_is_forgotten(ledger: Ledger) -> None:
    first = await ledger.life(HUB)
    assert len(first) == 32
    assert await ledger.life(HUB) == first
    other = await ledger.life("another")
    run = await begin(ledger)
    await ledger.clear(HUB, run)
    second = await ledger.life(HUB)
    assert len({first, second, other}) == 3
    assert await ledger.life("another") == other


async def test_it_is_kept_where_the_ledger_is(database: Database) -> None:
    told = [await Ledger(database, clock=Time().clock, random=str).life(HUB) for _ in range(2)]
    assert told == ["16", "16"]
