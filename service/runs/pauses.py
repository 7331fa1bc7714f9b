"""Why nothing runs: the rows of pauses, each with the reason that whoever finds it will read."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.state.columns import METADATA, Instant, Plain
from service.state.upserting import upsert


def pauses(table: str, *names: str) -> Table:
    """A table of pauses; the columns ``names`` say together what is paused."""
    return Table(
        table,
        METADATA,
        *(Column(name, Plain, primary_key=True) for name in names),
        Column("why", Plain, nullable=False),
        Column("since", Instant, nullable=False),
    )


async def paused(connection: AsyncConnection, table: Table, what: Mapping[str, str]) -> str:
    """Why, or ""."""
    return (await connection.scalar(select(table.c.why).where(*_at(table, what)))) or ""


async def pause(connection: AsyncConnection, table: Table, what: Mapping[str, str], why: str, now: datetime) -> None:
    """For another reason where it is paused already. ValueError where ``why`` is empty."""
    if not why:
        raise ValueError("a pause needs a reason, which whoever finds it will read")
    await connection.execute(upsert(connection, table, ("why", "since")), {**what, "why": why, "since": now})


async def resume(connection: AsyncConnection, table: Table, what: Mapping[str, str]) -> None:
    """It may run again."""
    await connection.execute(delete(table).where(*_at(table, what)))


def _at(table: Table, what: Mapping[str, str]) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == value for name, value in what.items())
