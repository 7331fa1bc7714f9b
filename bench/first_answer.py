"""What Busyline adds to an upstream that answers at once: 200 questions a second, through it and past it, in turn."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.load import LoadFailedError, packed
from bench.machine import LOAD, ROOT, pinned
from bench.open_loop import Stream, written
from bench.questions import EVENTS, HEADERS, address, body, first_day
from bench.rows import Row
from bench.served import Served

RATE: Final = 200  # questions a second, asked by the clock
_WARMING: Final = 1.0  # seconds of each round that are not looked at
_CONNECTIONS: Final = 64
_LATE: Final = 0.02  # the share of questions that may find no free connection, or be answered after the round


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds until the answer of one round: the median past the server, and the median and p99 through it."""

    direct: float
    through: float
    p99: float


async def rows(served: Served, *, rounds: int, seconds: float, rate: int = RATE) -> list[Row]:
    """first_answer_added_ms and first_answer_p99_ms, of mailboxes that nobody asked about before.

    The first is the difference of the medians; the second is all of the time through the server, the upstream's and the
    generator's own parts included. Raises LoadFailedError, WrongAnswerError.
    """
    today = datetime.now(UTC).date()
    found = [await _round(served, today, number, seconds, rate) for number in range(rounds)]
    await _proved(served, today, rate)
    added = median(each.through - each.direct for each in found) * 1000
    p99 = median(each.p99 for each in found) * 1000
    note = f"{median(each.through for each in found) * 1000:.2f} ms in all, at {rate} questions/s"
    return [
        Row(name="first_answer_added_ms", value=round(added, 2), unit="ms", at_most=1.5, note=note),
        Row(name="first_answer_p99_ms", value=round(p99, 2), unit="ms", at_most=6, note=f"at {rate} questions/s"),
    ]


async def _round(served: Served, today: date, number: int, seconds: float, rate: int) -> Round:
    count = round(rate * (seconds + _WARMING)) + rate // 4  # more than are asked, so that none is asked twice
    first = number * count
    bodies = [body([address(n, "first")], first_day(n, today)) for n in range(first, first + count)]
    file = served.folder / "first-answers"
    await asyncio.to_thread(file.write_bytes, packed(bodies))
    direct = await _asked(served, served.upstream_url, file, seconds, rate)
    through = await _asked(served, served.url, file, seconds, rate)
    return Round(direct=direct["p50"], through=through["p50"], p99=through["p99"])


async def _asked(served: Served, url: str, bodies: Path, seconds: float, rate: int) -> Mapping[str, float]:
    """What a generator of its own process tells. Raises LoadFailedError where not all was answered well."""
    stream = Stream(name="first", bodies=str(bodies), headers=HEADERS, rate=rate, connections=_CONNECTIONS)
    plan = bodies.with_suffix(".plan")
    what = written([stream], url, pid=served.pid, warming=_WARMING, seconds=seconds)
    plan.write_text(what, encoding="utf-8")
    pipe = asyncio.subprocess.PIPE
    with pinned(LOAD):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.open_loop", str(plan), cwd=ROOT, stdout=pipe, stderr=pipe
        )
    output, errors = await process.communicate()
    if process.returncode:
        raise LoadFailedError(f"the generator ended with {process.returncode}: {errors.decode()[-500:]}")
    told: dict[str, float] = json.loads(output)["first"]
    if told["failed"] + told["refused"] + told["doubtful"] or told["answered"] < rate * (1 - _LATE):
        raise LoadFailedError(f"not every question was answered at {rate}/s: {told}")
    return told


async def _proved(served: Served, today: date, rate: int) -> None:
    """The answers were whole, and are kept."""
    calls = await served.upstream_calls()
    for number in range(0, rate, rate // 10):
        await served.ask(body([address(number, "first")], first_day(number, today)), whole=(1, EVENTS))
    if await served.upstream_calls() != calls:
        raise LoadFailedError("the first answers were not kept: others were measured")
