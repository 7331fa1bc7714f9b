"""Writes the ledger beside the answers: no request waits for the disk."""

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Self

import structlog

from proxy.apart import apart
from proxy.connector import Clock
from proxy.ledger.entry import Entry, Name
from proxy.ledger.files import Files
from proxy.ledger.scribe import Scribe, in_words

GATHERED: Final = 1.0
PATIENCE: Final = 5.0
_HOUR = 3600.0
_log = structlog.get_logger("busyline.ledger")

Sleep = Callable[[float], Awaitable[None]]


class Writer:
    """An asynchronous context: inside, entries are written within a second or so, together, and forced to the disk.

    What cannot be written waits until it can, up to ``most`` requests; what comes then is lost, and counted. That it
    cannot is logged once, and that it can again. ``required``: ``refuses`` while entries cannot be written; those that
    were being answered when that began are taken all the same. A disk that does not answer for ``patience`` (seconds,
    measured by ``ticks``) is one that cannot be written, also at the end. Entering raises OSError where nothing can be
    written to the directory.
    """

    def __init__(
        self,
        files: Files,
        *,
        name: Name,
        clock: Clock,
        required: bool = False,
        most: int = 20_000,
        patience: float = PATIENCE,
        sleep: Sleep = asyncio.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scribe = Scribe(files, name=name, clock=clock)
        self._required, self._most, self._patience = required, most, patience
        self._sleep, self._ticks = sleep, ticks
        self._waiting: list[Entry] = []
        self._held = 0  # by the scribe
        self._oldest_waiting = self._oldest_held = 0.0
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._lost = 0
        self._failing = False
        self._task: asyncio.Task[None] | None = None
        self._work: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._scribe.prepare()
        self._wake.set()  # old files go at once
        self._task = asyncio.create_task(self._run(), name="ledger")
        return self

    async def __aexit__(self, *_: object) -> None:
        await _ended(self._task)
        await self.flush()
        if left := self.waiting:
            self._lost += left
            _log.error("ledger_entries_lost", requests=left, note="the directory could not be written")
        if self._work is not None and not self._work.done():
            await _ended(self._work)  # its thread holds the file, and is waited for by nobody
            return
        with suppress(OSError):  # every line was forced to the disk before
            self._scribe.close()

    @property
    def waiting(self) -> int:
        """How many requests are not written yet."""
        return self._held + len(self._waiting)

    @property
    def lost(self) -> int:
        """How many requests were never written."""
        return self._lost + self._scribe.lost

    @property
    def refuses(self) -> bool:
        """Whether no request may be answered, since it could not be written down."""
        return self._required and (self._failing or self.waiting >= self._most or self._late())

    def put(self, entry: Entry) -> None:
        """Take one entry; never waits, never raises."""
        if self.waiting >= self._most and not self._required:
            self._lost += 1
            return
        if not self._waiting:
            self._oldest_waiting = self._ticks()
            self._wake.set()
        self._waiting.append(entry)

    async def flush(self) -> None:
        """Write what waits, as far as the disk allows, and wait for it as long as ``patience`` allows."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._patience):
                    if self._work is not None:
                        await asyncio.shield(self._work)  # one that nobody had the patience to wait for
                    self._work = asyncio.create_task(self._write(), name="ledger writes")
                    await asyncio.shield(self._work)
            except TimeoutError:
                self._tell(TimeoutError(errno.ETIMEDOUT, "the disk does not answer"))

    def _late(self) -> bool:
        """Whatever it is that holds them up: a disk, or a fault of this very class."""
        if not self.waiting:
            return False
        return self._ticks() - (self._oldest_held if self._held else self._oldest_waiting) > self._patience

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HOUR):
                    await self._wake.wait()
            await self._sleep(GATHERED)
            self._wake.clear()
            try:
                await self.flush()
            except Exception:  # noqa: BLE001  without this task nothing would be written any more, and nobody told
                _log.exception("ledger_flush_failed", note="it goes on; a fault of Busyline, please report it")
            if self.waiting:
                self._wake.set()

    async def _write(self) -> None:
        """Never raises: it may end when nobody waits for it any more."""
        self._oldest_held = self._oldest_held if self._held else self._oldest_waiting
        self._scribe.take(self._waiting)
        self._held, self._waiting = self._held + len(self._waiting), []
        error: Exception | None = None
        try:
            await apart(self._scribe.write, name="ledger")
        except Exception as caught:  # noqa: BLE001  whatever it is, the lines wait, and are tried again
            error = caught
        self._held = self._scribe.unwritten
        self._tell(error)

    def _tell(self, error: Exception | None) -> None:
        if error is not None and not self._failing:
            what = "requests are refused" if self._required else "answers go out all the same"
            note = f"{in_words(error)}; {what} until it can be written: make room, or mend its permissions"
            fault = None if isinstance(error, OSError) else error  # its traceback is worth having
            _log.error("ledger_unwritable", directory=str(self._scribe.directory), note=note, exc_info=fault)
        elif self._failing and error is None:
            _log.warning("ledger_writable_again", directory=str(self._scribe.directory), lost=self.lost)
        self._failing = error is not None


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait({task})
