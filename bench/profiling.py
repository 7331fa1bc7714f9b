"""Where the time of a cached answer goes: the server under load, watched by py-spy if installed, else by cProfile."""

import asyncio
import cProfile
import io
import os
import pstats
import shutil
import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.cached import warm
from bench.load import load, packed
from bench.questions import HEADERS, bodies_of_hundred, bodies_of_one
from bench.served import BUSYLINE, served

TOP = 40
_BEGIN = signal.SIGUSR2  # the server itself listens to SIGUSR1
_BODIES = {1: bodies_of_one, 100: bodies_of_hundred}


async def report(folder: Path, *, mailboxes: int, seconds: float) -> str:
    """The dearest functions while cached questions about ``mailboxes`` (1 or 100) are answered."""
    bodies, result = folder / "bodies", folder / "profile"
    await asyncio.to_thread(bodies.write_bytes, packed(_BODIES[mailboxes](datetime.now(UTC).date())))
    spy = shutil.which("py-spy")
    async with served(folder, command=BUSYLINE if spy else ("-m", "bench.profiling", str(result))) as server:
        await warm(server)
        if not spy:
            os.kill(server.pid, _BEGIN)
        watching = asyncio.create_task(_watch(spy, server.pid, seconds, result)) if spy else None
        rate = (await load(server.url, bodies, headers=HEADERS, seconds=seconds)).rate
        if watching:
            await watching
    lines = sampled(result.read_text(encoding="utf-8")) if spy else traced(result)
    return f"{mailboxes} cached: {rate:,.0f}/s while watched\n{lines}"


async def _watch(spy: str, pid: int, seconds: float, result: Path) -> None:
    options = [
        "--gil",
        "--function",
        "--rate",
        "500",
        "--duration",
        str(round(seconds)),
        "--format",
        "raw",
        "--output",
        str(result),
    ]
    command = [spy, "record", "--pid", str(pid), *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    await process.wait()


def sampled(stacks: str, lines: int = TOP) -> str:
    """The functions most often found at work in py-spy's stacks, with their share of the samples."""
    at_work: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, count = line.rpartition(" ")
        at_work[frames.rpartition(";")[2]] += int(count)
    whole = at_work.total() or 1
    return "\n".join(f"{count / whole:6.1%}  {frame}" for frame, count in at_work.most_common(lines))


def traced(result: Path, lines: int = TOP) -> str:
    """The functions of a kept cProfile by the time spent in themselves."""
    output = io.StringIO()
    pstats.Stats(str(result), stream=output).strip_dirs().sort_stats("tottime").print_stats(lines)
    return output.getvalue()


def main() -> None:
    """Run `busyline` with the arguments after the first, which is where its profile is kept."""
    from console.cli import main as busyline  # noqa: PLC0415 - only the watched process loads the server

    result, sys.argv = sys.argv[1], ["busyline", *sys.argv[2:]]
    watch = cProfile.Profile()
    signal.signal(_BEGIN, lambda *_: watch.enable())  # once the cache is warm
    try:
        busyline()
    finally:
        watch.disable()
        watch.dump_stats(result)


if __name__ == "__main__":
    main()
