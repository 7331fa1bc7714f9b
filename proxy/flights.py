"""Look-ups that outlive whoever started them: they go on when a caller leaves, and end in order at shutdown."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class Flights:
    """The tasks under way. What is started here is expected not to raise."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run ``coroutine`` as a task of its own."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """Let the tasks end within ``grace``, then cancel the rest; none is left on return."""
        if self._tasks and grace:
            await asyncio.wait(self._tasks, timeout=grace.total_seconds())
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
