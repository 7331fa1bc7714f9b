"""The rows of what two spokes changed at once, with the version that stayed and the one that did not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.ledger.packed import packed, unpacked
from calsync.ledger.rows import ClashRow
from calsync.ledger.tables import CLASHES
from calsync.steps import Clash

_C: Final = CLASHES.c


async def keep(connection: AsyncConnection, hub: str, run: int, clashes: Sequence[Clash], now: datetime) -> None:
    """Of a run, in order."""
    rows = [
        {
            "run": run,
            "hub": hub,
            "item": each.item,
            "what": each.what,
            "winner": each.winner,
            "loser": each.loser,
            "content": packed([each.kept, each.lost, each.rule]),
            "at": now,
        }
        for each in clashes
    ]
    if rows:
        await connection.execute(insert(CLASHES), rows)


async def of_hub(connection: AsyncConnection, hub: str, most: int) -> list[ClashRow]:
    """Newest first."""
    asked = select(CLASHES).where(_C.hub == hub).order_by(_C.number.desc()).limit(most)
    return [_read(row) for row in await connection.execute(asked)]


async def of_item(connection: AsyncConnection, hub: str, item: str, most: int) -> list[ClashRow]:
    """Newest first."""
    asked = select(CLASHES).where(_C.hub == hub, _C.item == item).order_by(_C.number.desc()).limit(most)
    return [_read(row) for row in await connection.execute(asked)]


def _read(row: Row[Any]) -> ClashRow:
    kept, lost, *more = unpacked(row.content)  # older ones have no rule
    rule = str(more[0]) if more else ""
    clash = Clash(item=row.item, what=row.what, winner=row.winner, loser=row.loser, kept=kept, lost=lost, rule=rule)
    return ClashRow(number=row.number, run=row.run, at=row.at, clash=clash)
