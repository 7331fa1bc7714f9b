"""Tests of galsync/pairs/record.py, on both databases."""

from galsync.pairs.pieces import Part
from galsync.pairs.record import Record, State
from service.state.database import Database
from tests.galsync.pairs.world import NOW


async def test_what_was_begun_stands_until_it_is_taken_back(database: Database) -> None:
    record = Record(database, clock=lambda: NOW)
    assert await record.last("merger") == 0
    first = await record.begin("merger", Part.ROUTES, "routes", was="old", did="new\u2028\0")
    second = await record.begin("merger", Part.SHARING, "source/policy/1", was="", did="{}")
    await record.begin("other", Part.SHARING, "source/policy/1", was="", did="{}")
    await record.end(second, State.DONE)
    rows = await record.standing("merger")
    assert [(row.number, row.part, row.key, row.state) for row in rows] == [
        (first, Part.ROUTES, "routes", State.BEGUN),
        (second, Part.SHARING, "source/policy/1", State.DONE),
    ]
    assert (rows[0].was, rows[0].begun_at) == ("old", NOW)
    await record.end(second, State.UNDONE, "left")
    assert [row.number for row in await record.standing("merger")] == [first]
    assert await record.last("merger") == second


async def test_a_failure_says_why(database: Database) -> None:
    record = Record(database, clock=lambda: NOW)
    number = await record.begin("merger", Part.ACCOUNTS, "k", was="", did="x")
    await record.end(number, State.FAILED, "HTTP 403")
    (row,) = await record.standing("merger")
    assert (row.state, row.words) == (State.FAILED, "HTTP 403")
    assert "x" not in repr(row).replace("number", "")


async def test_what_is_left_stands_with_its_tenant(database: Database) -> None:
    record = Record(database, clock=lambda: NOW)
    number = await record.begin("merger", Part.ACCOUNTS, "k", was="", did="x", tenant="t1")
    await record.end(number, State.DONE, did="y")
    await record.end(number, State.LEFT, "in use")
    (row,) = await record.standing("merger")
    assert (row.state, row.words, row.did, row.tenant) == (State.LEFT, "in use", "y", "t1")
