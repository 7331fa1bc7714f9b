"""Tests of proxy/apart.py."""

import asyncio
import subprocess
import sys
import threading

import pytest

from proxy.apart import apart

HANGS = """
import asyncio, threading
from proxy.apart import apart

async def main():
    task = asyncio.create_task(apart(threading.Event().wait, name="hangs"))
    await asyncio.wait({task}, timeout=0.01)
    task.cancel()

asyncio.run(main())
"""


async def test_its_outcome_comes_back() -> None:
    assert await apart(lambda: threading.current_thread().name, name="other") == "other"
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 / 0, name="other")


async def test_whoever_gave_up_is_told_nothing() -> None:
    begun, on, ended = asyncio.Event(), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        on.wait()
        loop.call_soon_threadsafe(ended.set)

    task = asyncio.create_task(apart(work, name="other"))
    await begun.wait()
    task.cancel()
    await asyncio.wait({task})
    on.set()
    await ended.wait()
    assert task.cancelled()


def test_what_hangs_holds_up_no_end_of_the_process() -> None:
    subprocess.run([sys.executable, "-c", HANGS], timeout=30, check=True)
