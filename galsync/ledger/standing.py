"""The rows that say where the next reading of changes goes on."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.ledger.runs import Token
from galsync.ledger.tables import TOKENS
from service.state.upserting import upsert


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
