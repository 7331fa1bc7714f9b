"""`busyline serve` with several workers: the parent, which answers no question itself, holds them together."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
import uvloop

from console.configuration import ConfigurationError
from console.start_errors import listened, refusals
from console.terminal import EndingError
from console.workers.child import WorkerFailedError, started
from console.workers.crew import Crew
from console.workers.plan import KEYS, Plan
from console.workers.remembering import Remembering
from console.workers.sockets import Given
from proxy.wiring import Overseer
from service import logs
from service.addresses import ListenAddress
from service.metrics import Metrics

_LOOK: Final = 0.2  # seconds until the workers learn that a capture begins or ends
_log = structlog.get_logger("busyline.serve")


def run(plan: Plan, *, again: Callable[[], Plan], flush: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``again`` reads the configuration anew for SIGUSR1.

    Raises EndingError where no worker can serve, OSError where the metrics cannot be served.
    """
    uvloop.run(_Parent(plan, again, flush).run())


@dataclass(slots=True)
class _Once:
    """What stands once beside the workers, where that was to listen, and how to take it away."""

    overseer: Overseer
    wanted: tuple[ListenAddress, ...]
    stack: AsyncExitStack


class _Parent:
    def __init__(self, plan: Plan, again: Callable[[], Plan], flush: Callable[[], None]) -> None:
        self._again, self._flush = again, flush
        self._metrics = Metrics()
        self._remembering = Remembering()
        self._crew = Crew(plan, start=self._start, metrics=self._metrics)
        self._once: _Once | None = None
        self._stop, self._replace = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        logs.hear(loop)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, partial(self._crew.signal, signal.SIGHUP))
        loop.add_signal_handler(signal.SIGUSR1, self._replace.set)
        if refused := await refusals(listened(self._crew.plan.configuration.server)):
            raise EndingError("Busyline cannot start: " + "\n".join(refused))
        self._once = await self._opened(self._crew.plan)
        try:
            self._crew.plan = self._remembering.told(self._crew.plan)
            if await self._begun():
                await self._served()
        finally:
            await self._crew.end()
            self._remembering.end()
            await self._once.stack.aclose()
        _log.info("stopped")

    async def _start(self, plan: Plan, number: int, given: Given) -> Any:
        return await started(plan, number, given, self._hear)

    def _hear(self, message: Any) -> None:
        if self._once is not None:
            self._once.overseer.hear(message)

    async def _begun(self) -> bool:
        """Whether they serve; False where somebody asked to stop before."""
        beginning, stopped = asyncio.ensure_future(self._crew.begin()), asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({beginning, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not beginning.done():
            beginning.cancel()
            await asyncio.wait({beginning})
            return False
        try:
            beginning.result()
        except WorkerFailedError as error:
            raise EndingError(f"Busyline cannot start: {error}") from None
        return True

    async def _served(self) -> None:
        assert self._once is not None
        server = self._crew.plan.configuration.server
        addresses, plain = ([str(each) for each in getattr(server, key)] for key in KEYS)
        where: dict[str, object] = {"plain_listen": plain} if plain else {}
        where["workers"] = [child.pid for child in self._crew]
        url = self._once.overseer.metrics_url
        _log.info("listening", addresses=addresses, public_url=server.public_url, metrics=url, **where)
        self._flush()
        tasks = [asyncio.ensure_future(self._replacing()), asyncio.ensure_future(self._listening())]
        try:
            await self._stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        _log.info("stopping")
        self._flush()

    async def _replacing(self) -> None:
        while True:
            await self._replace.wait()
            self._replace.clear()
            try:
                plan = self._remembering.told(self._again())
            except (ConfigurationError, OSError) as error:
                _log.error("not_replaced", what=str(error), note="the workers serve on as they were")
                self._flush()
                continue
            try:
                await self._replaced(plan)
            except Exception:  # noqa: BLE001  the workers serve on, whatever became of this one replacement
                _log.exception("not_replaced", note="a fault of Busyline, please report it")
            self._flush()

    async def _replaced(self, plan: Plan) -> None:
        _log.info("replacing", workers=plan.workers)
        before = self._crew.plan
        if not await self._crew.replace(plan):
            return
        if plan.text != before.text:
            await self._oversee_anew()
        _log.info("replaced", workers=[child.pid for child in self._crew])

    async def _oversee_anew(self) -> None:
        try:
            fresh = await self._opened(self._crew.plan)
        except OSError as error:
            note = "metrics and captures stay as they were: mend server.metrics_listen or capture.directory"
            _log.error("not_replaced", what=str(error), note=note)
            return
        old, self._once = self._once, fresh
        if old is not None:
            await old.stack.aclose()

    async def _opened(self, plan: Plan) -> _Once:
        stack, configuration = AsyncExitStack(), plan.configuration
        wanted = configuration.server.metrics_listen
        if self._once is not None and self._once.wanted == wanted:  # a port that the system chose stays
            server = configuration.server.model_copy(update={"metrics_listen": self._once.overseer.addresses})
            configuration = configuration.model_copy(update={"server": server})
        overseer = Overseer(configuration, directory=plan.directory, team=self._crew, metrics=self._metrics)
        return _Once(await stack.enter_async_context(overseer), wanted, stack)

    async def _listening(self) -> None:
        told = False
        while True:
            await asyncio.sleep(_LOOK)
            wanted = self._once is not None and self._once.overseer.listening
            if wanted != told:
                told = wanted
                self._crew.capture(wanted)
