"""Jobs of one process: each in a task of its own, at most one of a kind at a time, and ended with the process."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from service.jobs.job import Job, Ran
from service.jobs.timetable import Clockwork, Timetable

PAUSE: Final = timedelta(seconds=30)
"""Before what could not run is tried again."""
TRIES: Final = 20
"""How often, where the run is not owed since the process before this one ended."""
_log = structlog.get_logger("busyline.jobs")


class Alone:
    """Starts ``jobs`` in this process.

    What was owed at the start and is busy (the process before was killed, and its lease has not run out) is tried again
    until it is not.
    """

    def __init__(self, jobs: Iterable[Job], works: Clockwork) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._sleep = works.sleep
        self._running: dict[str, asyncio.Task[None]] = {}
        self._timetable = Timetable(self._jobs.values(), self._due, works)

    async def serve(self) -> None:
        """As :class:`service.jobs.job.Jobs` has it. Raises what ``owed`` of a job raises."""
        try:
            await self._timetable.serve()
        finally:
            running = list(self._running.values())
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def run_now(self, name: str) -> bool:
        """As :class:`service.jobs.job.Jobs` has it."""
        return self._started(self._jobs[name], owed=False)

    async def _due(self, job: Job, _: datetime, owed: bool) -> None:
        if not self._started(job, owed=owed):
            _log.warning("job_still_running", job=job.name, note="it was due again: let it run less often")

    def _started(self, job: Job, *, owed: bool) -> bool:
        if job.name in self._running:
            return False
        task = asyncio.create_task(self._run(job, owed=owed), name=f"job {job.name}")
        self._running[job.name] = task
        task.add_done_callback(partial(self._ended, job.name))
        return True

    def _ended(self, name: str, _: asyncio.Task[None]) -> None:
        del self._running[name]

    async def _run(self, job: Job, *, owed: bool) -> None:
        left = TRIES
        while left:
            ran = await job.run()
            if ran is Ran.ENDED or (ran is Ran.BUSY and not owed):
                return
            left -= ran is Ran.AGAIN
            await self._sleep(PAUSE.total_seconds())
        _log.error("job_given_up", job=job.name, note=f"it could not run {TRIES} times: it waits for its next time")
