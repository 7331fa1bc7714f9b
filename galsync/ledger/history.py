"""The rows of what runs did: each step before it is written, and what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.ledger.runs import Run, RunKind, StepRow
from galsync.ledger.tables import BOOKS, STEPS
from galsync.ledger.written_down import done_in, step_out
from galsync.side import Failed, Handed, Outcome, Written
from galsync.steps import Act, Step, Why
from service.runs import journal
from service.runs.journal import End
from service.runs.states import RunState, StepState

_S: Final = STEPS.c


async def write_down(connection: AsyncConnection, run: int, place: str, steps: Sequence[Step]) -> tuple[int, ...]:
    """Rows of steps that are about to be done: their numbers, in order."""
    if not steps:
        return ()
    numbers = await journal.numbers(connection, BOOKS, len(steps))
    rows = [{"number": number, **_row(run, place, step)} for number, step in zip(numbers, steps, strict=True)]
    await connection.execute(insert(STEPS), rows)
    return tuple(numbers)


async def write_outcomes(connection: AsyncConnection, outcomes: Mapping[int, Outcome]) -> None:
    """What became of the steps of these numbers."""
    await journal.became(connection, BOOKS, {number: _became(outcome) for number, outcome in outcomes.items()})


async def steps(connection: AsyncConnection, run: int, after: int, most: int) -> list[StepRow]:
    """The first ``most`` steps of a run whose number is above ``after``."""
    asked = select(STEPS).where(_S.run == run, _S.number > after).order_by(_S.number).limit(most)
    return [_step(row) for row in await connection.execute(asked)]


def _became(outcome: Outcome) -> End:
    match outcome:
        case Written(key=key):
            return End(StepState.DONE, key=key)
        case Handed():
            return End(StepState.HANDED)
        case Failed(words=words, doubt=doubt):
            return End(StepState.DOUBT if doubt else StepState.FAILED, words)


def _row(run: int, place: str, step: Step) -> dict[str, Any]:
    return {
        "run": run,
        "place": place,
        "anchor": step.anchor,
        "act": step.act.name,
        "why": step.why.name,
        "state": StepState.BEGUN.value,
        "key": step.held.key if step.held else "",
        "words": "",
        "content": step_out(step),
    }


def run_of(row: Row[Any]) -> Run:
    """What a row of service.runs.journal says."""
    return Run(
        number=row.number,
        sync=row.sync,
        kind=RunKind(row.kind),
        state=RunState(row.state),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        note=row.note,
        counts=orjson.loads(row.counts),
        words=row.words,
    )


def _step(row: Row[Any]) -> StepRow:
    done, note = done_in(row.content, act=Act[row.act], anchor=row.anchor, place=row.place, key=row.key)
    return StepRow(
        number=row.number, state=StepState(row.state), why=Why[row.why], done=done, note=note, words=row.words
    )
