"""Tests of service/runs/together.py: one that fails lets the others end, and nobody is left running."""

import asyncio

import pytest

from service.runs.together import side_by_side, together


class Work:
    """Goes on until it is told to stop."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.ended: list[str] = []

    async def patient(self, name: str) -> None:
        try:
            await self.stopped.wait()
        finally:
            self.ended.append(name)

    async def broken(self) -> None:
        raise ValueError("broken")


async def test_nothing_to_do_is_done() -> None:
    await together([], give_up=lambda: None)


async def test_when_one_fails_the_others_are_told_and_waited_for() -> None:
    work = Work()
    with pytest.raises(ValueError, match="broken"):
        await together([work.patient("a"), work.broken(), work.patient("b")], give_up=work.stopped.set)
    assert sorted(work.ended) == ["a", "b"]


async def test_whoever_is_cancelled_leaves_nobody_behind() -> None:
    work = Work()
    task = asyncio.ensure_future(together([work.patient("a"), work.patient("b")], give_up=lambda: None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(work.ended) == ["a", "b"]


async def test_side_by_side_the_first_that_ends_ends_all() -> None:
    work = Work()

    async def short() -> None:
        await asyncio.sleep(0)

    await side_by_side([work.patient("a"), short(), work.patient("b")])
    assert sorted(work.ended) == ["a", "b"]


async def test_side_by_side_what_fails_is_raised() -> None:
    work = Work()
    with pytest.raises(ValueError, match="broken"):
        await side_by_side([work.patient("a"), work.broken()])
    assert work.ended == ["a"]


async def test_side_by_side_cancelled_all_end() -> None:
    work = Work()
    task = asyncio.create_task(side_by_side([work.patient("a"), work.patient("b")]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(work.ended) == ["a", "b"]
