"""Plans the way back of a pair: everything that it did and that still stands as it did it, last first."""

from collections.abc import Sequence

from galsync.engine.troubles import in_peace
from galsync.pairs import deciding
from galsync.pairs.ends import Organisation
from galsync.pairs.pair import Pair
from galsync.pairs.pieces import Back, Piece
from galsync.pairs.record import Row, State
from galsync.pairs.steps import PairPlan, PairStep, SyncStep
from galsync.side import Failed

_WHY = "takes back what this pair did"
_NO_PIECE = (
    "the settings of this pair do not name any more what {} was written to: put them as they were, and undo then"
)


async def planned_back(pair: Pair) -> PairPlan:
    """What `undo` would do now: everything of the record, newest first, then what bears the stamps of its syncs.

    Several rows about one piece are one step, in the place of the newest. Nothing is taken back at another tenant than
    it was done at. Raises StateError.
    """
    last, rows = await pair.record.last(pair.name), await pair.record.standing(pair.name)
    steps: list[PairStep] = []
    refusals = await _elsewhere(pair, rows)
    for key in () if refusals else dict.fromkeys(row.key for row in reversed(rows)):
        told = await _step(pair, [row for row in reversed(rows) if row.key == key])
        if isinstance(told, str):
            refusals.append(told)
        else:
            steps.append(told)
    syncs: list[SyncStep] = []
    for each in (*reversed(pair.syncs), *reversed(pair.former)):
        name = each.sync.name
        if not await pair.ledger.runs(name, most=1) and not await pair.ledger.places(name):
            continue  # it has never written anything, as far back as anything is remembered
        report = await each.engine.purge(dry=True)
        syncs.append(SyncStep(part=each.part, name=each.sync.name, report=report))
    return PairPlan(
        pair=pair.name,
        made_at=pair.clock(),
        syncs=tuple(syncs),
        steps=tuple(steps),
        refusals=tuple(refusals),
        after=last,
        back=True,
    )


async def _elsewhere(pair: Pair, rows: Sequence[Row]) -> list[str]:
    """Why the tenants that the settings name now are not those of the record, or cannot be told."""
    found: list[str] = []
    for word, end in zip(("source", "destination"), pair.ends, strict=True):
        mine = [row for row in rows if row.key.partition("/")[0] == word and row.tenant]
        told = await in_peace(end.organisation()) if mine else None
        if isinstance(told, Failed):
            found.append(f"{end.name} cannot be read: {told.words}")
        elif isinstance(told, Organisation):
            found += [words for words in (deciding.moved_tenant(row, told) for row in mine) if words][:1]
    return found


async def _step(pair: Pair, rows: Sequence[Row]) -> PairStep | str:
    """What takes ``rows`` of one piece back, the newest first, each upon what the one before leaves; why that cannot be
    told, in words."""
    piece = pair.piece(rows[0].key)
    if piece is None:
        return _NO_PIECE.format(rows[0].key)
    now = await in_peace(piece.read())
    if not isinstance(now, str):
        return f"{piece.title} cannot be looked at: {now.words}"
    shall, backs = now, []
    for row in rows:
        back = await in_peace(piece.back(shall, was=row.was, did=row.did))
        if isinstance(back, Failed):
            return f"{piece.title} cannot be looked at: {back.words}"
        shall = back.shall
        backs.append(back)
    return _made(piece, rows, now, backs)


def _made(piece: Piece, rows: Sequence[Row], now: str, backs: Sequence[Back]) -> PairStep:
    """Unless all is left as it is, the rows are done with that are not left themselves."""
    shall = backs[-1].shall
    notes = tuple(dict.fromkeys(back.words for back in backs if back.words))
    left = tuple(row.number for row, back in zip(rows, backs, strict=True) if back.left)
    words = "; ".join(notes)
    return PairStep(
        part=rows[0].part,
        key=rows[0].key,
        title=piece.title,
        why=_WHY,
        was=now,
        shall=shall,
        changes=piece.changes(now, shall),
        notes=notes,
        rows=tuple(row.number for row in rows if row.number not in left),
        left=left,
        known=all(row.state is State.LEFT and row.words == words for row in rows),
    )
