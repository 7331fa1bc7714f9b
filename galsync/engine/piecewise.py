"""Works in a thread on what is still being read, so that all of it need not be in memory at once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from queue import SimpleQueue
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

PIECE: Final = 2000
"""What is handed over at a time; whoever has less is worked on as a whole."""


class _BrokenOffError(Exception):
    """There is no more to come, and what came is of no use."""


async def worked_on(things: AsyncIterator[T], work: Callable[[Iterable[T]], R]) -> R:
    """What ``work`` makes of ``things``, which it reads once, in a thread, piece by piece.

    Few things are handed over as a list. Raises what the reading and ``work`` raise; where the reading fails or is
    cancelled, ``work`` has ended by then.
    """
    async with aclosing(_pieces(things)) as pieces:
        first = await anext(pieces, list[T]())
        if len(first) < PIECE:
            return await asyncio.to_thread(work, first)
        return await _by_turns(first, pieces, work)


async def _by_turns(first: list[T], rest: AsyncIterator[list[T]], work: Callable[[Iterable[T]], R]) -> R:
    """While a piece is read nothing is worked on, and the other way round: two threads of one interpreter that both
    have much to do keep each other from doing it."""
    loop, spent = asyncio.get_running_loop(), asyncio.Semaphore(0)
    queue: SimpleQueue[list[T] | _BrokenOffError | None] = SimpleQueue()
    pool = ThreadPoolExecutor(1)  # not the loop's own: whoever reads may need that one to go on
    working = loop.run_in_executor(pool, work, _handed(queue, lambda: loop.call_soon_threadsafe(spent.release)))
    working.add_done_callback(lambda _: spent.release())
    try:
        piece = first
        while piece and not working.done():
            queue.put(piece)
            await spent.acquire()
            piece = await anext(rest, list[T]())
        queue.put(None)
        return await working
    except BaseException:
        queue.put(_BrokenOffError())
        await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # has been heard of, or is the one that is raised
        raise
    finally:
        pool.shutdown(wait=False)


async def _pieces(things: AsyncIterator[T]) -> AsyncGenerator[list[T], None]:
    piece: list[T] = []
    async for thing in things:
        piece.append(thing)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _handed(queue: SimpleQueue[list[T] | _BrokenOffError | None], spent: Callable[[], object]) -> Iterator[T]:
    while (piece := queue.get()) is not None:
        if isinstance(piece, _BrokenOffError):
            raise piece
        piece.reverse()
        while piece:
            yield piece.pop()  # nothing is kept of what has been given
        spent()
