"""Lets everybody else have their turns while a hub works through much: free/busy is answered by the same event loop."""

import asyncio
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from time import perf_counter
from typing import Final, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_TURN: Final = 0.002
"""Seconds. An answer takes a few turns of the loop, and is to be late by no more than some milliseconds."""


async def by_turns(work: Generator[None, None, T], *, clock: Callable[[], float] = perf_counter) -> T:
    """What ``work`` returns or raises; all others have a turn first, and wherever it yields after two milliseconds by
    the ``clock``, which counts seconds. No thread: two of one interpreter that both have much to do keep each other
    from doing it."""
    with closing(work):
        while True:
            await asyncio.sleep(0)
            until = clock() + _TURN
            try:
                next(work)
                while clock() < until:
                    next(work)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]  # StopIteration does not say of what type it is


async def mapped(work: Callable[[S], T], things: Iterable[S]) -> list[T]:
    """What ``work`` makes of each of ``things``, in order, by turns. Raises what ``work`` raises."""
    return await by_turns(_each(work, things))


def _each(work: Callable[[S], T], things: Iterable[S]) -> Generator[None, None, list[T]]:
    found: list[T] = []
    for thing in things:
        found.append(work(thing))
        yield
    return found
