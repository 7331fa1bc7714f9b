"""The rows of what runs did: each step before it is written, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calsync.contents import title
from calsync.items import Fields
from calsync.ledger import links
from calsync.ledger.packed import packed, unpacked
from calsync.ledger.rows import Result, Run, RunKind, StepRow
from calsync.ledger.tables import BEGUN, BOOKS, ITEMS, STEPS
from calsync.spoke import Act, Failed, Outcome, Written
from calsync.steps import Step, Why
from service.runs import journal
from service.runs.journal import End
from service.runs.states import RunState, StepState
from service.state.pieces import pieces
from service.state.upserting import upsert

_S: Final = STEPS.c


async def write_down(
    connection: AsyncConnection, hub: str, run: int, steps: Sequence[Step], now: datetime
) -> tuple[int, ...]:
    """Rows of steps that are about to be done: their numbers, in order."""
    if not steps:
        return ()
    numbers = await journal.numbers(connection, BOOKS, len(steps))
    rows = [
        {"number": number, "run": run, "hub": hub, "begun_at": now, **_row(step)}
        for number, step in zip(numbers, steps, strict=True)
    ]
    await connection.execute(insert(STEPS), rows)
    made = [{"hub": hub, "item": step.item, "spoke": step.spoke} for step in steps if step.act is Act.CREATE]
    if made:
        await connection.execute(upsert(connection, BEGUN, ("spoke",)), made)
    return tuple(numbers)


async def write_outcomes(connection: AsyncConnection, hub: str, results: Sequence[Result], *, settled: bool) -> None:
    """What became of steps. ``settled``: whoever asks says the last word about them."""
    await journal.became(connection, BOOKS, {each.number: _became(each.outcome) for each in results})
    if settled:
        await _ended(connection, hub, [each.number for each in results if not _doubtful(each.outcome)])


async def begun(connection: AsyncConnection, hub: str) -> set[tuple[str, str]]:
    """(item, spoke) of all."""
    rows = await connection.execute(select(BEGUN.c.item, BEGUN.c.spoke).where(BEGUN.c.hub == hub))
    return {(row.item, row.spoke) for row in rows}


async def steps(connection: AsyncConnection, run: int, after: int, most: int) -> list[StepRow]:
    """The first ``most`` steps of a run whose number is above ``after``."""
    asked = select(STEPS).where(_S.run == run, _S.number > after).order_by(_S.number).limit(most)
    return [_step(row) for row in await connection.execute(asked)]


async def of_item(connection: AsyncConnection, hub: str, item: str, most: int) -> list[StepRow]:
    """Newest first."""
    asked = select(STEPS).where(_S.hub == hub, _S.item == item).order_by(_S.number.desc()).limit(most)
    return [_step(row) for row in await connection.execute(asked)]


async def gone(connection: AsyncConnection, hub: str, text: str, most: int) -> list[str]:
    """The ids of items that nobody knows any more but by what was done to them, the last ones first: those whose id, or
    a key, is ``text``, or whose title holds it, whatever its letter case, which no database folds as Python does."""
    still = select(ITEMS.c.id).where(ITEMS.c.hub == hub, ITEMS.c.id == _S.item).exists()
    asked = select(_S.item, _S.title, _S.key).where(_S.hub == hub, ~still).order_by(_S.number.desc())
    folded, found = text.casefold(), dict[str, None]()
    rows = await connection.stream(asked)
    async for row in rows:
        if text in (row.item, row.key) or folded in row.title.casefold():
            found[row.item] = None
        if len(found) == most:
            break
    await rows.close()
    return list(found)


def run_of(row: Row[Any]) -> Run:
    """What a row of service.runs.journal says."""
    return Run(
        number=row.number,
        hub=row.hub,
        kind=RunKind(row.kind),
        state=RunState(row.state),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        note=row.note,
        counts=orjson.loads(row.counts),
        words=row.words,
    )


async def _ended(connection: AsyncConnection, hub: str, numbers: Sequence[int]) -> None:
    """Of these steps the end was seen."""
    for some in pieces(numbers):
        which = select(_S.item, _S.spoke).where(_S.number.in_(some), _S.act == Act.CREATE.name)
        places = [(row.item, row.spoke) for row in await connection.execute(which)]
        await links.not_begun(connection, hub, places)


def _doubtful(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.doubt


def _became(outcome: Outcome) -> End:
    match outcome:
        case Written(item=item):
            return End(StepState.DONE, key=item.key if item else "")
        case Failed(words=words, doubt=doubt):
            return End(StepState.DOUBT if doubt else StepState.FAILED, words)


def _row(step: Step) -> dict[str, Any]:
    before, after = step.before or {}, step.fields
    content = [_told(before, step), _told(after, step)]
    return {
        "item": step.item,
        "spoke": step.spoke,
        "act": step.act.name,
        "why": step.why.name,
        "state": StepState.BEGUN.value,
        "key": step.link.key if step.link else "",
        "title": title(after or before),
        "words": "",
        "content": packed(content),
    }


def _told(fields: Mapping[str, str], step: Step) -> dict[str, str]:
    """All of them; of an update those that it changes."""
    return {name: text for name, text in fields.items() if step.act is not Act.UPDATE or name in step.changes}


def _step(row: Row[Any]) -> StepRow:
    before, after = _contents(row.content)
    return StepRow(
        number=row.number,
        run=row.run,
        begun_at=row.begun_at,
        state=StepState(row.state),
        act=Act[row.act],
        why=Why[row.why],
        item=row.item,
        spoke=row.spoke,
        key=row.key,
        title=row.title,
        words=row.words,
        before=before,
        after=after,
    )


def _contents(content: bytes) -> tuple[Fields, Fields]:
    before, after = unpacked(content)
    return before, after
