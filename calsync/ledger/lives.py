"""The rows that tell one life of a hub's ledger from the next: copies made in each have tokens of their own."""

from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.ledger.tables import LIVES

_L: Final = LIVES.c


async def life(connection: AsyncConnection, hub: str) -> str:
    """The one that goes on; "" before it has begun."""
    return str(await connection.scalar(select(_L.life).where(_L.hub == hub)) or "")


async def begin(connection: AsyncConnection, hub: str, fresh: str) -> str:
    """The one that goes on, which is ``fresh`` where none does."""
    known = await life(connection, hub)
    if not known:
        await connection.execute(insert(LIVES).values(hub=hub, life=fresh))
    return known or fresh


async def end(connection: AsyncConnection, hub: str) -> None:
    """The next one is another."""
    await connection.execute(delete(LIVES).where(_L.hub == hub))
