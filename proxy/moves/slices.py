"""Works through what is long in slices so short that nobody who asks meanwhile notices."""

import asyncio
import time
from collections.abc import Generator, Iterable
from datetime import timedelta
from typing import Final, TypeVar

T = TypeVar("T")

SLICE: Final = timedelta(milliseconds=1)


async def in_slices(work: Generator[None, None, T], *, length: timedelta = SLICE) -> T:
    """What ``work`` returns or raises; after each ``length`` all others have a turn. Its steps must be shorter."""
    seconds = length.total_seconds()
    while True:
        end = time.perf_counter() + seconds
        try:
            next(work)
            while time.perf_counter() < end:
                next(work)
        except StopIteration as ending:
            result: T = ending.value
            return result
        await asyncio.sleep(0)


def at_once(work: Generator[None, None, T]) -> T:
    """The same without others: at the start there are none."""
    try:
        while True:
            next(work)
    except StopIteration as ending:
        result: T = ending.value
        return result


def stepping(steps: Iterable[None]) -> Generator[None, None, None]:
    """``steps`` as work that returns nothing."""
    yield from steps
