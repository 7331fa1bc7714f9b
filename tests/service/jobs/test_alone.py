"""Tests of service/jobs/alone.py: each job once at a time, what was owed until it has run, and a clean end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from service.jobs.alone import TRIES, Alone
from service.jobs.job import Job, Ran
from tests.service.jobs.ticking import Diary, Time


@asynccontextmanager
async def serving(time: Time, *jobs: Job) -> AsyncIterator[Alone]:
    alone = Alone(jobs, time.works())
    task = asyncio.create_task(alone.serve())
    try:
        yield alone
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_runs_when_it_is_due() -> None:
    time = Time()
    diary = Diary(time)
    async with serving(time, diary.job("a", "0 * * * *"), diary.job("b", "30 12 * * *")):
        assert await diary.until(3) == [("b", "12:30:00"), ("a", "13:00:00"), ("a", "14:00:00")]


async def test_it_runs_at_once_when_asked_and_not_twice() -> None:
    time, gate = Time(), asyncio.Event()
    diary = Diary(time)
    async with serving(time, diary.job("a", during=gate.wait)) as alone:
        assert await alone.run_now("a")
        assert not await alone.run_now("a")
        await diary.until(1)
        gate.set()
        for _ in range(5):  # it ends
            await asyncio.sleep(0)
        assert await alone.run_now("a")
        await diary.until(2)
    with pytest.raises(KeyError):
        await alone.run_now("b")


async def test_what_still_runs_when_it_is_due_again_is_said() -> None:
    time, gate = Time(), asyncio.Event()
    diary = Diary(time)
    with capture_logs() as lines:
        async with serving(time, diary.job("a", "0 * * * *", during=gate.wait), diary.job("b", "30 14 * * *")):
            assert await diary.until(2) == [("a", "13:00:00"), ("b", "14:30:00")]
    assert [line["event"] for line in lines] == ["job_still_running"]


async def test_what_is_owed_and_busy_is_tried_until_it_is_not() -> None:
    time = Time()
    diary = Diary(time, *[Ran.BUSY] * (TRIES + 5))
    async with serving(time, diary.job("a", "0 3 * * *", owed=True)):
        await diary.until(TRIES + 6)


async def test_what_is_busy_by_chance_is_left_to_whoever_has_it() -> None:
    time = Time()
    diary = Diary(time, Ran.BUSY)
    async with serving(time, diary.job("a", "0 * * * *")):
        assert await diary.until(2) == [("a", "13:00:00"), ("a", "14:00:00")]


async def test_what_cannot_run_is_tried_some_times() -> None:
    time = Time()
    diary = Diary(time, *[Ran.AGAIN] * TRIES)
    with capture_logs() as lines:
        async with serving(time, diary.job("a", "0 15 * * *"), diary.job("b", "0 16 * * *")):
            seen = await diary.until(TRIES + 1)
    assert [name for name, _ in seen] == ["a"] * TRIES + ["b"]
    assert "job_given_up" in [line["event"] for line in lines]


async def test_at_the_end_what_runs_is_cancelled_and_awaited() -> None:
    time, ended = Time(), []

    async def slowly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # the calls in flight
            ended.append(True)

    diary = Diary(time)
    async with serving(time, diary.job("a", "0 * * * *", during=slowly)):
        await diary.until(1)
    assert ended == [True]
