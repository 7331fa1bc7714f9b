"""Waits for whatever is due next: one loop for all jobs, that catches up once on what was missed."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random as _random
from typing import Final, TypeAlias

import structlog

from service.jobs.cron import Schedule
from service.jobs.job import Job

_LOOK: Final = timedelta(minutes=1)
"""No longer sleep than this: a clock that was set, or a machine that slept, is noticed."""
_log = structlog.get_logger("busyline.jobs")

Start: TypeAlias = Callable[[Job, datetime, bool], Awaitable[None]]
"""Starts a job that is due at an instant, without waiting for its end; True: it is owed since an earlier time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """``clock`` tells aware UTC, ``sleep`` takes seconds, ``random`` gives 0 to 1. Jobs start up to ``jitter`` late, so
    that all who wrote the same schedule do not ask the same peer at once."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    random: Callable[[], float] = _random
    jitter: timedelta = timedelta()


class Timetable:
    """Calls ``start`` for each of ``jobs`` when its time has come; once, however many times were missed."""

    def __init__(self, jobs: Iterable[Job], start: Start, works: Clockwork) -> None:
        self._jobs = {job.name: job for job in jobs if job.schedule is not None}
        self._start, self._clock, self._sleep = start, works.clock, works.sleep
        self._random, self._jitter = works.random, works.jitter
        self._due: dict[str, datetime] = {}
        self._at: dict[str, datetime] = {}

    async def serve(self) -> None:
        """Until it is cancelled. Raises what ``owed`` of a job and ``start`` raise."""
        for job in self._jobs.values():
            await self._first(job)
        while self._at:
            name = min(self._at, key=lambda each: self._at[each])
            await self._until(self._at[name])
            job, due = self._jobs[name], self._due[name]
            self._next(job, max(due, self._clock()))
            await self._start(job, due, False)
        await self._sleep_for_ever()

    async def _first(self, job: Job) -> None:
        now = self._clock()
        self._next(job, now)
        latest = _schedule(job).latest(now)
        if await job.owed(latest):
            _log.info("job_owed", job=job.name, due=latest.isoformat())
            await self._start(job, latest, True)

    def _next(self, job: Job, after: datetime) -> None:
        due = _schedule(job).following(after)
        self._due[job.name] = due
        self._at[job.name] = due + self._random() * self._jitter

    async def _until(self, instant: datetime) -> None:
        while (left := instant - self._clock()) > timedelta():
            await self._sleep(min(left, _LOOK).total_seconds())

    async def _sleep_for_ever(self) -> None:
        while True:
            await self._sleep(_LOOK.total_seconds())


def _schedule(job: Job) -> Schedule:
    assert job.schedule is not None
    return job.schedule
