"""Tests of service/jobs/opening.py: the state says who starts the jobs."""

from pathlib import Path

from service.jobs.alone import Alone
from service.jobs.opening import opened
from service.jobs.shared import Shared
from tests.clients.postgresql import PostgreSQL
from tests.service.jobs.ticking import Diary, Time


async def test_one_process_with_sqlite(tmp_path: Path) -> None:
    time = Time()
    diary = Diary(time)
    async with opened(f"sqlite:{tmp_path / 'state.db'}", [diary.job("a")], time.works(), room="galsync") as jobs:
        assert isinstance(jobs, Alone)
        assert await jobs.run_now("a")
        await diary.until(1)


async def test_all_nodes_with_postgresql(server: PostgreSQL) -> None:
    time = Time()
    async with opened(server.database(), [Diary(time).job("a")], time.works(), room="galsync") as jobs:
        assert isinstance(jobs, Shared)
        assert [await jobs.run_now("a") for _ in range(2)] == [True, False]
