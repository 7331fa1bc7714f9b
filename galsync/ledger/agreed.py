"""The rows of what was agreed with a target: read by the hundred thousand, written with each batch."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.entries import Agreement
from galsync.ledger.packed import Digests
from galsync.ledger.tables import AGREEMENTS
from service.state.json_text import dumped, loaded
from service.state.pieces import pieces
from service.state.upserting import upsert

_ROWS: Final = 2000  # read at a time: between two of them others have their turn
_A: Final = AGREEMENTS.c
_CONTENT: Final = ("key", "address", "fields", "digests", "more", "retired_at")


async def everything(connection: AsyncConnection, sync: str, place: str) -> dict[str, Agreement]:
    """All agreements of one place, by anchor."""
    found: dict[str, Agreement] = {}
    rows = await connection.stream(select(_A.anchor, *_contents()).where(*_at(sync, place)))
    async for some in rows.partitions(_ROWS):
        found.update((row[0], _read(row)) for row in some)
    return found


async def some(connection: AsyncConnection, sync: str, place: str, anchors: Sequence[str]) -> dict[str, Agreement]:
    """Those of ``anchors`` that there are."""
    found: dict[str, Agreement] = {}
    for asked in pieces(anchors):
        rows = await connection.execute(
            select(_A.anchor, *_contents()).where(*_at(sync, place), _A.anchor.in_(asked)),
        )
        found.update((row[0], _read(row)) for row in rows)
    return found


async def places(connection: AsyncConnection, sync: str) -> tuple[str, ...]:
    """Where anything was agreed, in the order of their names."""
    return tuple(sorted((await connection.scalars(select(_A.place).where(_A.sync == sync).distinct())).all()))


async def by_address(connection: AsyncConnection, sync: str, place: str, addresses: Sequence[str]) -> dict[str, str]:
    """The anchor of each address, of several the first by name; of whoever is retired nothing is told."""
    found: dict[str, str] = {}
    for asked in pieces(addresses):
        here = (*_at(sync, place), _A.address.in_(asked), _A.retired_at.is_(None))
        for row in await connection.execute(select(_A.address, _A.anchor).where(*here)):
            found[row.address] = min(row.anchor, found.get(row.address, row.anchor))
    return found


async def keep(connection: AsyncConnection, sync: str, place: str, agreements: Iterable[Agreement]) -> None:
    """In place of what was agreed about the same anchors."""
    rows = [_row(sync, place, each) for each in agreements]
    if rows:
        await connection.execute(upsert(connection, AGREEMENTS, _CONTENT), rows)


async def drop(connection: AsyncConnection, sync: str, place: str, anchors: Sequence[str]) -> None:
    """Nothing is agreed about ``anchors`` any more."""
    for gone in pieces(anchors):
        await connection.execute(delete(AGREEMENTS).where(*_at(sync, place), _A.anchor.in_(gone)))


def _at(sync: str, place: str) -> tuple[ColumnElement[bool], ...]:
    return _A.sync == sync, _A.place == place


def _contents() -> list[ColumnElement[Any]]:
    return [_A[name] for name in _CONTENT]


def _row(sync: str, place: str, agreement: Agreement) -> dict[str, Any]:
    written = Digests.of(agreement.written)
    more = {
        "aliases": agreement.aliases,
        "members": agreement.members,
        "photo": agreement.photo.hex(),
    }
    return {
        "sync": sync,
        "place": place,
        "anchor": agreement.anchor,
        "key": agreement.key,
        "address": agreement.address,
        "fields": written.names,
        "digests": written.digests,
        "more": dumped(more) if any(more.values()) else None,
        "retired_at": agreement.retired_at,
    }


def _read(row: Sequence[Any]) -> Agreement:
    anchor, key, address, fields, digests, more, retired_at = row
    kept = loaded(more) if more is not None else {}
    return Agreement(
        anchor=anchor,
        key=key,
        address=address,
        written=Digests(fields, digests),
        aliases=tuple(kept.get("aliases", ())),
        members=tuple(kept.get("members", ())),
        photo=bytes.fromhex(kept.get("photo", "")),
        retired_at=retired_at,
    )
