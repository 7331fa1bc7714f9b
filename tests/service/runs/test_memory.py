"""Tests of service/runs/memory.py: runs end once, are pruned where nothing needs them, and one holder has a lease."""

from datetime import timedelta

from service.runs import journal, leases
from service.runs.journal import Books
from service.runs.memory import RunMemory
from service.runs.states import RunState
from service.state.columns import METADATA
from service.state.database import Database
from tests.service.runs.kept import NOON, Time
from tests.service.runs.test_journal import books, made

DAY = timedelta(days=1)


class Memory(RunMemory):
    """Of something that is nobody's."""

    async def begin(self, kept: Books, name: str) -> int:
        """A new run."""
        async with self._database.writing() as connection:
            return await journal.begin(connection, kept, name, "whole", "", self._clock())


async def test_runs_end_once_and_are_pruned_where_nothing_needs_them(url: str) -> None:
    kept, time = books(), Time()
    table = leases.leases("test_leases", "name")
    METADATA.remove(table)
    async with Database.open(url) as database:
        await made(database, kept)
        async with database.writing() as connection:
            await connection.run_sync(table.create)
        memory = Memory(database, kept, table, clock=time.clock)
        killed, other = await memory.begin(kept, "a"), await memory.begin(kept, "b")
        await memory.end(other, RunState.STOPPED, {"written": 1}, "by somebody")
        await memory.end(other, RunState.DONE, {})
        time.now += 9 * DAY
        assert (await memory.unfinished("a"), await memory.unfinished("b")) == (True, False)
        assert await memory.prune(DAY) == 1
        async with database.reading() as connection:
            assert await journal.run(connection, kept, other) is None
            assert await journal.run(connection, kept, killed) is not None
        assert await memory.hold("a", "one", NOON + 10 * DAY)
        assert not await memory.hold("a", "two", NOON + 10 * DAY)
        assert await memory.hold("a", "two", NOON + 10 * DAY, instead_of="one")
        assert await memory.holder("a") == "two"
        await memory.release("a", "two")
        assert await memory.holder("a") is None
