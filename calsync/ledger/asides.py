"""The rows of what is not taken, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.agreed import Aside
from calsync.ledger.tables import ASIDES
from service.state.pieces import pieces
from service.state.upserting import upsert

_A: Final = ASIDES.c
_CONTENT: Final = ("version", "why", "title", "folded", "due")


async def some(connection: AsyncConnection, hub: str, spoke: str, keys: Sequence[str]) -> dict[str, Aside]:
    """Those of ``keys`` that there are."""
    found: list[Aside] = []
    for asked in pieces(keys):
        found += await _found(connection, hub, _A.spoke == spoke, _A.key.in_(asked))
    return {each.key: each for each in found}


async def due(connection: AsyncConnection, hub: str, now: datetime) -> list[Aside]:
    """Whose instant has come."""
    return await _found(connection, hub, _A.due <= now)


async def versions(connection: AsyncConnection, hub: str, spoke: str) -> dict[str, str]:
    """The version of each key."""
    rows = await connection.execute(select(_A.key, _A.version).where(_A.hub == hub, _A.spoke == spoke))
    return {row.key: row.version for row in rows}


async def search(connection: AsyncConnection, hub: str, text: str, most: int) -> list[Aside]:
    """By key or a part of the title."""
    folded = _A.folded.contains(text.casefold(), autoescape=True)
    return await _found(connection, hub, or_(_A.key == text, folded), most=most)


async def keep(connection: AsyncConnection, hub: str, asides: Sequence[Aside]) -> None:
    """In place of what was kept of the same keys; of one key the last word counts."""
    last = {(each.spoke, each.key): each for each in asides}
    if last:
        await connection.execute(upsert(connection, ASIDES, _CONTENT), [_row(hub, each) for each in last.values()])


async def forget(connection: AsyncConnection, hub: str, keys: Sequence[tuple[str, str]]) -> None:
    """As (spoke, key)."""
    if keys:
        which = _A.hub == hub, _A.spoke == bindparam("at_spoke"), _A.key == bindparam("of_key")
        rows = [{"at_spoke": spoke, "of_key": key} for spoke, key in keys]
        await connection.execute(delete(ASIDES).where(*which), rows)


async def clear(connection: AsyncConnection, hub: str) -> None:
    """All of a hub."""
    await connection.execute(delete(ASIDES).where(_A.hub == hub))


async def _found(
    connection: AsyncConnection, hub: str, *which: ColumnElement[bool], most: int | None = None
) -> list[Aside]:
    asked = select(ASIDES).where(_A.hub == hub, *which).order_by(_A.spoke, _A.key).limit(most)
    return [
        Aside(spoke=row.spoke, key=row.key, version=row.version, why=row.why, title=row.title, due=row.due)
        for row in await connection.execute(asked)
    ]


def _row(hub: str, aside: Aside) -> dict[str, Any]:
    return {
        "hub": hub,
        "spoke": aside.spoke,
        "key": aside.key,
        "version": aside.version,
        "why": aside.why,
        "title": aside.title,
        "folded": aside.title.casefold(),
        "due": aside.due,
    }
