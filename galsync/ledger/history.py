"""The rows of what the runs did: each step before it is written, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.ledger.runs import Run, RunKind, RunState, StepRow, StepState
from galsync.ledger.tables import RUNS, STEPS
from galsync.ledger.written_down import done_in, step_out
from galsync.side import Failed, Handed, Outcome, Written
from galsync.steps import Act, Step, Why

_R: Final = RUNS.c
_S: Final = STEPS.c
_KILLED: Final = (RunState.BEGUN.value, RunState.ABANDONED.value)
_LAST_OF_FILE: Final = text("SELECT seq FROM sqlite_sequence WHERE name = 'gal_steps'")  # sqlite.org/autoinc.html
_NUMBERS_OF_SERVER: Final = text(
    "SELECT nextval(pg_get_serial_sequence('gal_steps', 'number')) FROM generate_series(1, :many) ORDER BY 1"
)
_WHOLE: Final = (RunKind.APPLY.value, RunKind.PURGE.value)
"""Runs that, where one before them was killed, look at the whole target: an undo does not."""


async def begin(connection: AsyncConnection, sync: str, kind: RunKind, note: str, now: datetime) -> int:
    """A new run; those of ``sync`` that never ended are abandoned."""
    going_on = and_(_R.sync == sync, _R.state == RunState.BEGUN.value)
    await connection.execute(update(RUNS).where(going_on).values(state=RunState.ABANDONED.value, ended_at=now))
    row = {"sync": sync, "kind": kind.value, "state": RunState.BEGUN.value, "note": note, "words": "", "counts": b"{}"}
    made = await connection.execute(insert(RUNS).values(**row, begun_at=now).returning(_R.number))
    return int(made.scalar_one())


async def going_on(connection: AsyncConnection, run: int) -> tuple[str, bool]:
    """Whose run it is, and whether it goes on; until the transaction ends, nobody takes its place."""
    asked = select(_R.sync, _R.state).where(_R.number == run).with_for_update(read=True)
    found = (await connection.execute(asked)).one_or_none()
    if found is None:
        raise LookupError(f"there is no run {run}")
    return found.sync, found.state == RunState.BEGUN.value


async def write_down(connection: AsyncConnection, run: int, place: str, steps: Sequence[Step]) -> tuple[int, ...]:
    """Rows of steps that are about to be done: their numbers, in order."""
    if not steps:
        return ()
    numbers = await _numbers(connection, len(steps))
    rows = [{"number": number, **_row(run, place, step)} for number, step in zip(numbers, steps, strict=True)]
    await connection.execute(insert(STEPS), rows)
    return tuple(numbers)


async def _numbers(connection: AsyncConnection, many: int) -> Sequence[int]:
    """So many numbers of new steps, rising. To be told them by the insertion costs a statement for each row."""
    if connection.dialect.name == "postgresql":
        return (await connection.scalars(_NUMBERS_OF_SERVER, {"many": many})).all()
    last = await connection.scalar(_LAST_OF_FILE) or 0  # nobody else writes until this transaction ends
    return range(last + 1, last + 1 + many)


async def write_outcomes(connection: AsyncConnection, outcomes: Mapping[int, Outcome]) -> None:
    """What became of the steps of these numbers."""
    rows = [{"step": number, **_became(outcome)} for number, outcome in outcomes.items()]
    if not rows:
        return
    new: BindParameter[str] = bindparam("new_key")
    values = {
        "state": bindparam("new_state"),
        "words": bindparam("new_words"),
        "key": case((new == "", _S.key), else_=new),  # what was removed keeps the name that it had
    }
    await connection.execute(update(STEPS).where(_S.number == bindparam("step")).values(values), rows)


async def end(
    connection: AsyncConnection, run: int, state: RunState, counts: Mapping[str, int], words: str, now: datetime
) -> None:
    """The run is over, unless it was before."""
    values = {"state": state.value, "counts": orjson.dumps(dict(counts)), "words": words, "ended_at": now}
    open_still = and_(_R.number == run, _R.state == RunState.BEGUN.value)
    await connection.execute(update(RUNS).where(open_still).values(values))


async def killed(connection: AsyncConnection, sync: str) -> bool:
    """Whether a run of ``sync`` was killed, or goes on, since the last one that was done."""
    asked = select(_R.number).where(_R.sync == sync, _unresolved()).limit(1)
    return (await connection.execute(asked)).first() is not None


async def runs(connection: AsyncConnection, sync: str, most: int) -> list[Run]:
    """Newest first."""
    rows = await connection.execute(select(RUNS).where(_R.sync == sync).order_by(_R.number.desc()).limit(most))
    return [_run(row) for row in rows]


async def run(connection: AsyncConnection, number: int) -> Run | None:
    """The one of that number."""
    row = (await connection.execute(select(RUNS).where(_R.number == number))).one_or_none()
    return None if row is None else _run(row)


async def steps(connection: AsyncConnection, run: int, after: int, most: int) -> list[StepRow]:
    """The first ``most`` steps of a run whose number is above ``after``."""
    asked = select(STEPS).where(_S.run == run, _S.number > after).order_by(_S.number).limit(most)
    return [_step(row) for row in await connection.execute(asked)]


async def old(connection: AsyncConnection, before: datetime) -> Sequence[int]:
    """Runs that began before an instant and that nothing depends on any more."""
    asked = select(_R.number).where(_R.begun_at < before, not_(_unresolved())).order_by(_R.number)
    return (await connection.scalars(asked)).all()


async def drop(connection: AsyncConnection, run: int, most: int) -> bool:
    """As many steps of a run; the run itself when it has none left: whether that was so."""
    some = select(_S.number).where(_S.run == run).limit(most)
    gone = await connection.execute(delete(STEPS).where(_S.number.in_(some)))
    if gone.rowcount == most:
        return False
    await connection.execute(delete(RUNS).where(_R.number == run))
    return True


def _unresolved() -> ColumnElement[bool]:
    return and_(_R.state.in_(_KILLED), _R.number > func.coalesce(_last_done(), 0))


def _last_done() -> ScalarSelect[Any]:
    other = RUNS.alias()
    done = and_(other.c.sync == _R.sync, other.c.state == RunState.DONE.value, other.c.kind.in_(_WHOLE))
    return select(func.max(other.c.number)).where(done).correlate(RUNS).scalar_subquery()


def _became(outcome: Outcome) -> dict[str, str]:
    match outcome:
        case Written(key=key):
            state, words = StepState.DONE, ""
        case Handed():
            state, words, key = StepState.HANDED, "", ""
        case Failed(words=words, doubt=doubt):
            state, key = (StepState.DOUBT if doubt else StepState.FAILED), ""
    return {"new_state": state.value, "new_words": words, "new_key": key}


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


def _run(row: Row[Any]) -> Run:
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
