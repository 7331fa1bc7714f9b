"""The rows that say whether a sync may run now, and where its next reading of changes goes on."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, cast, delete, func, literal, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.ledger.runs import Token
from galsync.ledger.tables import LEASES, PAUSES, TOKENS
from service.state.instants import to_number
from service.state.upserting import upsert

_SECOND: Final = 1_000_000


async def token(connection: AsyncConnection, sync: str, source: str) -> Token | None:
    """As it was kept last."""
    asked = select(TOKENS).where(TOKENS.c.sync == sync, TOKENS.c.source == source)
    row = (await connection.execute(asked)).one_or_none()
    return None if row is None else Token(text=row.text, read_at=row.read_at, people=row.people)


async def keep_token(connection: AsyncConnection, sync: str, source: str, token: Token) -> None:
    """In place of the one before."""
    row = {"sync": sync, "source": source, "text": token.text, "read_at": token.read_at, "people": token.people}
    await connection.execute(upsert(connection, TOKENS, ("text", "read_at", "people")), row)


async def forget_tokens(connection: AsyncConnection, sync: str) -> None:
    """All of a sync."""
    await connection.execute(delete(TOKENS).where(TOKENS.c.sync == sync))


async def paused(connection: AsyncConnection, sync: str) -> str:
    """Why, or ""."""
    return (await connection.scalar(select(PAUSES.c.why).where(PAUSES.c.sync == sync))) or ""


async def pause(connection: AsyncConnection, sync: str, why: str, now: datetime) -> None:
    """For another reason where it is paused already."""
    await connection.execute(upsert(connection, PAUSES, ("why", "since")), {"sync": sync, "why": why, "since": now})


async def resume(connection: AsyncConnection, sync: str) -> None:
    """It may run again."""
    await connection.execute(delete(PAUSES).where(PAUSES.c.sync == sync))


async def hold(
    connection: AsyncConnection, sync: str, holders: tuple[str, str], *, now: datetime, until: datetime
) -> bool:
    """Whether the first of ``holders`` has the lease of ``sync`` until then: one statement, so that two never have it
    at once. It is taken from the second too, whom nobody else has followed yet."""
    holder, before = holders
    here = _now(connection, now)
    taken = upsert(
        connection,
        LEASES,
        ("holder", "until"),
        where=lambda held, _: or_(held.c.holder.in_((holder, before)), type_coerce(held.c.until, BigInteger) <= here),
    )
    ends = here + (to_number(until) - to_number(now))
    done = await connection.execute(taken.values(sync=sync, holder=holder, until=ends).returning(LEASES.c.sync))
    return done.first() is not None


async def holder(connection: AsyncConnection, sync: str) -> str | None:
    """Who has it, run out or not."""
    return await connection.scalar(select(LEASES.c.holder).where(LEASES.c.sync == sync))


async def release(connection: AsyncConnection, sync: str, holder: str) -> None:
    """Give it back, where it is this holder's."""
    await connection.execute(delete(LEASES).where(LEASES.c.sync == sync, LEASES.c.holder == holder))


def _now(connection: AsyncConnection, now: datetime) -> ColumnElement[int]:
    """Several nodes agree on the clock of their database; the file of one machine is used by its own clock."""
    if connection.dialect.name != "postgresql":
        return literal(to_number(now), BigInteger)
    return cast(func.extract("epoch", func.clock_timestamp()) * _SECOND, BigInteger)
