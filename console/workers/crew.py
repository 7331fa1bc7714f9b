"""Keeps as many workers serving as there are to be: starts them, starts anew whoever died, replaces them in turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from console.workers.child import Child, WorkerFailedError
from console.workers.plan import Plan
from console.workers.sockets import Given, Sockets
from service import metrics_joined
from service.metrics import Metrics
from service.metrics_joined import Joined

_log = structlog.get_logger("busyline.workers")

Start: TypeAlias = Callable[[Plan, int, Given], Awaitable[Child]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: until a worker must serve; for what it answers at its end, beside ``server.drain``; how long it may be
    silent; after how long a silence others take in who waits for it; how long it must have served for its death to be
    an accident; the longest pause between two starts.
    """

    start: float = 120.0
    end: float = 30.0
    silence: float = 60.0
    quiet: float = 5.0
    steady: float = 10.0
    pause: float = 30.0
    numbers: float = 2.0
    look: float = 1.0


class Crew:
    """:meth:`begin` it, :meth:`replace` its workers as often as wanted, and :meth:`end` it.

    A worker that ended without being told to is replaced at once if it had served for a while, else after a pause that
    doubles. A worker that says nothing for a minute hangs, and is killed. Whoever waits at the sockets of one that does
    not serve is taken in by the others meanwhile; where none serves, callers wait for the next start if that comes at
    once, and are refused during a pause. ``start`` makes a worker.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        start: Start,
        metrics: Metrics,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self._start, self._metrics, self._patience = start, metrics, patience or Patience()
        self._sleep, self._clock = sleep, clock
        self._places: dict[int, Child] = {}
        self._starting: set[Child] = set()
        self._leaving: set[Child] = set()
        self._refills: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sockets = Sockets()
        self._hiring: set[int] = set()
        self._joined = Joined()
        self._failures: dict[int, int] = {}
        self._restarts = 0
        self._ending = False
        self._wanted = False
        self._has_served = False
        self._count()

    def __iter__(self) -> Iterator[Child]:
        """Whoever serves now, by number."""
        return iter([self._places[number] for number in sorted(self._places)])

    @property
    def ready(self) -> bool:
        """Whether any worker takes questions."""
        return not self._ending and any(child.ready for child in self)

    def doubts(self) -> list[str]:
        """Why callers of any worker would turn away, each once; before all, that there is none."""
        return list(dict.fromkeys([*self._absence(), *(words for child in self for words in child.doubts)]))

    def _absence(self) -> list[str]:
        if self._ending or self.ready:
            return []
        return ["no worker serves now: the log says why"] if self._has_served else ["no worker serves yet"]

    async def exposition(self) -> tuple[bytes, str]:
        """Everybody's numbers as one; of whoever does not answer in two seconds, the last that it told."""
        await asyncio.gather(*(child.numbers(self._patience.numbers) for child in self._everybody().values()))
        own = metrics_joined.read(metrics_joined.snapshot(self._metrics.registry))
        now = {name: child.last for name, child in self._everybody().items()}  # who ended since is counted as gone
        return self._joined.exposition({"parent": own, **now})

    async def begin(self) -> None:
        """Start all, and wait until they serve.

        Raises WorkerFailedError where none does, or an address cannot be had: in words, each said once.
        """
        try:
            self.plan = await self._sockets.opened(self.plan)
        except OSError as error:
            raise WorkerFailedError(str(error)) from None
        numbers = range(1, self.plan.workers + 1)
        outcomes = await asyncio.gather(*(self._hire(each, self.plan) for each in numbers), return_exceptions=True)
        outcome = zip(numbers, outcomes, strict=True)
        failed = {number: each for number, each in outcome if isinstance(each, BaseException)}
        for each in failed.values():
            if not isinstance(each, WorkerFailedError):
                raise each
        if not self._places:
            raise WorkerFailedError("\n".join(dict.fromkeys(map(str, failed.values()))))
        for number, each in failed.items():
            self._failed(number, each)
        self._do(self._watch_silence())

    async def replace(self, plan: Plan) -> bool:
        """New workers for ``plan``, one by one; each serves before the old one finishes what it answers, and ends.

        False, and nothing has changed, where an address cannot be had or the first new one cannot serve: the log says
        why. Sockets at the same addresses stay.
        """
        try:
            plan = await self._sockets.opened(self._placed(plan))
        except OSError as refused:
            return self._unchanged(refused)
        for number in range(1, plan.workers + 1):
            try:
                await self._succeed(number, plan)
            except (WorkerFailedError, OSError) as failed:
                if number > 1:
                    self._failed(number, failed)  # it is tried again, and the old one serves until then
                    continue
                self._sockets.keep_only(self.plan)
                if number not in self._places:
                    self._failed(number, failed)
                return self._unchanged(failed)
        for number in [each for each in {*self._places, *self._refills} if each > plan.workers]:
            await self._close_place(number)
        return True

    def signal(self, number: int) -> None:
        """Pass it on to whoever serves."""
        for child in self:
            child.send(number)

    def capture(self, wanted: bool) -> None:
        """Whether all are to hand over what they answer; whoever is started later, too."""
        self._wanted = wanted
        for child in self:
            child.capture(wanted)

    async def end(self) -> None:
        """Have all finish what they answer, and wait until they have ended."""
        self._ending = True
        for task in (*self._refills.values(), *self._tasks):
            task.cancel()
        self._sockets.close()  # theirs are the last ones: whoever comes once they have stopped listening is refused
        everybody = {*self._places.values(), *self._leaving}
        await asyncio.gather(*(child.leave(self._longest) for child in everybody))
        await asyncio.gather(*(child.kill() for child in self._starting))

    @property
    def _longest(self) -> float:
        return self.plan.configuration.server.drain.total_seconds() + self._patience.end

    def _everybody(self) -> dict[str, Child]:
        leaving = {f"{child.number}-leaving-{child.pid}": child for child in self._leaving}
        return {str(number): child for number, child in sorted(self._places.items())} | leaving

    async def _hire(self, number: int, plan: Plan) -> Child | None:
        """A worker for ``plan`` that serves, in its place; whom it displaced is to be dismissed by the caller.

        Raises WorkerFailedError, OSError.
        """
        self._hiring.add(number)
        try:
            child = await self._begun(number, plan)
        finally:
            self._hiring.discard(number)
        old = self._vacated(number)
        self._places[number] = child
        self._has_served = True
        if self._wanted:
            child.capture(True)
        self._cover()
        self._do(self._watch(child))
        return old

    def _vacated(self, number: int) -> Child | None:
        """Whoever had this place until now, and is leaving."""
        if (old := self._places.pop(number, None)) is not None:
            self._leaving.add(old)
        return old

    async def _succeed(self, number: int, plan: Plan) -> None:
        """A new worker in this place, whose plan is in force then; the old one finishes what it answers, and ends.

        Raises WorkerFailedError, OSError.
        """
        await self._give_up(number)
        old = await self._hire(number, plan)
        self.plan = plan
        self._sockets.keep_only(plan)
        if old is not None:
            await self._dismiss(old)

    async def _close_place(self, number: int) -> None:
        await self._give_up(number)
        if (old := self._vacated(number)) is not None:
            self._cover()
            await self._dismiss(old)

    async def _begun(self, number: int, plan: Plan) -> Child:
        child = await self._start(plan, number, self._sockets.given(plan, number))
        self._starting.add(child)
        try:
            async with asyncio.timeout(self._patience.start):
                await child.listening()
        except BaseException as error:  # cancelled, even: nobody else would end it
            await child.kill()
            if isinstance(error, TimeoutError):
                raise WorkerFailedError(f"a worker did not serve within {self._patience.start:g} s") from None
            raise
        finally:
            self._starting.discard(child)
        return child

    def _cover(self) -> None:
        """Have everybody take in who waits at the sockets of those who serve no more, or not now."""
        awake = [child for child in self if self._clock() - child.spoke < self._patience.quiet]
        owned = {each for child in awake for each in child.given.owned}
        for child in self:
            child.stand_in([each.descriptor for each in child.given.lent if each not in owned and each.is_open])

    async def _watch(self, child: Child) -> None:
        """Until its end; it may have been told to."""
        words = await child.ended()
        self._joined.end(child.last)
        self._leaving.discard(child)
        if self._places.get(child.number) is not child:
            return
        del self._places[child.number]
        if self._ending:
            return
        self._cover()
        served = self._clock() - child.began
        if served >= self._patience.steady:
            self._failures.pop(child.number, None)
        _log.error("worker_ended", number=child.number, pid=child.pid, what=words, note="another one is started")
        if child.number not in self._hiring:  # else whoever hires its successor sees to it
            self._again(child.number)

    def _failed(self, number: int, error: BaseException) -> None:
        _log.error("worker_not_started", number=number, what=str(error), note="it is tried again")
        self._again(number)

    def _again(self, number: int) -> None:
        if number > self.plan.workers:
            return  # the place is about to be closed
        waiting = self._refills.get(number)
        if waiting is not None and waiting is not asyncio.current_task():
            waiting.cancel()
        failures = self._failures[number] = self._failures.get(number, 0) + 1
        pause = min(2.0 ** (failures - 2), self._patience.pause) if failures > 1 else 0.0
        self._refills[number] = asyncio.get_running_loop().create_task(self._refill(number, pause))

    async def _refill(self, number: int, pause: float) -> None:
        if pause and not (self._places or self._leaving or self._hiring):
            self._sockets.refuse()  # rather than have callers wait that long
        await self._sleep(pause)
        try:  # one that was before may serve on until a new configuration has its worker here, too
            old = await self._hire(number, self.plan)
        except (WorkerFailedError, OSError) as error:
            self._failed(number, error)
            return
        self._restarts += 1
        _log.info("worker_started", number=number, pid=self._places[number].pid)
        if old is not None:
            self._do(self._dismiss(old))  # whatever becomes of this task

    async def _give_up(self, number: int) -> None:
        """Nobody else hires for this place."""
        while (task := self._refills.pop(number, None)) is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _dismiss(self, child: Child) -> None:
        if not await child.leave(self._longest):
            note = "it was killed, with what it answered"
            _log.error("worker_would_not_end", number=child.number, pid=child.pid, note=note)

    async def _watch_silence(self) -> None:
        while True:
            await asyncio.sleep(self._patience.look)
            self._cover()
            for child in self:
                if (silence := self._clock() - child.spoke) > self._patience.silence:
                    _log.error("worker_hangs", number=child.number, pid=child.pid, seconds=round(silence))
                    await child.kill()

    def _unchanged(self, error: Exception) -> bool:
        _log.error("not_replaced", what=str(error), note="the workers serve on as they were")
        return False

    def _placed(self, plan: Plan) -> Plan:
        """At the addresses that the system chose before, where those that are written are the same."""
        known, wanted = self.plan.written, plan.written
        same = {key: real for key, real in self.plan.listening.items() if known[key] == wanted[key]}
        return plan.at(same)

    def _do(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _count(self) -> None:
        read = self._metrics.read
        read("busyline_workers", "Workers that serve now", lambda: float(len(self._places)))
        read("busyline_workers_wanted", "Workers that there are to be", lambda: float(self.plan.workers))
        words = "Workers started because one had ended without being told to"
        read("busyline_worker_restarts_total", words, lambda: float(self._restarts))
