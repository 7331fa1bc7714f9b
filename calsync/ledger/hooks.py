"""The rows of the hooks at which servers tell of changes."""

from typing import Any, Final

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.ledger.tables import HOOKS
from calsync.notices.hook import Hook
from calsync.spoke import Watch
from service.state.upserting import upsert

_H: Final = HOOKS.c
_CHANGED: Final = ("hub", "spoke", "digest", "key", "resource", "until")


async def keep(connection: AsyncConnection, hook: Hook) -> None:
    """In place of the one of the same name, which keeps its place among the others."""
    watch = hook.watch
    row = {
        "name": hook.name,
        "number": (await connection.scalar(select(func.max(_H.number))) or 0) + 1,
        "hub": hook.hub,
        "spoke": hook.spoke,
        "digest": hook.digest,
        "key": watch.key if watch else "",
        "resource": watch.resource if watch else "",
        "until": watch.until if watch else None,
    }
    await connection.execute(upsert(connection, HOOKS, _CHANGED), row)


async def of_hub(connection: AsyncConnection, hub: str) -> list[Hook]:
    """The newest last."""
    rows = await connection.execute(select(HOOKS).where(_H.hub == hub))
    return [_read(row) for row in sorted(rows.all(), key=lambda row: row.number)]


async def named(connection: AsyncConnection, name: str) -> Hook | None:
    """The one of that name."""
    row = (await connection.execute(select(HOOKS).where(_H.name == name))).one_or_none()
    return None if row is None else _read(row)


async def forget(connection: AsyncConnection, name: str) -> None:
    """The one of that name."""
    await connection.execute(delete(HOOKS).where(_H.name == name))


def _read(row: Row[Any]) -> Hook:
    watch = None if row.until is None else Watch(key=row.key, resource=row.resource, until=row.until)
    return Hook(hub=row.hub, spoke=row.spoke, name=row.name, digest=bytes(row.digest), watch=watch)
