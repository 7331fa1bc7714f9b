"""Two nodes on a real PostgreSQL: one is killed in the middle of a run, and the other carries it to its end."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.galsync.killed_run import SYNC, people_of
from bench.galsync.world import File
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run
from galsync.service import ROOM
from service.jobs import queue
from service.jobs.shared import Shared
from service.runs.states import RunState
from service.state.database import Database
from tests.clients.jobs_node import clock
from tests.clients.postgresql import PostgreSQL, postgresql
from tests.service.jobs.ticking import Diary, Time

pytestmark = pytest.mark.client

_PATIENCE = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """One for all tests of this file."""
    with postgresql() as running:
        yield running


@asynccontextmanager
async def node(url: str, folder: Path, name: str, point: int = 0) -> AsyncIterator[Process]:
    """A process that serves, killed at the end of the block at the latest."""
    line = (sys.executable, "-m", "tests.clients.jobs_node", url, str(folder), name, str(point))
    process = await asyncio.create_subprocess_exec(*line, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        await heard(process, "ready")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def heard(process: Process, event: str) -> None:
    """When it tells of ``event``. AssertionError where it ends before."""
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE):
        async for line in process.stdout:
            if line.decode().strip() == event:
                return
    raise AssertionError(f"it ended before it was {event}")


async def asked_for(url: str) -> None:
    """A run of the sync, by whichever node is free."""
    async with queue.opened(url) as app:
        time = Time()
        assert await Shared([Diary(time).job(SYNC)], time.works(), app, room=ROOM).run_now(SYNC)


async def over(url: str) -> list[Run]:
    """The history, once nothing is in the queue any more."""
    async with asyncio.timeout(_PATIENCE), queue.opened(url) as app:
        while await app.job_manager.list_jobs_async():
            """Somebody runs it, or will."""
    async with Database.open(url) as database:
        return await Ledger(database, clock=clock).runs(SYNC)


@pytest.mark.parametrize("point", [1, 4, 9])
async def test_a_node_that_is_killed_in_a_run_hands_it_over(server: PostgreSQL, tmp_path: Path, point: int) -> None:
    url = server.database()
    async with node(url, tmp_path, "first", point) as first:
        await asked_for(url)
        await heard(first, "hanging")
        async with node(url, tmp_path, "second"):
            first.kill()
            runs = await over(url)
    assert [run.state for run in runs] == [RunState.DONE, RunState.ABANDONED]
    await all_stand_once(url, tmp_path)


async def test_both_live_and_one_runs_it(server: PostgreSQL, tmp_path: Path) -> None:
    url = server.database()
    async with node(url, tmp_path, "first"), node(url, tmp_path, "second"):
        await asked_for(url)
        runs = await over(url)
    assert [run.state for run in runs] == [RunState.DONE]
    await all_stand_once(url, tmp_path)


async def all_stand_once(url: str, folder: Path) -> None:
    """Everybody of the source, each once, and the ledger knows them all."""
    wanted = {f"hr:{anchor}": str(person.primary) for anchor, person in people_of(1, 0).items()}
    world = File(folder / "world.db")
    standing = [(held.stamp.anchor, str(held.address)) for held in world.standing("") if held.stamp]
    world.close()
    assert sorted(standing) == sorted(wanted.items())
    async with Database.open(url) as database:
        agreed = await Ledger(database, clock=clock).agreements(SYNC, "")
    assert {anchor: agreement.address for anchor, agreement in agreed.items()} == wanted
