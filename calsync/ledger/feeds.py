"""The rows that say where each spoke's next reading goes on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.ledger.rows import Feed
from calsync.ledger.tables import FEEDS
from service.state.upserting import upsert

_F: Final = FEEDS.c
_PLAIN: Final = ("token", "read_at", "whole_at", "rules")
_BOUNDS: Final = ("back", "ahead")
_CONTENT: Final = (*_PLAIN, *_BOUNDS)
_SECOND: Final = timedelta(seconds=1)


async def feed(connection: AsyncConnection, hub: str, spoke: str) -> Feed | None:
    """As it was kept last."""
    row = (await connection.execute(select(FEEDS).where(_F.hub == hub, _F.spoke == spoke))).one_or_none()
    if row is None:
        return None
    bounds = {name: seconds * _SECOND for name in _BOUNDS if (seconds := getattr(row, name)) is not None}
    return Feed(token=row.token, read_at=row.read_at, whole_at=row.whole_at, rules=row.rules, **bounds)


async def known(connection: AsyncConnection, hub: str) -> bool:
    """Whether there is any of the hub."""
    return await connection.scalar(select(_F.hub).where(_F.hub == hub).limit(1)) is not None


async def keep(connection: AsyncConnection, hub: str, feeds: Mapping[str, Feed]) -> None:
    """In place of the ones before, by spoke."""
    rows = [{"hub": hub, "spoke": spoke, **_row(feed)} for spoke, feed in feeds.items()]
    if rows:
        await connection.execute(upsert(connection, FEEDS, _CONTENT), rows)


async def forget(connection: AsyncConnection, hub: str) -> None:
    """All of a hub."""
    await connection.execute(delete(FEEDS).where(_F.hub == hub))


def _row(feed: Feed) -> dict[str, Any]:
    bounds = {name: getattr(feed, name) for name in _BOUNDS}
    seconds = {name: None if bound is None else bound // _SECOND for name, bound in bounds.items()}
    return {name: getattr(feed, name) for name in _PLAIN} | seconds
