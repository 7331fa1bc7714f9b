"""Lets long work of the processor run beside the event loop, and short work at once."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
_SHORT: Final = 64 * 1024  # bytes: a millisecond or few of reading iCalendar, about what a thread's turn costs


async def aside(size: int, job: Callable[[], T]) -> T:
    """What ``job`` returns or raises; in a thread where it works through more than a few ``size`` bytes."""
    return job() if size <= _SHORT else await asyncio.to_thread(job)
