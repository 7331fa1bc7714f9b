"""Watches for orders and keeps what they ask for: nothing unless somebody asks, and for as long as they ask at most."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import structlog

from protocols.ews.manner import Manner
from proxy.capture import order as orders
from proxy.capture.heard import Heard
from proxy.capture.journal import Header
from proxy.capture.order import Order, State
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.tape import Tape

ALL_KEPT: Final = "as many requests were kept as were ordered"
TIME_OVER: Final = "the time was over"
STOPPED: Final = "it was stopped"
REPLACED: Final = "another capture of this caller was ordered"
SERVER_ENDED: Final = "the server stopped"
UNKNOWN: Final = "the server knows no such caller: it was started with another configuration"
CANNOT_WRITE: Final = "the file could not be written"
_EVERY: Final = 1.0
_QUIET: Final = frozenset({"", "health", "metrics"})

_log = structlog.get_logger("busyline.capture")


class Recorder:
    """An asynchronous context: inside, orders in ``directory`` are carried out; ``manners`` has the callers by name.

    :attr:`listening` is false as long as nothing is to be kept: whoever answers asks that first, and nothing else.
    """

    def __init__(
        self,
        directory: Path,
        manners: Mapping[str, Manner],
        *,
        public_url: str,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.listening = False
        self._directory, self._manners, self._public = directory, manners, public_url
        self._clock, self._pause, self._random = clock, pause, random
        self._tapes: dict[str, Tape] = {}
        self._told: dict[str, State] = {}
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Raises OSError where the directory cannot be made."""
        await asyncio.to_thread(orders.clear, self._directory)
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._end_all)

    def hear(self, heard: Heard) -> None:
        """Hand over what was just answered; at once, whatever is done with it."""
        if heard.front in _QUIET:
            return
        for tape in self._tapes.values():
            tape.hear(heard)
        self.listening = any(not tape.full for tape in self._tapes.values())

    async def look(self) -> None:
        """Begin what is ordered, write what waits, end what is over: once."""
        try:
            async with self._looking:
                await asyncio.to_thread(self._look, self._clock())
        except OSError as error:
            _log.warning("captures_unreachable", directory=str(self._directory), error=error.strerror)
        self.listening = any(not tape.full for tape in self._tapes.values())

    async def _watch(self) -> None:
        while True:
            await self._pause(_EVERY)
            await self.look()

    def _look(self, now: datetime) -> None:
        ordered = {order.caller: order for order in orders.placed(self._directory)}
        for caller, tape in list(self._tapes.items()):
            order = ordered.get(caller)
            self._go_on(caller, tape, self._why_over(tape, order, now))
            if order is not None and order.id == tape.order.id:
                del ordered[caller]  # carried out, or still being so
        for caller, order in ordered.items():
            why = UNKNOWN if caller not in self._manners else TIME_OVER if order.until <= now else ""
            if why:
                orders.withdraw(self._directory, caller)
                self._tell(caller, State(id=order.id, file="", ended=why))
            else:
                self._begin(order, now)

    def _why_over(self, tape: Tape, order: Order | None, now: datetime) -> str:
        if order is None:
            return STOPPED
        if order.id != tape.order.id:
            return REPLACED
        if tape.full:
            return ALL_KEPT
        return TIME_OVER if now >= tape.order.until else ""

    def _begin(self, order: Order, now: datetime) -> None:
        key = self._random(32)
        name = f"{orders.slug(order.caller)}-{now:%Y%m%dT%H%M%SZ}-{order.id[:4]}.jsonl"
        header = Header(
            started=now,
            manner=self._manners[order.caller],
            public=Pseudonyms(key).of(self._public),
            times=order.times,
        )
        host = urlsplit(self._public).netloc
        tape = Tape(order, header, self._directory / name, key=key, host=host)
        self._tapes = {**self._tapes, order.caller: tape}
        self._tell(order.caller, _state(tape))
        _log.info("capture_begins", caller=order.caller, until=order.until.isoformat(), requests=order.requests)

    def _go_on(self, caller: str, tape: Tape, over: str) -> None:
        try:
            if not over:
                tape.write()
        except OSError as error:
            _log.warning("capture_failed", caller=caller, error=error.strerror)
            over = CANNOT_WRITE
        if over:
            self._end(caller, tape, over)
        else:
            self._tell(caller, _state(tape))

    def _end(self, caller: str, tape: Tape, why: str) -> None:
        self._tapes = {name: one for name, one in self._tapes.items() if name != caller}
        try:
            tape.end(why)
        except OSError as error:
            _log.warning("capture_failed", caller=caller, error=error.strerror)
        if why != REPLACED:
            orders.withdraw(self._directory, caller)
        self._tell(caller, _state(tape, why))
        _log.info("capture_ended", caller=caller, why=why, kept=tape.kept, missed=tape.missed)

    def _end_all(self) -> None:
        for caller, tape in list(self._tapes.items()):
            self._end(caller, tape, SERVER_ENDED)
        self.listening = False

    def _tell(self, caller: str, state: State) -> None:
        if self._told.get(caller) != state:
            self._told[caller] = state
            try:
                orders.tell(self._directory, caller, state)
            except OSError as error:
                _log.warning("captures_unreachable", directory=str(self._directory), error=error.strerror)


def _state(tape: Tape, ended: str = "") -> State:
    return State(id=tape.order.id, file=tape.path.name, kept=tape.kept, missed=tape.missed, ended=ended)
