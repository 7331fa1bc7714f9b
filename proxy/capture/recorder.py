"""Watches for orders and keeps what they ask for: nothing unless somebody asks, and for as long as they ask at most."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import structlog

from protocols.ews.manner import Manner
from proxy.capture import order as orders
from proxy.capture.heard import Heard
from proxy.capture.journal import Header
from proxy.capture.keeping import file_name, prune
from proxy.capture.order import LONGEST, Order, State
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.tape import Tape

ALL_KEPT: Final = "as many requests were kept as were ordered"
TIME_OVER: Final = "the time was over"
STOPPED: Final = "it was stopped"
REPLACED: Final = "another capture of this caller was ordered"
SERVER_ENDED: Final = "the server stopped"
UNKNOWN: Final = "the server knows no such caller: it was started with another configuration"
CANNOT_WRITE: Final = "the file could not be written"
TOO_LONG: Final = "a capture lasts a day at most"
TOO_LARGE: Final = "the file grew as large as capture.max_size lets it"
LEAST_FREE: Final = 256 * 1024 * 1024
NO_ROOM: Final = "less than 256 MiB are free on the disk"
_EVERY: Final = 1.0
_QUIET: Final = frozenset({"", "health", "metrics", "free-busy-url"})  # the address of a free/busy URL is its secret

_log = structlog.get_logger("busyline.capture")


def _free(directory: Path) -> int:
    return shutil.disk_usage(directory).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a capture is kept after its begin, and how many bytes its file has at most."""

    keep: timedelta
    max_size: int


class Recorder:
    """An asynchronous context: inside, orders in ``directory`` are carried out; ``manners`` has the callers by name.

    :attr:`listening` is false as long as nothing is to be kept: whoever answers asks that first, and nothing else.
    Whatever lies in the directory, it goes on, and a capture ends when its time is over.
    """

    def __init__(
        self,
        directory: Path,
        manners: Mapping[str, Manner],
        *,
        public_url: str,
        limits: Limits,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[int], bytes] = os.urandom,
        free: Callable[[Path], int] = _free,
    ) -> None:
        self.listening = False
        self._limits, self._free = limits, free
        self._pruned = date.min
        self._complaint, self._failed = "", False
        self._done: dict[str, str] = {}  # the last order of each caller that was carried out or refused
        self._directory, self._manners, self._public = directory, manners, public_url
        self._clock, self._pause, self._random = clock, pause, random
        self._tapes: dict[str, Tape] = {}
        self._told: dict[str, State] = {}
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Raises OSError where the directory cannot be made, or others have a say in it."""
        await asyncio.to_thread(orders.clear, self._directory)
        await asyncio.to_thread(self._prune, self._clock())
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
        """Begin what is ordered, write what waits, end what is over: once. Raises nothing."""
        self._failed = False
        try:
            async with self._looking:
                await asyncio.to_thread(self._look, self._clock())
            if not self._failed:
                self._complaint = ""
        except Exception as error:  # noqa: BLE001  whatever lies there: the next look may find it mended
            self._complain(error)
        self.listening = any(not tape.full for tape in self._tapes.values())

    async def _watch(self) -> None:
        while True:
            await self._pause(_EVERY)
            await self.look()

    def _look(self, now: datetime) -> None:
        for caller, tape in list(self._tapes.items()):
            self._go_on(caller, tape, self._why_over(tape, now))  # before anything that others can have written
        if self._pruned != now.date():
            self._prune(now)
        ordered = {order.caller: order for order in self._ordered()}
        for caller, tape in list(self._tapes.items()):
            order = ordered.get(caller)
            if order is not None and order.id == tape.order.id:
                del ordered[caller]  # being carried out
            else:
                self._end(caller, tape, STOPPED if order is None else REPLACED)
        for caller, order in ordered.items():
            if self._done.get(caller) == order.id:
                self._withdraw(caller)
            elif why := self._why_not(order, now):
                self._refuse(order, why)
            else:
                self._begin(order, now)

    def _ordered(self) -> list[Order]:
        try:
            return list(orders.placed(self._directory))
        except FileNotFoundError:
            return []  # whoever took the directory away wants nothing kept

    def _why_over(self, tape: Tape, now: datetime) -> str:
        if tape.large:
            return TOO_LARGE
        if tape.full:
            return ALL_KEPT
        if now >= tape.order.until:
            return TIME_OVER
        return NO_ROOM if self._crowded() else ""

    def _why_not(self, order: Order, now: datetime) -> str:
        if order.caller not in self._manners:
            return UNKNOWN
        if order.until <= now:
            return TIME_OVER
        if order.until > now + LONGEST:
            return TOO_LONG
        return NO_ROOM if self._crowded() else ""

    def _crowded(self) -> bool:
        try:
            return self._free(self._directory) < LEAST_FREE
        except OSError:
            return False  # writing will tell

    def _refuse(self, order: Order, why: str) -> None:
        self._done[order.caller] = order.id
        self._withdraw(order.caller)
        self._tell(order.caller, State(id=order.id, file="", ended=why))

    def _begin(self, order: Order, now: datetime) -> None:
        key = self._random(32)
        header = Header(
            started=now,
            manner=self._manners[order.caller],
            public=Pseudonyms(key).of(self._public),
            times=order.times,
        )
        path, host = self._directory / file_name(order, now), urlsplit(self._public).netloc
        try:
            tape = Tape(order, header, path, key=key, host=host, max_size=self._limits.max_size)
        except OSError as error:
            _log.warning("capture_failed", caller=order.caller, error=error.strerror)
            self._refuse(order, CANNOT_WRITE)
            return
        self._tapes = {**self._tapes, order.caller: tape}
        self._tell(order.caller, _state(tape))
        _log.info("capture_begins", caller=order.caller, until=order.until.isoformat(), requests=order.requests)

    def _go_on(self, caller: str, tape: Tape, over: str) -> None:
        try:
            if not over:
                tape.write()
                over = TOO_LARGE if tape.large else ""
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
        self._done[caller] = tape.order.id  # its order is withdrawn where it is seen, not one that came after it
        self._tell(caller, _state(tape, why))
        _log.info("capture_ended", caller=caller, why=why, kept=tape.kept, missed=tape.missed)

    def _end_all(self) -> None:
        for caller, tape in list(self._tapes.items()):
            self._end(caller, tape, SERVER_ENDED)
            self._withdraw(caller)
        self.listening = False

    def _prune(self, now: datetime) -> None:
        self._pruned = now.date()
        running = [tape.path.name for tape in self._tapes.values()]
        try:
            removed = prune(self._directory, self._limits.keep, now, spare=running)
        except OSError as error:
            _log.warning("captures_not_removed", directory=str(self._directory), error=error.strerror)
        else:
            if removed:
                _log.info("captures_removed", count=len(removed))

    def _withdraw(self, caller: str) -> None:
        try:
            orders.withdraw(self._directory, caller)
        except OSError as error:
            self._complain(error)

    def _tell(self, caller: str, state: State) -> None:
        if self._told.get(caller) != state:
            try:
                orders.tell(self._directory, caller, state)
                self._told[caller] = state
            except OSError as error:
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        """Once for what does not change: the next look is in a second."""
        self._failed = True
        words = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        if words != self._complaint:
            self._complaint = words
            _log.warning("captures_unreachable", directory=str(self._directory), error=words)


def _state(tape: Tape, ended: str = "") -> State:
    return State(id=tape.order.id, file=tape.path.name, kept=tape.kept, missed=tape.missed, ended=ended)
