"""The rows that say where each spoke's next reading goes on."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.ledger.rows import Feed
from calsync.ledger.tables import FEEDS
from service.state.upserting import upsert

_F: Final = FEEDS.c
_CONTENT: Final = ("token", "read_at", "whole_at", "rules")


async def feed(connection: AsyncConnection, hub: str, spoke: str) -> Feed | None:
    """As it was kept last."""
    row = (await connection.execute(select(FEEDS).where(_F.hub == hub, _F.spoke == spoke))).one_or_none()
    return None if row is None else Feed(token=row.token, read_at=row.read_at, whole_at=row.whole_at, rules=row.rules)


async def keep(connection: AsyncConnection, hub: str, feeds: Mapping[str, Feed]) -> None:
    """In place of the ones before, by spoke."""
    rows = [
        {"hub": hub, "spoke": spoke, **{name: getattr(feed, name) for name in _CONTENT}}
        for spoke, feed in feeds.items()
    ]
    if rows:
        await connection.execute(upsert(connection, FEEDS, _CONTENT), rows)


async def forget(connection: AsyncConnection, hub: str, spoke: str) -> None:
    """This one; all of the hub where none is named."""
    which = (_F.hub == hub, _F.spoke == spoke) if spoke else (_F.hub == hub,)
    await connection.execute(delete(FEEDS).where(*which))
