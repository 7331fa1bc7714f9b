"""Runs what may never end in a thread that nobody waits for: a silent disk or authority must delay no stop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def apart(work: Callable[[], T], *, name: str) -> T:
    """What ``work`` returns or raises, from a thread of its own called ``name``.

    Threads of executors are joined when the process ends; this one is left where it is, as it is when the caller is
    cancelled: what it does then goes on, and its outcome is dropped. Raises RuntimeError where no thread can be begun.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        settle = _done(work, outcome)
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await outcome


def _done(work: Callable[[], T], outcome: "asyncio.Future[T]") -> Callable[[], None]:
    """Work; then how the outcome is told, in the loop."""
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  it is raised where the outcome is awaited
        caught = error
        return lambda: None if outcome.done() else outcome.set_exception(caught)
    return lambda: None if outcome.done() else outcome.set_result(result)
