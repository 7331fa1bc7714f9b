"""Tests of service/certificate_files.py: when files are looked at, what is shown of them, and what is told."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs import pem
from certs.live import Live
from certs.pair import Pair
from certs.watch import Watch
from service.certificate_files import Bell, FileKeeper, kept, told_swap
from service.secrets import SecretError
from tests.certs.authority import DAY, NOW, private_pem, write
from tests.service.certificate_time import CA, FIRST, NAME, SECOND, Time, over


async def test_files_are_looked_at_every_ten_seconds(tmp_path: Path) -> None:
    chain, key = write(FIRST, tmp_path)
    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    ticks = Time(3)
    keeper = FileKeeper(live, Watch((chain, key), lambda: pem.read(chain, key)), pause=ticks.pause)
    write(SECOND, tmp_path)
    await over(keeper)
    assert ticks.slept == [timedelta(seconds=10)] * 3
    assert (live.swaps, live.pair.leaf) == (1, SECOND.leaf)


async def test_trouble_with_files_is_told_and_ends(tmp_path: Path) -> None:
    chain, key = write(FIRST, tmp_path)
    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    seen = []
    ticks = Time(3, rings={1: lambda: key.write_bytes(b"x"), 2: lambda: seen.append(keeper.trouble),
                          3: lambda: key.write_bytes(private_pem(FIRST))})  # fmt: skip
    keeper = FileKeeper(live, Watch((chain, key), lambda: pem.read(chain, key)), pause=ticks.pause)
    await over(keeper)
    assert "holds no private key" in seen[0]
    assert (keeper.failures, keeper.trouble, live.swaps) == (2, "", 0)


@pytest.mark.parametrize("error", [SecretError("the variable X is not set"), RuntimeError("a parser's own")])
async def test_whatever_reading_raises_the_watch_goes_on(error: Exception) -> None:
    def read() -> Pair:
        raise error

    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    keeper = FileKeeper(live, Watch((), read), pause=Time(2, rings={1: lambda: None, 2: lambda: None}).pause)
    await over(keeper)
    assert keeper.failures == 2
    assert keeper.trouble == (str(error) if isinstance(error, SecretError) else "the new certificate cannot be read")


async def test_a_bell_rings_whoever_waits_and_whoever_waits_next() -> None:
    bell = Bell()
    assert not await bell.wait(timedelta(milliseconds=1))
    bell.ring()
    assert await bell.wait(timedelta(hours=1))
    waiting = asyncio.create_task(bell.wait(timedelta(hours=1)))
    await asyncio.sleep(0)
    bell.ring()
    assert await waiting
    assert not await bell.wait(timedelta(milliseconds=1))


def test_a_swap_is_told_with_what_callers_still_object_to() -> None:
    live = Live(CA.leaf(NAME, begins=NOW - 9 * DAY, ends=NOW + DAY), clock=lambda: NOW, host="elsewhere.example")
    with capture_logs() as logs:
        told_swap(False, live)
        told_swap(True, live)
    (line,) = logs
    assert line["until"] == "2026-11-21"
    assert [note.partition(":")[0] for note in line["notes"]] == [
        "the certificate expires on 2026-11-21",
        "the certificate does not name elsewhere.example, which callers use",
    ]


async def test_as_long_as_a_block_lasts_it_is_kept() -> None:
    live, bell = Live(FIRST, clock=lambda: NOW, host=NAME), Bell()
    read = asyncio.Event()

    def reading() -> Pair:
        loop.call_soon_threadsafe(read.set)
        return SECOND

    loop = asyncio.get_running_loop()
    keeper = FileKeeper(live, Watch((), reading), pause=bell.wait)
    async with kept(keeper), asyncio.timeout(20):
        bell.ring()
        await read.wait()
    async with kept(None):
        pass
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
