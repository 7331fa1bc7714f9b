"""Long work lets others have their turn."""

import asyncio
from collections.abc import Generator
from datetime import timedelta

import pytest

from proxy.moves.slices import at_once, in_slices, stepping


def _work(steps: int, done: list[int]) -> Generator[None, None, str]:
    for number in range(steps):
        done.append(number)
        yield
    return "whole"


async def test_others_have_their_turn() -> None:
    done: list[int] = []
    task = asyncio.create_task(in_slices(_work(10, done), length=timedelta()))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert task.result() == "whole"
    assert turns >= 10
    assert done == list(range(10))


async def test_what_is_raised_is_raised() -> None:
    def broken() -> Generator[None, None, None]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await in_slices(broken())


def test_at_once() -> None:
    assert at_once(_work(3, [])) == "whole"
    assert at_once(stepping(iter([None, None]))) is None
