"""Tests of calsync/ledger/tables.py: every question that a run asks is answered by an index."""

import itertools
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Feed, Result
from calsync.notices.hook import Hook
from calsync.spoke import Act, Written
from calsync.steps import Clash
from service.state.database import Database
from tests.calsync.ledger.remembered import HUB, aside, begin, item, link, stands, step
from tests.service.runs.kept import NOON, Time

Statement = tuple[str, Any]
FEED = Feed(token="t", read_at=NOON)


@contextmanager
def listened(database: Database) -> Iterator[list[Statement]]:
    """The statements that come, with their values."""
    heard: list[Statement] = []

    def hear(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        heard.append((statement, parameters[0] if many else parameters))

    engine = database._reader.sync_engine  # whose events the other hears too
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


async def scans(database: Database, heard: list[Statement]) -> list[str]:
    """The steps of the plans that go through a table, or sort, with the statement."""
    found: list[str] = []
    async with database.reading() as connection:
        for statement, values in heard:
            if statement.split()[0] not in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
                continue
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [str(row.detail) for row in rows]
            found += [f"{each}: {statement}" for each in plan if each.startswith("SCAN cal_")]
    return found


async def asked_in_a_run(ledger: Ledger) -> None:
    """Everything that a run asks and writes for one change."""
    run = await begin(ledger)
    ann = item("ann", link("left", "k1", uid="u"), link("right", "k2"), pending=True)
    await ledger.feed(HUB, "left")
    await ledger.agreed(HUB, ["ann", "bob"])
    await ledger.pending(HUB)
    await ledger.linked(HUB, "left", ["k1", "k2"])
    await ledger.by_print(HUB, [b"1", b"2"])
    await ledger.by_uid(HUB, ["u", "v"])
    await ledger.count(HUB, "left")
    await ledger.refused(HUB, named=9)
    await ledger.held_up(HUB, ["left", "right"])
    await ledger.count_held_up(HUB, without=["ann", "bob"])
    await ledger.asides(HUB, "left", ["k1", "k2"])
    await ledger.due(HUB, NOON)
    await ledger.begun(HUB)
    await ledger.life(HUB)
    clash = Clash(item="ann", what="subject", winner="left", loser="right", kept="a", lost="b")
    await ledger.keep(
        HUB,
        run,
        agreed=[ann, item("bob", link("left", "b"))],
        asides=[aside("left", "k1")],
        forget_asides=[("left", "k1")],
        feeds={"left": FEED},
        clashes=[clash],
    )
    numbers = await ledger.beginning(run, [step("ann"), step("ann", Act.UPDATE, link=link("left", "k1"))])
    await ledger.done(run, [Result(number, Written(stands("k"))) for number in numbers], [ann], ["bob"])
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "k1"))], forget=["nobody"])
    await ledger.unfinished(HUB)
    await ledger.runs(HUB)
    await ledger.run(run)


async def asked_about(ledger: Ledger) -> None:
    """What somebody may want to know, of one item or of the newest."""
    await ledger.story(HUB, "ann")
    await ledger.clashes(HUB)
    await ledger.hooks(HUB)
    await ledger.hook("name")
    await ledger.keep_hook(Hook(hub=HUB, spoke="left", name="name", digest=b"1"))
    await ledger.forget_hook("name")
    assert [row async for row in ledger.steps(1)] == []
    assert [part async for part in ledger.everything(HUB)] == []


@pytest.mark.parametrize("asked", [asked_in_a_run, asked_about])
async def test_nothing_goes_through_a_table(tmp_path: Path, asked: Callable[[Ledger], Awaitable[None]]) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        with listened(database) as heard:
            await asked(Ledger(database, clock=Time().clock))
        assert len(heard) > 6
        assert await scans(database, heard) == []


async def test_a_question_without_an_index_is_seen(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        planted = [("SELECT hub FROM cal_links WHERE version = ?", ("1",))]
        assert len(await scans(database, planted)) == 1


async def test_a_change_costs_as_much_among_many_items_as_among_few(tmp_path: Path) -> None:
    """Counted by SQLite itself: the steps of its machine that the same questions take."""
    few, many = [await machine_steps(tmp_path / f"{items}.db", items) for items in (100, 10_000)]
    assert few > 100
    assert many <= few * 1.1


async def machine_steps(path: Path, items: int) -> int:
    """What a run's questions take, asked again where so many items are."""
    async with Database.open(f"sqlite:{path}") as database:
        ledger = Ledger(database, clock=Time().clock)
        run = await begin(ledger)
        others = [item(f"i{n}", link("left", f"l{n}", uid=f"u{n}"), link("right", f"r{n}")) for n in range(items)]
        await ledger.keep(HUB, run, agreed=others, asides=[aside("left", f"a{n}") for n in range(items)])
        with listened(database) as heard:
            await asked_in_a_run(ledger)
    counted = itertools.count()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.set_progress_handler(lambda: next(counted) < 0, 1)  # anything true would end the statement
        for statement, values in heard:
            if statement.startswith("SELECT"):
                connection.execute(statement, values).fetchall()
    return next(counted)
