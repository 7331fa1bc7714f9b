"""Who may run now: the rows of leases, of which each name has one holder at most over all nodes."""

from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, Column, ColumnElement, Table, cast, delete, func, literal, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from service.state.columns import METADATA, Instant, Plain
from service.state.instants import to_number
from service.state.upserting import upsert

_SECOND: Final = 1_000_000


class Leases(Protocol):
    """Where leases are kept. Each method raises StateError where that cannot be used."""

    async def hold(self, name: str, holder: str, until: datetime, /, *, instead_of: str | None = None) -> bool:
        """Take the lease of ``name``, or renew it: False where another holder has it and it has not run out.

        ``instead_of`` is a holder who is dead: from them, and nobody else, it is taken whenever it runs out.
        """
        ...

    async def holder(self, name: str, /) -> str | None:
        """Who has the lease of ``name``, or had it last and did not give it back."""
        ...

    async def release(self, name: str, holder: str, /) -> None:
        """Give the lease back; nothing happens where another has it."""
        ...


def leases(table: str, name: str) -> Table:
    """A table of leases, whose column ``name`` says of what each is."""
    return Table(
        table,
        METADATA,
        Column(name, Plain, primary_key=True),
        Column("holder", Plain, nullable=False),
        Column("until", Instant, nullable=False),
    )


async def hold(
    connection: AsyncConnection, table: Table, name: str, holders: tuple[str, str], *, now: datetime, until: datetime
) -> bool:
    """Whether the first of ``holders`` has the lease of ``name`` until then: one statement, so that two never have it
    at once. It is taken from the second too, whom nobody else has followed yet."""
    holder, before = holders
    here = _now(connection, now)
    taken = upsert(
        connection,
        table,
        ("holder", "until"),
        where=lambda held, _: or_(held.c.holder.in_((holder, before)), type_coerce(held.c.until, BigInteger) <= here),
    )
    ends = here + (to_number(until) - to_number(now))
    row = {_named(table).name: name, "holder": holder, "until": ends}
    done = await connection.execute(taken.values(row).returning(_named(table)))
    return done.first() is not None


async def holder(connection: AsyncConnection, table: Table, name: str) -> str | None:
    """Who has it, run out or not."""
    return await connection.scalar(select(table.c.holder).where(_named(table) == name))


async def release(connection: AsyncConnection, table: Table, name: str, holder: str) -> None:
    """Give it back, where it is this holder's."""
    await connection.execute(delete(table).where(_named(table) == name, table.c.holder == holder))


def _named(table: Table) -> Column[Any]:
    (column,) = table.primary_key.columns
    return column


def _now(connection: AsyncConnection, now: datetime) -> ColumnElement[int]:
    """Several nodes agree on the clock of their database; the file of one machine is used by its own clock."""
    if connection.dialect.name != "postgresql":
        return literal(to_number(now), BigInteger)
    return cast(func.extract("epoch", func.clock_timestamp()) * _SECOND, BigInteger)
