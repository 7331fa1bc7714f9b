"""Tests of service/jobs/timetable.py: what is due next, how late, and what was missed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from service.jobs.job import Job
from service.jobs.timetable import Timetable
from tests.service.jobs.ticking import NOON, Diary, Time


class _FullError(Exception):
    """Enough was seen."""


async def started(
    time: Time, *jobs: Job, most: int, random: float = 0.0, jitter: int = 0, pause: timedelta = timedelta()
) -> list[tuple[str, str, str, bool]]:
    """Of each start: which, when it was due, when it came, whether it was owed. ``pause`` is what each takes."""
    seen: list[tuple[str, str, str, bool]] = []

    async def start(job: Job, due: datetime, owed: bool) -> None:
        seen.append((job.name, f"{due:%d %H:%M}", f"{time.now:%d %H:%M:%S}", owed))
        time.now += pause
        if len(seen) == most:
            raise _FullError

    with pytest.raises(_FullError):
        await Timetable(jobs, start, time.works(random=random, jitter=timedelta(seconds=jitter))).serve()
    return seen


async def test_each_in_its_turn() -> None:
    time = Time()
    diary = Diary(time)
    assert await started(time, diary.job("a", "0 13 * * *"), diary.job("b", "30 * * * *"), most=4) == [
        ("b", "02 12:30", "02 12:30:00", False),
        ("a", "02 13:00", "02 13:00:00", False),
        ("b", "02 13:30", "02 13:30:00", False),
        ("b", "02 14:30", "02 14:30:00", False),
    ]
    assert max(time.slept) <= 60  # a clock that is set is noticed


async def test_jitter_moves_the_start_and_not_what_follows() -> None:
    time = Time()
    job = Diary(time).job("a", "*/10 * * * *")
    assert await started(time, job, most=2, random=0.5, jitter=90) == [
        ("a", "02 12:10", "02 12:10:45", False),
        ("a", "02 12:20", "02 12:20:45", False),
    ]


async def test_what_is_owed_comes_first_and_once() -> None:
    time = Time()
    diary = Diary(time)
    assert await started(time, diary.job("a", "0 3 * * *", owed=True), diary.job("b", "0 3 * * *"), most=2) == [
        ("a", "02 03:00", "02 12:00:00", True),
        ("a", "03 03:00", "03 03:00:00", False),
    ]


async def test_many_times_that_were_slept_through_are_one() -> None:
    time = Time()
    job = Diary(time).job("a", "*/10 * * * *")
    seen = await started(time, job, most=3, pause=timedelta(hours=5, minutes=3))
    assert [(due, at) for _, due, at, _ in seen] == [
        ("02 12:10", "02 12:10:00"),
        ("02 12:20", "02 17:13:00"),
        ("02 17:20", "02 22:16:00"),
    ]


async def test_without_a_schedule_nothing_is_due() -> None:
    time = Time()

    async def start(job: Job, due: datetime, owed: bool) -> None:
        raise AssertionError(job.name)

    async def sleep(seconds: float) -> None:
        await time.sleep(seconds)
        if time.now > NOON + timedelta(days=1):
            raise _FullError

    with pytest.raises(_FullError):
        await Timetable([Diary(time).job("a")], start, replace(time.works(), sleep=sleep)).serve()
