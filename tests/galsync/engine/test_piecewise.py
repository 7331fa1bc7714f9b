"""Tests of galsync/engine/piecewise.py: everything comes once and in order, and no error is lost on the way."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable

import pytest

from galsync.engine.piecewise import PIECE, worked_on


async def numbers(until: int, *, fails: bool = False) -> AsyncIterator[int]:
    for number in range(until):
        yield number
    if fails:
        raise OSError("the line broke")


@pytest.mark.parametrize("until", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE])
async def test_everything_comes_once_and_in_order(until: int) -> None:
    assert await worked_on(numbers(until), list) == [*range(until)]


async def test_few_are_a_list_and_many_are_not() -> None:
    assert await worked_on(numbers(3), lambda things: isinstance(things, list))
    assert not await worked_on(numbers(PIECE), lambda things: isinstance(things, list))


async def test_no_more_is_read_than_can_be_worked_on() -> None:
    read = 0

    async def counted() -> AsyncIterator[int]:
        nonlocal read
        async for number in numbers(20 * PIECE):
            read += 1
            yield number

    def slow(things: Iterable[int]) -> int:
        ahead = 0
        for number in things:
            ahead = max(ahead, read - number)
        return ahead

    assert await worked_on(counted(), slow) <= PIECE


@pytest.mark.parametrize("until", [1, 3 * PIECE])
async def test_a_reading_that_fails_ends_the_work(until: int) -> None:
    ended = threading.Event()

    def work(things: Iterable[int]) -> int:
        try:
            return sum(things)
        finally:
            ended.set()

    with pytest.raises(OSError, match="the line broke"):
        await worked_on(numbers(until, fails=True), work)
    assert ended.is_set() is (until > PIECE)


@pytest.mark.parametrize("until", [1, PIECE, 9 * PIECE])
async def test_work_that_fails_ends_the_reading(until: int) -> None:
    def work(things: Iterable[int]) -> int:
        return 1 // next(iter(things))

    with pytest.raises(ZeroDivisionError):
        await worked_on(numbers(until), work)


async def test_cancelled_it_leaves_nobody_behind() -> None:
    begun, ended = asyncio.Event(), threading.Event()

    async def hanging() -> AsyncIterator[int]:
        async for number in numbers(PIECE):
            yield number
        begun.set()
        await asyncio.Event().wait()

    def work(things: Iterable[int]) -> int:
        try:
            return sum(things)
        finally:
            ended.set()

    task = asyncio.ensure_future(worked_on(hanging(), work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
