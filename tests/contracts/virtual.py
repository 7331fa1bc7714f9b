"""An event loop whose clock jumps to the next timer: tests of deadlines take no time and never race."""

import asyncio
import gc
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
START = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits for something that never comes")
        self.now += max(timeout, 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time starts at 0 and passes only where everybody waits."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        self.complaints: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.complaints.append(context))

    def time(self) -> float:
        return self._jumping.now


def now() -> datetime:
    """The Clock of the running virtual loop: START and what has passed since."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


def elapsed() -> float:
    """Seconds since the loop started."""
    return asyncio.get_running_loop().time()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of ``coroutine`` on a loop of its own. Fails where a task is left behind or an exception gets lost."""
    loop = VirtualLoop()
    try:
        result = loop.run_until_complete(coroutine)
        left = [task.get_coro() for task in asyncio.all_tasks(loop)]
        assert not left, f"tasks left behind: {left}"
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()
    if loop.complaints:
        gc.collect()
    assert not loop.complaints
    return result
