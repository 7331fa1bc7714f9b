"""The rows of what was agreed, each item with its links.

What is found by another index than that of the ids is sorted here: SQLite would go through all to spare itself that.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.agreed import Agreed
from calsync.contents import title
from calsync.ledger import links
from calsync.ledger.packed import packed, unpacked
from calsync.ledger.tables import BEGUN, ITEMS, LINKS
from service.state.pieces import pieces
from service.state.upserting import upsert

_I: Final = ITEMS.c
_CONTENT: Final = ("origin", "fields", "cut", "ended", "print", "shadow", "by", "changed_at", "pending", "folded")
_BETWEEN: Final = "\n"  # no name of a field has one


async def some(connection: AsyncConnection, hub: str, ids: Sequence[str]) -> dict[str, Agreed]:
    """Those of ``ids`` that there are."""
    found: list[Agreed] = []
    for asked in pieces(ids):
        found += await _found(connection, hub, _I.id.in_(asked))
    return {each.id: each for each in found}


async def after(connection: AsyncConnection, hub: str, last: str, most: int) -> list[Agreed]:
    """The first ``most`` items whose id comes behind ``last``."""
    return await _found(connection, hub, _I.id > last, most=most)


async def pending(connection: AsyncConnection, hub: str) -> list[Agreed]:
    """All that are."""
    rows = await connection.execute(select(ITEMS).where(_I.hub == hub, _I.pending.is_(True)))
    return await _with_links(connection, hub, sorted(rows.all(), key=lambda row: row.id))


async def by_print(connection: AsyncConnection, hub: str, prints: Sequence[bytes]) -> dict[bytes, list[str]]:
    """The ids of each print, in order; those whose shadow it is are among them."""
    found: dict[bytes, set[str]] = {}
    for asked in pieces([each for each in prints if each]):
        for column in (_I.print, _I.shadow):  # one by one: each has an index
            here = select(column.label("told"), _I.id).where(_I.hub == hub, column.in_(asked))
            for row in await connection.execute(here):
                found.setdefault(bytes(row.told), set()).add(row.id)
    return {each: sorted(ids) for each, ids in found.items()}


async def search(connection: AsyncConnection, hub: str, text: str, most: int) -> list[Agreed]:
    """By id, key, UID or a part of the title: one after the other, since each but the last has an index."""
    at = LINKS.c
    here = select(at.item).where(at.hub == hub, or_(at.key == text, at.uid == text) if text else at.key == text)
    ids = list(dict.fromkeys((await connection.scalars(here.limit(most))).all()))
    folded = _I.folded.contains(text.casefold(), autoescape=True)
    return await _found(connection, hub, or_(_I.id == text, _I.id.in_(ids), folded), most=most)


async def keep(connection: AsyncConnection, hub: str, agreed: Sequence[Agreed]) -> None:
    """In place of what was kept of the same items, with exactly their links; of one item the last word counts."""
    last = {each.id: each for each in agreed}
    if not last:
        return
    for some in pieces(list(last.values())):  # whatever else runs here waits no longer than for some
        await connection.execute(upsert(connection, ITEMS, _CONTENT), [_row(hub, each) for each in some])
    await links.keep(connection, hub, {each.id: each.links.values() for each in last.values()})


async def forget(connection: AsyncConnection, hub: str, ids: Sequence[str]) -> None:
    """With their links, and whatever was begun for them: a copy that was made all the same bears our mark."""
    if not ids:
        return
    await links.keep(connection, hub, dict.fromkeys(ids, ()))
    for gone in pieces(ids):
        await connection.execute(delete(ITEMS).where(_I.hub == hub, _I.id.in_(gone)))
        await connection.execute(delete(BEGUN).where(BEGUN.c.hub == hub, BEGUN.c.item.in_(gone)))


async def clear(connection: AsyncConnection, hub: str) -> None:
    """All of a hub, with their links."""
    await links.clear(connection, hub)
    await connection.execute(delete(ITEMS).where(_I.hub == hub))


async def _found(
    connection: AsyncConnection, hub: str, which: ColumnElement[bool], *, most: int | None = None
) -> list[Agreed]:
    asked = select(ITEMS).where(_I.hub == hub, which).order_by(_I.id).limit(most)
    return await _with_links(connection, hub, (await connection.execute(asked)).all())


async def _with_links(connection: AsyncConnection, hub: str, rows: Iterable[Row[Any]]) -> list[Agreed]:
    told = list(rows)
    stand = await links.of_items(connection, hub, [row.id for row in told])
    return [
        Agreed(
            id=row.id,
            origin=row.origin,
            fields=unpacked(row.fields),
            links=stand.get(row.id, {}),
            cut=frozenset(row.cut.split(_BETWEEN) if row.cut else ()),
            ended=row.ended,
            print=bytes(row.print),
            shadow=bytes(row.shadow),
            by=row.by,
            changed_at=row.changed_at,
            pending=row.pending,
        )
        for row in told
    ]


def _row(hub: str, agreed: Agreed) -> dict[str, Any]:
    return {
        "hub": hub,
        "id": agreed.id,
        "origin": agreed.origin,
        "fields": packed(dict(agreed.fields)),
        "cut": _BETWEEN.join(sorted(agreed.cut)),
        "ended": agreed.ended,
        "print": agreed.print,
        "shadow": agreed.shadow,
        "by": agreed.by,
        "changed_at": agreed.changed_at,
        "pending": agreed.pending,
        "folded": title(agreed.fields).casefold(),
    }
