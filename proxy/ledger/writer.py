"""Writes the ledger beside the answers: no request waits for the disk."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date
from typing import Final, Self

import structlog

from proxy.connector import Clock
from proxy.ledger.entry import Entry, Name, render
from proxy.ledger.files import Files

GATHERED: Final = 1.0
_HOUR = 3600.0
_log = structlog.get_logger("busyline.ledger")

Sleep = Callable[[float], Awaitable[None]]


class Writer:
    """An asynchronous context: inside, entries are written within a second or so, together, and forced to the disk.

    What cannot be written waits until it can, up to ``most`` requests; what comes then is lost, and counted. That it
    cannot is logged once, and that it can again. ``required``: ``refuses`` while entries cannot be written. Entering
    raises OSError where nothing can be written to the directory.
    """

    def __init__(
        self,
        files: Files,
        *,
        name: Name,
        clock: Clock,
        required: bool = False,
        most: int = 20_000,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._files, self._name, self._clock, self._required = files, name, clock, required
        self._most, self._sleep = most, sleep
        self._waiting: list[Entry] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._turn = asyncio.Lock()
        self._pruned = date.min
        self._failing = False
        self._task: asyncio.Task[None] | None = None
        self.lost = 0

    async def __aenter__(self) -> Self:
        self._files.prepare()
        if self._files.open_to_others:
            note = f"others may look into it: chmod 0700 {self._files.directory}"
            _log.warning("ledger_directory", directory=str(self._files.directory), note=note)
        self._wake.set()  # old files go at once
        self._task = asyncio.create_task(self._run(), name="ledger")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.flush()
        if self._waiting:
            self.lost += len(self._waiting)
            _log.error("ledger_entries_lost", requests=len(self._waiting), note="the directory could not be written")
        self._thread.shutdown()
        self._files.close()

    @property
    def waiting(self) -> int:
        """How many requests are not written yet."""
        return len(self._waiting)

    @property
    def refuses(self) -> bool:
        """Whether no request may be answered, since it could not be written down."""
        return self._required and self._failing

    def put(self, entry: Entry) -> None:
        """Take one entry; never waits, never raises."""
        if len(self._waiting) >= self._most:
            self.lost += 1
            return
        self._waiting.append(entry)
        if len(self._waiting) == 1:
            self._wake.set()

    async def flush(self) -> None:
        """Write what waits, as far as the disk allows."""
        async with self._turn:
            entries, self._waiting = self._waiting, []
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._thread, self._write, entries)
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                self._waiting[:0] = await self._afterwards(work, entries)
                raise
            except OSError as error:
                self._waiting[:0] = entries
                self._tell(error)
                return
            self._tell(None)

    async def _afterwards(self, work: "asyncio.Future[None]", entries: list[Entry]) -> list[Entry]:
        """What must be written again, once work that nobody waited for is done."""
        try:
            await work
        except OSError as error:
            self._tell(error)
            return entries
        return []

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HOUR):
                    await self._wake.wait()
            await self._sleep(GATHERED)
            self._wake.clear()
            await self.flush()
            if self._waiting:
                self._wake.set()

    def _write(self, entries: list[Entry]) -> None:
        today = self._clock().astimezone(UTC).date()
        if self._pruned != today:
            self._pruned = today
            self._prune(today)
        if lines := [line for entry in entries if (line := self._line(entry))]:
            self._files.append(b"".join(lines), today)

    def _prune(self, today: date) -> None:
        try:
            self._files.prune(today)
        except OSError as error:
            note = f"{error.strerror}; remove by hand what is older than it may be, and mend the permissions"
            _log.error("ledger_not_pruned", directory=str(self._files.directory), note=note)

    def _line(self, entry: Entry) -> bytes:
        try:
            return render(entry, self._name)
        except Exception:  # noqa: BLE001  one entry must not hold up all others
            _log.exception("ledger_entry_not_written", request_id=entry.request)
            self.lost += 1
            return b""

    def _tell(self, error: OSError | None) -> None:
        failing = error is not None
        if error is not None and not self._failing:
            what = "requests are refused" if self._required else "answers go out all the same"
            note = f"{error.strerror}; {what} until it can be written: make room, or mend its permissions"
            _log.error("ledger_unwritable", directory=str(self._files.directory), note=note)
        elif self._failing and not failing:
            _log.warning("ledger_writable_again", directory=str(self._files.directory), lost=self.lost)
        self._failing = failing
