"""The rows that say how items stand at the spokes, and how many there are at each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.agreed import Link
from calsync.ledger.packed import signs, signs_read
from calsync.ledger.tables import BEGUN, COUNTS, HELD_UP, LINKS, REFUSED
from service.state.pieces import pieces
from service.state.upserting import upsert

_L: Final = LINKS.c
_CONTENT: Final = ("key", "version", "uid", "asked", "stood", "made", "guarded", "copies", "left", "barred", "worn")
_KEPT: Final = (_L.item, _L.spoke, *(_L[name] for name in _CONTENT))
Place: TypeAlias = tuple[str, str]
"""An item and a spoke."""


async def of_items(connection: AsyncConnection, hub: str, ids: Sequence[str]) -> dict[str, dict[str, Link]]:
    """The links of each of ``ids``, by spoke."""
    found: dict[str, dict[str, Link]] = {}
    for place, row in (await _rows(connection, hub, ids)).items():
        found.setdefault(place[0], {})[place[1]] = _read(place[1], row)
    return found


async def keep(connection: AsyncConnection, hub: str, links: Mapping[str, Iterable[Link]]) -> None:
    """Exactly these links of these items, by id; what is as it was is not written again."""
    before = await _rows(connection, hub, list(links))
    now = {(item, link.spoke): _row(link) for item, some in links.items() for link in some}
    gone = [place for place in before if place not in now]
    rows = [_named(hub, place, row) for place, row in now.items() if before.get(place) != row]
    for some in pieces(rows):
        await connection.execute(upsert(connection, LINKS, _CONTENT), some)
        await not_begun(connection, hub, [(row["item"], row["spoke"]) for row in some])
    await _drop(connection, LINKS, hub, gone)
    more = Counter(spoke for (_, spoke), row in now.items() if row[0])  # what was never made there has no key
    more.subtract(Counter(spoke for (_, spoke), row in before.items() if row[0]))
    await _count(connection, hub, more)


async def clear(connection: AsyncConnection, hub: str) -> None:
    """All of a hub."""
    for table in (LINKS, COUNTS, BEGUN):
        await connection.execute(delete(table).where(table.c.hub == hub))


async def linked(connection: AsyncConnection, hub: str, spoke: str, keys: Sequence[str]) -> dict[str, str]:
    """The item of each key."""
    found: dict[str, str] = {}
    for asked in pieces(keys):
        here = select(_L.key, _L.item).where(_L.hub == hub, _L.spoke == spoke, _L.key.in_(asked))
        found.update((row.key, row.item) for row in await connection.execute(here))
    return found


async def by_uid(connection: AsyncConnection, hub: str, uids: Sequence[str]) -> dict[str, list[str]]:
    """The items that have each UID, in the order of their ids."""
    found: dict[str, set[str]] = {}
    for asked in pieces([uid for uid in uids if uid]):
        here = select(_L.uid, _L.item).where(_L.hub == hub, _L.uid.in_(asked))
        for row in await connection.execute(here):
            found.setdefault(row.uid, set()).add(row.item)
    return {uid: sorted(ids) for uid, ids in found.items()}  # not by the database: SQLite would go through all then


async def versions(connection: AsyncConnection, hub: str, spoke: str) -> dict[str, str]:
    """The version of each key; what was never made there has none."""
    rows = await connection.execute(select(_L.key, _L.version).where(_L.hub == hub, _L.spoke == spoke, _L.key != ""))
    return {row.key: row.version for row in rows}


async def refused(connection: AsyncConnection, hub: str) -> list[tuple[Place, str]]:
    """Where a spoke refused something, and the words; in order."""
    rows = await connection.execute(select(_L.item, _L.spoke, _L.left).where(_L.hub == hub, REFUSED))
    return sorted(((row[0], row[1]), row[2]) for row in rows)


async def held_up(connection: AsyncConnection, hub: str, spokes: Sequence[str]) -> list[str]:
    """The items that wait until one of ``spokes`` can be written, in order."""
    asked = select(_L.item).where(_L.hub == hub, _L.spoke.in_(spokes), HELD_UP)
    return sorted(set((await connection.scalars(asked)).all()))


async def count_held_up(connection: AsyncConnection, hub: str, without: Sequence[str]) -> dict[str, int]:
    """How many items wait at each spoke until it can be written, but for those ``without``."""
    many = select(_L.spoke, func.count().label("many")).where(_L.hub == hub, HELD_UP).group_by(_L.spoke)
    found = Counter({row.spoke: row.many for row in await connection.execute(many)})
    for some in pieces(without) if found else ():
        found.subtract({row.spoke: row.many for row in await connection.execute(many.where(_L.item.in_(some)))})
    return {spoke: number for spoke, number in sorted(found.items()) if number}


async def not_begun(connection: AsyncConnection, hub: str, places: Sequence[Place]) -> None:
    """Of these copies it is known whether they were made."""
    await _drop(connection, BEGUN, hub, places)


async def count(connection: AsyncConnection, hub: str, spoke: str) -> int:
    """As it was kept."""
    asked = select(COUNTS.c.links).where(COUNTS.c.hub == hub, COUNTS.c.spoke == spoke)
    return await connection.scalar(asked) or 0


async def hubs(connection: AsyncConnection) -> list[str]:
    """Those of which any link is kept."""
    asked = select(COUNTS.c.hub).where(COUNTS.c.links > 0).distinct()
    return sorted((await connection.scalars(asked)).all())


async def _rows(connection: AsyncConnection, hub: str, ids: Sequence[str]) -> dict[Place, tuple[Any, ...]]:
    found: dict[Place, tuple[Any, ...]] = {}
    for asked in pieces(ids):
        rows = await connection.execute(select(*_KEPT).where(_L.hub == hub, _L.item.in_(asked)))
        found.update(((row[0], row[1]), tuple(row[2:])) for row in rows)
    return found


async def _drop(connection: AsyncConnection, table: Table, hub: str, places: Sequence[Place]) -> None:
    """One by one: no database finds pairs in a list by their index as surely."""
    at = table.c
    which = at.hub == hub, at.item == bindparam("of_item"), at.spoke == bindparam("at_spoke")
    for some in pieces(places):
        rows = [{"of_item": item, "at_spoke": spoke} for item, spoke in some]
        await connection.execute(delete(table).where(*which), rows)


async def _count(connection: AsyncConnection, hub: str, more: Mapping[str, int]) -> None:
    if not any(more.values()):
        return
    known = {row.spoke: row.links for row in await connection.execute(select(COUNTS).where(COUNTS.c.hub == hub))}
    rows = [{"hub": hub, "spoke": spoke, "links": known.get(spoke, 0) + many} for spoke, many in more.items() if many]
    await connection.execute(upsert(connection, COUNTS, ("links",)), rows)


def _row(link: Link) -> tuple[Any, ...]:
    asked, stood = signs(link.asked), signs(link.stood)
    differs = None if stood == asked else stood
    barred = signs(link.barred) if link.barred else None
    stands = (link.key, link.version, link.uid, asked, differs)
    return (*stands, link.made, link.guarded, link.copies, link.left, barred, link.worn)


def _named(hub: str, place: Place, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"hub": hub, "item": place[0], "spoke": place[1], **dict(zip(_CONTENT, row, strict=True))}


def _read(spoke: str, row: tuple[Any, ...]) -> Link:
    key, version, uid, asked, stood, made, guarded, copies, left, barred, worn = row
    digests = signs_read(asked)
    return Link(
        spoke=spoke,
        key=key,
        version=version,
        uid=uid,
        asked=digests,
        stood=digests if stood is None else signs_read(stood),
        made=made,
        guarded=guarded,
        copies=copies,
        left=left,
        barred={} if barred is None else signs_read(barred),
        worn=worn,
    )
