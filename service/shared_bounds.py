"""A bound in time that counts only what this process spent listening: its own stalls are nobody else's delay."""

import asyncio
from types import TracebackType
from typing import Final, Self

_STEPS: Final = 5
_MOST_STEPS: Final = 4 * _STEPS


class Bound:
    """An asynchronous context that raises TimeoutError after ``seconds``, as asyncio.timeout does.

    A part of them in which the event loop was busy with other things does not count, since what was waited for may have
    come long ago; but no more than four times as many parts pass. ``heard``: whether it was listened for all the time.
    """

    __slots__ = ("_counted", "_due", "_handle", "_loop", "_step", "_steps", "_timeout")

    def __init__(self, seconds: float) -> None:
        self._step = seconds / _STEPS
        self._counted = self._steps = 0
        self._loop = asyncio.get_running_loop()
        self._timeout = asyncio.timeout(None)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    @property
    def heard(self) -> bool:
        """Whether an answer that came in time would have been heard."""
        return self._counted >= _STEPS

    def _wait(self) -> None:
        self._due = self._loop.time() + self._step
        self._handle = self._loop.call_at(self._due, self._passed)

    def _passed(self) -> None:
        self._steps += 1
        if self._loop.time() - self._due <= self._step / 2:
            self._counted += 1
        if self._counted >= _STEPS or self._steps >= _MOST_STEPS:
            self._timeout.reschedule(self._loop.time())
        else:
            self._wait()
