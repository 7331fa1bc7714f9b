"""Whoever works through much lets all others have their turns."""

import asyncio
from collections.abc import Generator, Iterator
from itertools import count

import pytest

from calsync.turns import by_turns, mapped
from tests.calsync.others import somebody_else


def work(pieces: int) -> Generator[None, None, str]:
    for _ in range(pieces):
        yield
    return "made"


def clock(step: float) -> Iterator[float]:
    return (number * step for number in count())


@pytest.mark.parametrize(("step", "least"), [(0.0005, 20), (0.003, 100)])
async def test_others_have_a_turn_every_two_milliseconds(step: float, least: int) -> None:
    async with somebody_else() as other:
        assert await by_turns(work(100), clock=clock(step).__next__) == "made"
    assert other.turns >= least


async def test_a_clock_that_stands_still_holds_up_no_work() -> None:
    assert await by_turns(work(100), clock=lambda: 0.0) == "made"


async def test_short_work_gives_way_once_too() -> None:
    order: list[str] = []

    async def other() -> None:
        order.append("other")

    waiting = asyncio.ensure_future(other())
    order += await mapped(str.upper, ["work"])
    await waiting
    assert order == ["other", "WORK"]


async def test_each_in_order() -> None:
    assert await mapped(str, range(5)) == ["0", "1", "2", "3", "4"]
    assert await mapped(str, []) == []


async def test_what_it_raises_comes_out() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await mapped(int, ["1", "x"])


async def test_whoever_is_cancelled_leaves_no_work_open() -> None:
    ended: list[bool] = []

    def endless() -> Generator[None, None, None]:
        try:
            while True:
                yield
        finally:
            ended.append(True)

    task = asyncio.ensure_future(by_turns(endless()))
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
