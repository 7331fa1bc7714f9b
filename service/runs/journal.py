"""The rows of a sync's runs: begun, ended, abandoned where another took their place, and dropped when they are old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Row,
    ScalarSelect,
    Table,
    Text,
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

from service.runs.states import RunState, StepState
from service.state.columns import METADATA, ROW_NUMBER, Instant, Plain

_KILLED: Final = (RunState.BEGUN.value, RunState.ABANDONED.value)
_LAST_OF_FILE: Final = text("SELECT seq FROM sqlite_sequence WHERE name = :name")  # sqlite.org/autoinc.html
_OF_SERVER: Final = text(
    "SELECT nextval(pg_get_serial_sequence(CAST(:name AS text), 'number')) FROM generate_series(1, :many) ORDER BY 1"
)


def runs_table(table: str, of: str) -> Table:
    """A table of runs, whose column ``of`` says whose each is."""
    return Table(
        table,
        METADATA,
        Column("number", ROW_NUMBER, primary_key=True),
        Column(of, Plain, nullable=False),
        Column("kind", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("note", Plain, nullable=False),
        Column("words", Plain, nullable=False),
        Column("counts", LargeBinary, nullable=False),
        Column("begun_at", Instant, nullable=False),
        Column("ended_at", Instant),
        Index(None, of, "number"),
        sqlite_autoincrement=True,  # the number of a run that was pruned is not given again
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The tables of one kind of sync: ``runs`` as :func:`runs_table` makes it, and ``steps``, which has the columns
    ``number`` (counted up), ``run``, ``state``,
    ``words`` and ``key``. ``of`` names the column that says whose a run is.

    ``whole`` are the kinds of runs that, where one before them was killed, look at everything.
    """

    runs: Table
    steps: Table
    of: str
    whole: tuple[str, ...]

    @property
    def whose(self) -> ColumnElement[str]:
        """The column of that name."""
        return self.runs.c[self.of]


@dataclass(frozen=True, slots=True)
class End:
    """What became of one step, in words where it failed; ``key`` is what its object is called now, if that is new."""

    state: StepState
    words: str = ""
    key: str = ""


async def begin(connection: AsyncConnection, books: Books, name: str, kind: str, note: str, now: datetime) -> int:
    """A new run; those of ``name`` that never ended are abandoned."""
    run = books.runs.c
    going_on = and_(books.whose == name, run.state == RunState.BEGUN.value)
    await connection.execute(update(books.runs).where(going_on).values(state=RunState.ABANDONED.value, ended_at=now))
    row = {books.of: name, "kind": kind, "state": RunState.BEGUN.value, "note": note, "words": "", "counts": b"{}"}
    made = await connection.execute(insert(books.runs).values(**row, begun_at=now).returning(run.number))
    return int(made.scalar_one())


async def going_on(connection: AsyncConnection, books: Books, run: int) -> tuple[str, bool]:
    """Whose run it is, and whether it goes on; until the transaction ends, nobody takes its place."""
    asked = select(books.whose, books.runs.c.state).where(books.runs.c.number == run).with_for_update(read=True)
    found = (await connection.execute(asked)).one_or_none()
    if found is None:
        raise LookupError(f"there is no run {run}")
    return found[0], found.state == RunState.BEGUN.value


async def numbers(connection: AsyncConnection, books: Books, many: int) -> Sequence[int]:
    """So many numbers of new steps, rising. To be told them by the insertion costs a statement for each row."""
    name = books.steps.name
    if connection.dialect.name == "postgresql":
        return (await connection.scalars(_OF_SERVER, {"name": name, "many": many})).all()
    last = await connection.scalar(_LAST_OF_FILE, {"name": name}) or 0  # nobody else writes until this transaction ends
    return range(last + 1, last + 1 + many)


async def became(connection: AsyncConnection, books: Books, ends: Mapping[int, End]) -> None:
    """What became of the steps of these numbers; a step whose object has no new name keeps the one that it had."""
    if not ends:
        return
    step, new = books.steps.c, bindparam("new_key", type_=Plain)
    values = {
        "state": bindparam("new_state"),
        "words": bindparam("new_words"),
        "key": case((new == "", step.key), else_=new),
    }
    rows = [
        {"step": number, "new_state": each.state.value, "new_words": each.words, "new_key": each.key}
        for number, each in ends.items()
    ]
    await connection.execute(update(books.steps).where(step.number == bindparam("step")).values(values), rows)


async def end(
    connection: AsyncConnection,
    books: Books,
    run: int,
    state: RunState,
    counts: Mapping[str, int],
    words: str,
    now: datetime,
) -> None:
    """The run is over, unless it was before."""
    values = {"state": state.value, "counts": orjson.dumps(dict(counts)), "words": words, "ended_at": now}
    open_still = and_(books.runs.c.number == run, books.runs.c.state == RunState.BEGUN.value)
    await connection.execute(update(books.runs).where(open_still).values(values))


async def killed(connection: AsyncConnection, books: Books, name: str) -> bool:
    """Whether a run of ``name`` was killed, or goes on, since the last one that was done."""
    asked = select(books.runs.c.number).where(books.whose == name, _unresolved(books)).limit(1)
    return (await connection.execute(asked)).first() is not None


async def runs(connection: AsyncConnection, books: Books, name: str, most: int) -> Sequence[Row[Any]]:
    """Newest first."""
    asked = select(books.runs).where(books.whose == name).order_by(books.runs.c.number.desc()).limit(most)
    return (await connection.execute(asked)).all()


async def run(connection: AsyncConnection, books: Books, number: int) -> Row[Any] | None:
    """The one of that number."""
    return (await connection.execute(select(books.runs).where(books.runs.c.number == number))).one_or_none()


async def old(connection: AsyncConnection, books: Books, before: datetime) -> Sequence[int]:
    """Runs that began before an instant and that nothing depends on any more."""
    run = books.runs.c
    asked = select(run.number).where(run.begun_at < before, not_(_unresolved(books))).order_by(run.number)
    return (await connection.scalars(asked)).all()


async def drop(connection: AsyncConnection, books: Books, run: int, most: int) -> bool:
    """As many steps of a run; the run itself when it has none left: whether that was so."""
    step = books.steps.c
    some = select(step.number).where(step.run == run).limit(most)
    gone = await connection.execute(delete(books.steps).where(step.number.in_(some)))
    if gone.rowcount == most:
        return False
    await connection.execute(delete(books.runs).where(books.runs.c.number == run))
    return True


def _unresolved(books: Books) -> ColumnElement[bool]:
    run = books.runs.c
    return and_(run.state.in_(_KILLED), run.number > func.coalesce(_last_done(books), 0))


def _last_done(books: Books) -> ScalarSelect[Any]:
    other = books.runs.alias()
    of, run = other.c[books.of], other.c
    done = and_(of == books.whose, run.state == RunState.DONE.value, run.kind.in_(books.whole))
    return select(func.max(run.number)).where(done).correlate(books.runs).scalar_subquery()
