"""Keeps as many workers serving as there are to be: starts them, starts anew whoever died, replaces them in turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from console.workers.child import Child, WorkerFailedError
from console.workers.plan import Plan
from service import metrics_joined
from service.metrics import Metrics
from service.metrics_joined import Joined

_log = structlog.get_logger("busyline.workers")

Start: TypeAlias = Callable[[Plan, int], Awaitable[Child]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: until a worker must serve; for what it answers at its end, beside ``server.drain``; how long it may be
    silent; how long it must have served for its death to be an accident; the longest pause between two starts.
    """

    start: float = 120.0
    end: float = 30.0
    silence: float = 60.0
    steady: float = 10.0
    pause: float = 30.0
    numbers: float = 2.0
    look: float = 1.0


class Crew:
    """:meth:`begin` it, :meth:`replace` its workers as often as wanted, and :meth:`end` it.

    A worker that ended without being told to is replaced at once if it had served for a while, else after a pause that
    doubles. A worker that says nothing for a minute hangs, and is killed. ``start`` makes a worker.
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
        self._joined = Joined()
        self._failures: dict[int, int] = {}
        self._restarts = 0
        self._ending = False
        self._wanted = False
        self._count()

    def __iter__(self) -> Iterator[Child]:
        """Whoever serves now, by number."""
        return iter([self._places[number] for number in sorted(self._places)])

    @property
    def ready(self) -> bool:
        """Whether any worker takes questions."""
        return not self._ending and any(child.ready for child in self)

    def doubts(self) -> list[str]:
        """Why callers of any worker would turn away, each once."""
        return list(dict.fromkeys(words for child in self for words in child.doubts))

    async def exposition(self) -> tuple[bytes, str]:
        """Everybody's numbers as one; of whoever does not answer in two seconds, the last that it told."""
        everybody = self._everybody()
        await asyncio.gather(*(child.numbers(self._patience.numbers) for child in everybody.values()))
        own = metrics_joined.read(metrics_joined.snapshot(self._metrics.registry))
        now = {name: child.last for name, child in everybody.items() if name in self._everybody()}
        return self._joined.exposition({"parent": own, **now})

    async def begin(self) -> None:
        """Start all, and wait until they serve. Raises WorkerFailedError where none does: in words, each said once."""
        numbers = list(range(1, self.plan.workers + 1))
        if self.plan.open_ended:  # where the others are to listen, the first one learns
            await self._hire(numbers.pop(0))
        outcomes = await asyncio.gather(*(self._hire(number) for number in numbers), return_exceptions=True)
        failed = {number: each for number, each in zip(numbers, outcomes, strict=True) if each is not None}
        for error in failed.values():
            if not isinstance(error, WorkerFailedError):
                raise error
        if not self._places:
            raise WorkerFailedError("\n".join(dict.fromkeys(str(error) for error in failed.values())))
        for number, error in failed.items():
            self._failed(number, error)
        self._do(self._watch_silence())

    async def replace(self, plan: Plan) -> bool:
        """New workers for ``plan``, one by one; each serves before the old one finishes what it answers, and ends.

        False, and nothing has changed, where the first new one cannot serve: the log says why.
        """
        before, self.plan = self.plan, self._placed(plan)
        for number in range(1, plan.workers + 1):
            self._give_up(number)
            old = self._places.get(number)
            try:
                await self._hire(number)
            except WorkerFailedError as error:
                if number == 1:
                    self.plan = before
                    _log.error("not_replaced", what=str(error), note="the workers serve on as they were")
                    if old is None:
                        self._failed(number, error)
                    return False
                self._failed(number, error)  # it is tried again, and the old one serves until then
                continue
            if old is not None:
                await self._dismiss(old)
        for number in [each for each in self._places if each > plan.workers]:
            self._give_up(number)
            await self._dismiss(self._places.pop(number))
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
        everybody = {*self._places.values(), *self._leaving}
        await asyncio.gather(*(child.leave(self._longest) for child in everybody))
        await asyncio.gather(*(child.kill() for child in self._starting))

    @property
    def _longest(self) -> float:
        return self.plan.configuration.server.drain.total_seconds() + self._patience.end

    def _everybody(self) -> dict[str, Child]:
        leaving = {f"{child.number}-leaving-{child.pid}": child for child in self._leaving}
        return {str(number): child for number, child in sorted(self._places.items())} | leaving

    async def _hire(self, number: int) -> None:
        """A worker that serves, in its place. Raises WorkerFailedError."""
        child = await self._start(self.plan, number)
        self._starting.add(child)
        try:
            async with asyncio.timeout(self._patience.start):
                listening = await child.listening()
        except TimeoutError:
            raise WorkerFailedError(f"a worker did not serve within {self._patience.start:g} s") from None
        finally:
            if not child.ready:
                await child.kill()
            self._starting.discard(child)
        if self.plan.open_ended:
            self.plan = self.plan.at(listening)
        old = self._places.get(number)
        if old is not None:
            self._leaving.add(old)
        self._places[number] = child
        if self._wanted:
            child.capture(True)
        self._do(self._watch(child))

    async def _watch(self, child: Child) -> None:
        """Until its end; it may have been told to."""
        words = await child.ended()
        self._joined.end(child.last)
        self._leaving.discard(child)
        if self._places.get(child.number) is not child or self._ending:
            return
        del self._places[child.number]
        served = self._clock() - child.began
        if served >= self._patience.steady:
            self._failures.pop(child.number, None)
        _log.error("worker_ended", number=child.number, pid=child.pid, what=words, note="another one is started")
        self._again(child.number)

    def _failed(self, number: int, error: BaseException) -> None:
        _log.error("worker_not_started", number=number, what=str(error), note="it is tried again")
        self._again(number)

    def _again(self, number: int) -> None:
        failures = self._failures[number] = self._failures.get(number, 0) + 1
        pause = min(2.0 ** (failures - 2), self._patience.pause) if failures > 1 else 0.0
        self._refills[number] = asyncio.get_running_loop().create_task(self._refill(number, pause))

    async def _refill(self, number: int, pause: float) -> None:
        await self._sleep(pause)
        old = self._places.get(number)  # one that serves on until a new configuration has its worker here, too
        try:
            await self._hire(number)
        except (WorkerFailedError, OSError) as error:
            self._failed(number, error)
            return
        self._restarts += 1
        _log.info("worker_started", number=number, pid=self._places[number].pid)
        if old is not None:
            await self._dismiss(old)

    def _give_up(self, number: int) -> None:
        if (task := self._refills.pop(number, None)) is not None:
            task.cancel()

    async def _dismiss(self, child: Child) -> None:
        self._leaving.add(child)
        if not await child.leave(self._longest):
            note = "it was killed, with what it answered"
            _log.error("worker_would_not_end", number=child.number, pid=child.pid, note=note)

    async def _watch_silence(self) -> None:
        while True:
            await asyncio.sleep(self._patience.look)
            for child in self:
                if (silence := self._clock() - child.spoke) > self._patience.silence:
                    _log.error("worker_hangs", number=child.number, pid=child.pid, seconds=round(silence))
                    await child.kill()

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
