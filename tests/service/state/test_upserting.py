"""Tests of service/state/upserting.py: one statement makes a row or changes it, on both databases."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.ledger.tables import PAUSES
from service.state.database import Database
from service.state.instants import from_number
from service.state.upserting import upsert


def row(sync: str, why: str, since: int) -> dict[str, object]:
    return {"sync": sync, "why": why, "since": from_number(since)}


async def rows(connection: AsyncConnection) -> list[tuple[str, str, int]]:
    found = await connection.execute(select(PAUSES).order_by(PAUSES.c.sync))
    return [(each.sync, each.why, each.since.microsecond) for each in found]


async def test_a_row_is_made_or_what_is_named_of_it_changed(url: str) -> None:
    async with Database.open(url) as database, database.writing() as connection:
        await connection.execute(upsert(connection, PAUSES, ("why",)), [row("a", "1", 1), row("b", "1", 1)])
        await connection.execute(upsert(connection, PAUSES, ("why",)), [row("b", "2", 2), row("c", "2", 2)])
        assert await rows(connection) == [("a", "1", 1), ("b", "2", 1), ("c", "2", 2)]


async def test_a_row_is_changed_only_where_it_may_be(url: str) -> None:
    def later(held: object, new: object) -> ColumnElement[bool]:
        assert held is PAUSES
        return PAUSES.c.since < new.since  # type: ignore[attr-defined, no-any-return]

    async with Database.open(url) as database, database.writing() as connection:
        statement = upsert(connection, PAUSES, ("why", "since"), where=later)
        for each in (row("a", "first", 5), row("a", "earlier", 4), row("a", "later", 6)):
            await connection.execute(statement, each)
        assert await rows(connection) == [("a", "later", 6)]
