"""Tests of service/jobs/shared.py, with a real PostgreSQL: one run at a time over all nodes, and who takes over."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from service.jobs import queue
from service.jobs.job import Job, Ran
from service.jobs.shared import Rhythm, Shared
from service.jobs.timetable import Clockwork
from tests.clients.postgresql import PostgreSQL
from tests.service.jobs.ticking import Diary, Time

QUICK = Rhythm(
    beat=timedelta(milliseconds=100),
    dead_after=timedelta(seconds=1),
    pause=timedelta(milliseconds=100),
    look=timedelta(milliseconds=100),
)


class _Morning:
    """A clock that runs from a minute before three; sleeping takes as long as it says, or up to three o'clock."""

    def __init__(self) -> None:
        self.begun = datetime.now(UTC)
        self.skipped = timedelta()

    def clock(self) -> datetime:
        """A day in March."""
        return datetime(2026, 3, 2, 2, 59, tzinfo=UTC) + (datetime.now(UTC) - self.begun) + self.skipped

    async def sleep(self, seconds: float) -> None:
        """What the timetable waits for is skipped; what the nodes wait for is not."""
        if seconds > 1:
            left = datetime(2026, 3, 2, 3, tzinfo=UTC) - self.clock()
            self.skipped += max(left, timedelta())
        await asyncio.sleep(min(seconds, 0.1))


@asynccontextmanager
async def node(url: str, jobs: Iterable[Job], works: Clockwork | None = None) -> AsyncIterator[Shared]:
    """One of several, until the block ends."""
    morning = _Morning()
    async with queue.opened(url) as app:
        works = works or Clockwork(clock=morning.clock, sleep=morning.sleep)
        shared = Shared(jobs, works, app, room="galsync", rhythm=QUICK)
        serving = asyncio.create_task(shared.serve())
        try:
            yield shared
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def waiting(url: str) -> list[tuple[str, int]]:
    """What is in the queue: by status, with how often it was tried."""
    async with queue.opened(url) as app:
        return [(job.status or "", job.attempts) for job in await app.job_manager.list_jobs_async()]


async def test_what_is_due_on_two_nodes_runs_once(server: PostgreSQL) -> None:
    url, diary = server.database(), Diary(Time())
    jobs = [diary.job("a", "0 3 * * *")]
    async with node(url, jobs), node(url, jobs) as second:
        await asyncio.wait_for(diary.until(1), 30)
        assert await second.run_now("a")
        await asyncio.wait_for(diary.until(2), 30)
    assert await waiting(url) == []
    assert len(diary.ran) == 2


async def test_of_two_nodes_one_runs_a_job_while_the_other_waits(server: PostgreSQL) -> None:
    url, diary, enough = server.database(), Diary(Time()), asyncio.Event()
    now = most = 0

    async def during() -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await enough.wait()
        now -= 1

    jobs = [diary.job("a", during=during)]
    async with node(url, jobs) as first, node(url, jobs) as second:
        assert await first.run_now("a")
        await asyncio.wait_for(diary.until(1), 30)
        assert await second.run_now("a")
        assert not await first.run_now("a")  # it waits already
        enough.set()
        await asyncio.wait_for(diary.until(2), 30)
    assert (most, len(diary.ran)) == (1, 2)


async def test_a_node_that_stops_hands_over_at_once(server: PostgreSQL) -> None:
    url, diary, ended = server.database(), Diary(Time()), asyncio.Event()

    async def slowly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with node(url, [diary.job("a", during=slowly)]) as first:
        await first.run_now("a")
        await asyncio.wait_for(diary.until(1), 30)
    assert ended.is_set()
    assert await waiting(url) == [("todo", 1)]
    async with node(url, [diary.job("a")]):
        await asyncio.wait_for(diary.until(2), 30)
    assert await waiting(url) == []


@pytest.mark.parametrize(("ran", "times"), [(Ran.AGAIN, 3), (Ran.ENDED, 1), (Ran.BUSY, 1)])
async def test_what_cannot_run_is_tried_again_and_what_is_busy_is_not(server: PostgreSQL, ran: Ran, times: int) -> None:
    url, diary = server.database(), Diary(Time(), ran, ran)
    async with node(url, [diary.job("a"), diary.job("b")]) as first:
        await first.run_now("a")
        await asyncio.wait_for(diary.until(times), 30)
    assert await waiting(url) == []


async def test_what_is_owed_and_busy_is_tried_until_it_is_not(server: PostgreSQL) -> None:
    url, diary = server.database(), Diary(Time(), Ran.BUSY, Ran.BUSY)
    async with node(url, [diary.job("a", "0 3 * * *", owed=True)]):
        await asyncio.wait_for(diary.until(3), 30)


async def test_a_sync_that_a_node_does_not_know_is_left_to_the_others(server: PostgreSQL) -> None:
    url, diary = server.database(), Diary(Time())
    async with node(url, [diary.job("b")]) as first:
        async with queue.opened(url) as app:
            other = Shared([diary.job("a")], Time().works(), app, room="galsync")
            assert await other.run_now("a")
        await first.run_now("b")
        await asyncio.wait_for(diary.until(1), 30)
    assert [name for name, _ in diary.ran] == ["b"]
    assert await waiting(url) == [("todo", 0)]


async def test_what_a_node_could_not_say_has_ended_is_not_left_for_ever(server: PostgreSQL) -> None:
    url, diary = server.database(), Diary(Time())
    async with node(url, [diary.job("a"), diary.job("b")]) as first:
        await first.run_now("b")
        await asyncio.wait_for(diary.until(1), 30)
        given = """'{"name": "a", "owed": false, "timestamp": 0}'"""
        values = f"'galsync.a', 'busyline.run.galsync', 'galsync.a', {given}, 'doing', max(id)"
        columns = "queue_name, task_name, lock, args, status, worker_id"
        server.command(
            f"SET search_path = {queue.SCHEMA}; INSERT INTO procrastinate_jobs ({columns}) "
            f"SELECT {values} FROM procrastinate_workers",
            url.rpartition("/")[2],
        )
        await asyncio.wait_for(diary.until(2), 30)
    assert [name for name, _ in diary.ran] == ["b", "a"]


async def test_it_outlives_a_restart_of_the_database(server: PostgreSQL) -> None:
    url, diary = server.database(), Diary(Time())
    async with node(url, [diary.job("a")]) as first:
        await first.run_now("a")
        await asyncio.wait_for(diary.until(1), 30)
        while await waiting(url):
            """It has ended."""
        server.stop()
        server.start()
        await first.run_now("a")
        await asyncio.wait_for(diary.until(2), 60)
