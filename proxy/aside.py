"""Lets long work of the processor run beside the event loop, in threads of its own that delay nobody."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
_Job: TypeAlias = Callable[[], object]
_SHORT: Final = 256 * 1024  # bytes: some ten milliseconds of reading iCalendar


class _Lane:
    """A thread that does one job after the other: begun with the first, and not waited for when the process ends.

    The threads of asyncio's own executor serve DNS and files, and hold a shutdown up.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()

    def put(self, job: _Job) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # none is alive after a fork
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            self._jobs.get()()


_SHORT_WORK: Final = _Lane("aside-short")
_LONG_WORK: Final = _Lane("aside-long")


async def aside(size: int, job: Callable[[], T]) -> T:
    """What ``job`` returns or raises; in a thread, and what works through many ``size`` bytes delays no short work."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def tell(done: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
            loop.call_soon_threadsafe(lambda: None if future.done() else done())

    def run() -> None:
        if future.cancelled():
            return
        try:
            found = context.run(job)
        except BaseException as error:  # noqa: BLE001  # handed on to who waits, whatever it is
            failure = error
            tell(lambda: future.set_exception(failure))
        else:
            tell(lambda: future.set_result(found))

    (_SHORT_WORK if size <= _SHORT else _LONG_WORK).put(run)
    return await future
