"""Where the benchmarks run: the server on one core, whatever asks it on another, each process ended as it was begun."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parents[1]
_CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = _CORES[0], _CORES[-1]


class MissingError(Exception):
    """A program that a figure needs is not on this machine; the message says what installs it."""


class NotStartedError(Exception):
    """A process of the benchmark ended, or never answered; with the last of what it wrote."""


def warning() -> str | None:
    """What makes the figures of this machine worth less, in words."""
    return None if SERVER != LOAD else "only one core: the load generator takes from the server what it measures"


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep this thread on one core; a process started meanwhile stays there for good."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(
    command: Sequence[str],
    url: str,
    *,
    core: int,
    log: Path,
    env: Mapping[str, str] | None = None,
    program: str = sys.executable,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program, this Python by default, on ``core`` until the block ends; entered once ``url`` answers.

    Raises NotStartedError.
    """
    environment = {**os.environ, **(env or {})}
    with log.open("wb") as output, pinned(core):
        process = await asyncio.create_subprocess_exec(
            program, *command, cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        await _answering(url, process, log)
        yield process
    finally:
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _answering(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            if process.returncode is not None:
                raise NotStartedError(f"ended with {process.returncode}:\n{_end(log)}")
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    raise NotStartedError(f"{url} did not answer in 30 s:\n{_end(log)}")


def cpu_seconds(pid: int) -> float:
    """What the process, all its threads together, took of the machine's cores so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
