"""Tests of service/runs/journal.py: one run at a time goes on, and what is old is dropped where nothing needs it."""

from datetime import timedelta

from sqlalchemy import Column, Table, Text, insert, select

from service.runs import journal
from service.runs.journal import Books, End, runs_table
from service.runs.states import RunState, StepState
from service.state.columns import METADATA, ROW_NUMBER, Plain
from service.state.database import Database
from tests.service.runs.kept import NOON

DAY = timedelta(days=1)
EMPTY = {"state": StepState.BEGUN.value, "words": "", "key": "old"}


def books() -> Books:
    """Of something that is nobody's; not to stay in the metadata."""
    runs = runs_table("test_runs", "of")
    steps = Table(
        "test_steps",
        METADATA,
        Column("number", ROW_NUMBER, primary_key=True),
        Column("run", ROW_NUMBER, nullable=False),
        Column("state", Text, nullable=False),
        Column("words", Plain, nullable=False),
        Column("key", Plain, nullable=False),
        sqlite_autoincrement=True,
    )
    METADATA.remove(runs)
    METADATA.remove(steps)
    return Books(runs=runs, steps=steps, of="of", whole=("whole",))


async def made(database: Database, kept: Books) -> None:
    async with database.writing() as connection:
        await connection.run_sync(kept.runs.create)
        await connection.run_sync(kept.steps.create)


async def test_whoever_begins_takes_the_place_of_whoever_never_ended(url: str) -> None:
    kept = books()
    async with Database.open(url) as database:
        await made(database, kept)
        async with database.writing() as connection:
            first = await journal.begin(connection, kept, "a", "whole", "", NOON)
            other = await journal.begin(connection, kept, "b", "whole", "", NOON)
            second = await journal.begin(connection, kept, "a", "whole", "again", NOON)
            assert await journal.going_on(connection, kept, first) == ("a", False)
            assert await journal.going_on(connection, kept, other) == ("b", True)
            assert await journal.going_on(connection, kept, second) == ("a", True)
            await journal.end(connection, kept, first, RunState.DONE, {}, "", NOON)
            await journal.end(connection, kept, second, RunState.DONE, {"written": 2}, "", NOON)
            told = [(row.number, row.state) for row in await journal.runs(connection, kept, "a", 9)]
            assert told == [(second, "done"), (first, "abandoned")]
            found = await journal.run(connection, kept, second)
            assert found is not None
            assert (found.note, found.counts) == ("again", b'{"written":2}')


async def test_a_kill_is_forgotten_once_a_run_that_looks_at_everything_was_done(url: str) -> None:
    kept = books()
    async with Database.open(url) as database:
        await made(database, kept)
        async with database.writing() as connection:
            killed = [await journal.begin(connection, kept, "a", "whole", "", NOON - 9 * DAY) for _ in range(2)]
            assert await journal.killed(connection, kept, "a")
            assert not await journal.killed(connection, kept, "b")
            partly = await journal.begin(connection, kept, "a", "part", "", NOON - 8 * DAY)
            await journal.end(connection, kept, partly, RunState.DONE, {}, "", NOON)
            assert await journal.killed(connection, kept, "a")
            assert await journal.old(connection, kept, NOON) == [partly]
            whole = await journal.begin(connection, kept, "a", "whole", "", NOON)
            await journal.end(connection, kept, whole, RunState.DONE, {}, "", NOON)
            assert not await journal.killed(connection, kept, "a")
            assert await journal.old(connection, kept, NOON) == [*killed, partly]


async def test_numbers_rise_and_a_run_is_dropped_a_few_steps_at_a_time(url: str) -> None:
    kept = books()
    async with Database.open(url) as database:
        await made(database, kept)
        async with database.writing() as connection:
            run = await journal.begin(connection, kept, "a", "whole", "", NOON)
            numbers: list[int] = []
            for many in (3, 4):
                given = await journal.numbers(connection, kept, many)
                await connection.execute(insert(kept.steps), [{"number": each, "run": run, **EMPTY} for each in given])
                numbers += given
            assert numbers == sorted({*numbers})
            assert [await journal.drop(connection, kept, run, 3) for _ in range(3)] == [False, False, True]
            assert await journal.run(connection, kept, run) is None


async def test_what_became_of_a_step_names_it_anew_where_it_has_another_name(url: str) -> None:
    kept = books()
    async with Database.open(url) as database:
        await made(database, kept)
        async with database.writing() as connection:
            numbers = await journal.numbers(connection, kept, 3)
            await connection.execute(insert(kept.steps), [{"number": each, "run": 1, **EMPTY} for each in numbers])
            ends = {
                numbers[0]: End(StepState.DONE, key="new\0"),
                numbers[2]: End(StepState.FAILED, "half \ud83d of it"),
            }
            await journal.became(connection, kept, ends)
            await journal.became(connection, kept, {})
            step = kept.steps.c
            rows = await connection.execute(select(step.state, step.words, step.key).order_by(step.number))
            assert [tuple(row) for row in rows] == [
                ("done", "", "new\ufffd"),
                ("begun", "", "old"),
                ("failed", "half \ufffd of it", "old"),
            ]
