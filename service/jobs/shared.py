"""Jobs of several nodes: who is free runs what is due, one run of a kind at a time; who dies hands its work over."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.jobs import Job as Queued
from procrastinate.jobs import JobDeferrer, Status

from service.jobs.job import Job, Ran
from service.jobs.timetable import Clockwork, Timetable
from service.runs.together import side_by_side

_TASK: Final = "busyline.run"
_TRIES: Final = 20
"""How often a job is run whose needs are not there."""
_WAITING: Final = Status("todo")
_RUNNING: Final = Status("doing")
_log = structlog.get_logger("busyline.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How soon things are noticed: each node says every ``beat`` that it lives, and counts as dead ``dead_after``.

    ``pause`` is before what could not run, or was handed over while its lease runs, is tried again; ``look``, how often
    the queue is looked at where nothing was told of it.
    """

    beat: timedelta = timedelta(seconds=10)
    dead_after: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=15)
    look: timedelta = timedelta(seconds=5)


class _LaterError(Exception):
    """The job could not run for the moment."""


class Shared:
    """Starts ``jobs`` on whichever node is free; ``room`` (galsync) keeps them apart from others of the same names.

    ``app`` is of :func:`service.jobs.queue.opened`. Every node tells the queue what is due, and the first counts. A run
    of a node that died is begun anew by another: the lease of whatever it does has to keep it from being done twice.
    ``at_once`` is how many jobs this node runs at the same time.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        works: Clockwork,
        app: App,
        *,
        room: str,
        at_once: int = 4,
        rhythm: Rhythm = Rhythm(),
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._app, self._room, self._at_once, self._rhythm = app, room, at_once, rhythm
        self._sleep = works.sleep
        self._running: set[int | None] = set()
        self._workers: set[int | None] = set()
        self._left: set[int | None] = set()
        self._task = app.task(name=f"{_TASK}.{room}", pass_context=True, retry=_Again(rhythm.pause))(self._run)
        self._timetable = Timetable(self._jobs.values(), self._due, works)

    async def serve(self) -> None:
        """As :class:`service.jobs.job.Jobs` has it; what was running is handed over. Raises what ``owed`` raises."""
        await side_by_side((self._timetable.serve(), self._work(), self._take_over()))

    async def run_now(self, name: str) -> bool:
        """As :class:`service.jobs.job.Jobs` has it; on whichever node is free. Raises ConnectorException."""
        if await self._queued(self._jobs[name], _WAITING):
            return False
        await self._deferrer(self._jobs[name]).defer_async(name=name, owed=False, timestamp=0)
        return True

    async def _due(self, job: Job, due: datetime, owed: bool) -> None:
        while True:
            try:
                return await self._queue(job, due, owed=owed)
            except ConnectorException:
                _log.warning("queue_away", note="the database of [state] does not answer: what is due waits for it")
                await self._sleep(self._rhythm.pause.total_seconds())

    async def _queue(self, job: Job, due: datetime, *, owed: bool) -> None:
        if await self._queued(job, _WAITING):
            _log.warning("job_still_waiting", job=job.name, note="it was due again: let it run less often")
            return
        if owed and await self._queued(job, _RUNNING):
            return  # another node runs it, or this one will take it over
        at = int(due.timestamp())
        deferrer = self._deferrer(job, {"name": job.name, "owed": owed, "timestamp": at})
        await self._app.job_manager.defer_periodic_job(deferrer.job, periodic_id=job.name, defer_timestamp=at)

    async def _queued(self, job: Job, status: Status) -> bool:
        """Whether it is in the queue, where nobody runs it yet (_WAITING), or somebody does (_RUNNING)."""
        lock = self._queue_name(job.name)
        return bool(list(await self._app.job_manager.list_jobs_async(lock=lock, status=status.value)))

    def _deferrer(self, job: Job, given: dict[str, Any] | None = None) -> JobDeferrer:
        name = self._queue_name(job.name)
        return self._task.configure(queue=name, lock=name, task_kwargs=given)

    def _queue_name(self, name: str) -> str:
        return f"{self._room}.{name}"  # each its own, so that a node without this sync leaves it to the others

    async def _run(self, context: JobContext, name: str, owed: bool, timestamp: int) -> None:
        job, tried = self._jobs[name], context.job.attempts
        self._workers.add(context.job.worker_id)
        self._running.add(context.job.id)
        try:
            ran = await job.run()
        finally:
            self._running.discard(context.job.id)
        if (ran is Ran.BUSY and (owed or tried)) or (ran is Ran.AGAIN and tried < _TRIES):
            raise _LaterError

    async def _work(self) -> None:
        """Run what is in the queue; where the database goes away, come back with it."""
        rhythm = self._rhythm
        while True:
            try:
                await self._app.run_worker_async(
                    queues=[self._queue_name(name) for name in self._jobs],
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=0,  # a run ends the calls in flight, and another node goes on with it
                    delete_jobs="always",  # the ledger keeps the history
                    fetch_job_polling_interval=rhythm.look.total_seconds(),
                    update_heartbeat_interval=rhythm.beat.total_seconds(),
                    stalled_worker_timeout=rhythm.dead_after.total_seconds(),
                )
            except ConnectorException:
                _log.warning("queue_away", note="the database of [state] does not answer: jobs wait for it")
            await self._sleep(rhythm.pause.total_seconds())

    async def _take_over(self) -> None:
        """Put back into the queue what a dead node was running, and what this one left there."""
        jobs = self._app.job_manager
        while True:
            await self._sleep(self._rhythm.beat.total_seconds())
            try:
                for queued in await self._stalled():
                    await jobs.retry_job(queued)
                    _log.warning("job_taken_over", job=queued.task_kwargs["name"], note="whoever ran it is gone")
            except ConnectorException:
                _log.info("job_not_taken_over", note="another node was quicker, or the database is away")

    async def _stalled(self) -> list[Queued]:
        """What nobody runs although it has begun: its node died, or could not say that it has ended."""
        jobs, seconds = self._app.job_manager, self._rhythm.dead_after.total_seconds()
        stalled = list(await jobs.get_stalled_jobs(seconds_since_heartbeat=seconds))
        doing = [each for each in await jobs.list_jobs_async(status=_RUNNING.value) if self._lost(each)]
        before, self._left = self._left, {each.id for each in doing}
        stalled += [each for each in doing if each.id in before]  # one that has just ended is no longer there
        mine = {self._queue_name(name) for name in self._jobs}
        return list({each.id: each for each in stalled if each.queue in mine}.values())

    def _lost(self, queued: Queued) -> bool:
        return queued.worker_id in self._workers and queued.id not in self._running


class _Again(BaseRetryStrategy):
    """What could not run is tried later; what ended with its node, at once, by another."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause

    def get_retry_decision(self, *, exception: BaseException, job: Queued) -> RetryDecision | None:
        if isinstance(exception, _LaterError):
            return RetryDecision(retry_in={"seconds": max(1, round(self._pause.total_seconds()))})
        if isinstance(exception, (asyncio.CancelledError, JobAborted)):
            return RetryDecision()
        return None
