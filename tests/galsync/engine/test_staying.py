"""Tests of galsync/engine/staying.py; a whole sync that loses people is in test_flipping.py."""

from dataclasses import replace
from pathlib import Path

from galsync.engine.staying import expected, moved_of, narrowed_token
from galsync.ledger.runs import Token
from galsync.people.moved import Moved, Mover, Side
from tests.galsync.machine import machine
from tests.galsync.stock import person
from tests.service.runs.kept import NOON

PEOPLE = [person("ann"), person("bob"), person("cy")]
MOVERS = [Mover(f"{name}@a.example", f"{name}@b.example", True) for name in ("ann", "bob", "zoe")]


async def test_whoever_has_an_entry_and_is_out_is_expected_no_more(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        (feed,) = it.sync.feeds
        assert (moved_of(feed, PEOPLE), await expected(feed, it.sync, it.ledger, 3)) == (0, 3)
        moved = Moved.of([(Side.LEFT, MOVERS)])
        moving = replace(feed, selection=replace(feed.selection, moved=moved))
        assert (moved_of(moving, PEOPLE), await expected(moving, it.sync, it.ledger, 3)) == (2, 1)
        assert await expected(moving, it.sync, it.ledger, 0) == 0


async def test_what_a_run_for_some_keeps(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        (feed,) = it.sync.feeds
        moved = replace(Moved.of([(Side.LEFT, MOVERS)]), only=frozenset({"ann@a.example"}))
        moving = replace(feed, selection=replace(feed.selection, moved=moved))
        before = Token(text="t", read_at=NOON, people=3)
        kept = await narrowed_token(moving, it.sync, it.ledger, before, now=NOON)
        assert kept == replace(before, people=2)
        assert (await narrowed_token(moving, it.sync, it.ledger, None, now=NOON)).people == 0
