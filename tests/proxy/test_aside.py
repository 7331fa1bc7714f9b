"""Long work runs in threads of its own, short work is not held up by it, and both give back what comes of it."""

import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from proxy.aside import aside

SHORT, LONG = 100, 10**7


@pytest.mark.parametrize("size", [SHORT, LONG])
async def test_it_never_runs_here_nor_where_names_are_looked_up(size: int) -> None:
    thread = await aside(size, threading.current_thread)
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert thread is not await asyncio.to_thread(threading.current_thread)


@pytest.mark.parametrize("size", [SHORT, LONG])
async def test_what_it_raises(size: int) -> None:
    def job() -> None:
        raise ValueError("of the job")

    with pytest.raises(ValueError, match="of the job"):
        await aside(size, job)


async def test_short_work_does_not_wait_for_long_work() -> None:
    release = threading.Event()
    long = [asyncio.create_task(aside(LONG, release.wait)) for _ in range(40)]
    await asyncio.sleep(0)
    assert await aside(SHORT, lambda: 7) == 7
    assert await asyncio.to_thread(lambda: 8) == 8
    assert not any(task.done() for task in long)
    release.set()
    await asyncio.gather(*long)


async def test_what_nobody_waits_for_is_not_begun() -> None:
    release, begun = threading.Event(), []
    first = asyncio.create_task(aside(LONG, release.wait))
    second = asyncio.create_task(aside(LONG, lambda: begun.append(1)))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    release.set()
    await first
    await aside(LONG, lambda: None)
    assert not begun


async def test_it_knows_what_its_caller_knows() -> None:
    known: ContextVar[str] = ContextVar("known")
    known.set("x")
    assert await aside(SHORT, known.get) == "x"


def test_it_does_not_hold_up_the_end_of_the_process() -> None:
    script = """
import asyncio, threading
from proxy.aside import aside
async def main():
    task = asyncio.create_task(aside(10**7, threading.Event().wait))
    await aside(1, lambda: None)
    task.cancel()
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], timeout=30, check=False)  # ours
    assert done.returncode == 0
