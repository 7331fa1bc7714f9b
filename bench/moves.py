"""A move of 50,000 people: how soon it is in force once the file has changed, and what others feel of that."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench.cached import warm
from bench.load import GeneratorMissingError, generator, load, packed
from bench.questions import DOMAIN, EVENTS, HEADERS, address, bodies_of_one, body
from bench.rows import Row
from bench.served import Served, WrongAnswerError, served

PEOPLE: Final = 50_000
_SOON = partial(Row, name="moves_effective_s", unit="s", at_most=1)
_QUIET = partial(Row, name="moves_reload_p99_ratio", unit="of the p99 before", at_most=2)
_OTHER: Final = "contoso.example"
_SIDES: Final = {DOMAIN: "2999-01-01", _OTHER: "2020-01-01"}  # where people are who move then
_PATIENCE: Final = 30.0
_MORE: Final = """
[connectors.contoso]
protocol = "ews"
url = "{upstream}"
auth = {{ kind = "basic", username = "bench", password = "env:BENCH_UPSTREAM_PASSWORD" }}

[[routes]]
match = "contoso.example"
via = "contoso"

[[moves]]
name = "bench"
from = "fabrikam"
to = "contoso"
people = "file:moved.csv"
rewrite = "{{local}}@contoso.example"
"""


@dataclass(slots=True)
class Reloads:
    """Changes the list again and again; ``seconds`` is how long each change took until it was in force."""

    server: Served
    people: int
    seconds: list[float] = field(default_factory=list)

    async def change(self) -> None:
        """Everybody goes to the other side; returns as soon as one who was never asked about is found there."""
        number = len(self.seconds)
        domain = list(_SIDES)[(number + 1) % 2]
        await asyncio.to_thread(write, self.server.folder, self.people, _SIDES[domain])
        changed = time.perf_counter()
        probe = body([address(number, "mover")], datetime.now(UTC).date())
        sought = f"mover{number:06}@{domain}".encode()
        while sought not in await self.server.ask(probe, whole=(1, EVENTS)):
            if time.perf_counter() - changed > _PATIENCE:
                raise WrongAnswerError(f"the move is not in force after {_PATIENCE:g} s")
            await asyncio.sleep(0.005)
        self.seconds.append(time.perf_counter() - changed)

    async def until(self, stop: asyncio.Event) -> None:
        """One change after the other; the last is seen through."""
        while not stop.is_set():
            await self.change()


async def rows(folder: Path, *, rounds: int, seconds: float, people: int = PEOPLE) -> list[Row]:
    """Both figures; not measured where wrk is missing. Raises LoadFailedError, WrongAnswerError, NotStartedError."""
    try:
        generator()
    except GeneratorMissingError as error:
        return [row(value=None, note=str(error)) for row in (_SOON, _QUIET)]
    async with moving(folder, people) as reloads:
        before, during = await _p99s(reloads, rounds=rounds, seconds=seconds)
    took, ratio = reloads.seconds, median(b / a for a, b in zip(before, during, strict=True))
    ends = f"{len(took)} changes under load: median {median(took):.2f} s; the longest counts"
    words = f"{median(during) * 1000:.1f} ms while lists are read without end, {median(before) * 1000:.1f} ms before"
    return [_SOON(value=round(max(took), 3), note=ends), _QUIET(value=round(ratio, 2), note=words)]


@asynccontextmanager
async def moving(folder: Path, people: int) -> AsyncIterator[Reloads]:
    """A server whose list has so many people, none of whom has moved yet, with warm answers for all others."""
    await asyncio.to_thread(write, folder, people, _SIDES[DOMAIN])
    async with served(folder, more=_MORE) as server:
        await warm(server)
        yield Reloads(server, people)


async def _p99s(reloads: Reloads, *, rounds: int, seconds: float) -> tuple[list[float], list[float]]:
    """The p99 of rounds without changes and of rounds full of them, taking turns."""
    server = reloads.server
    bodies = server.folder / "bodies"
    await asyncio.to_thread(bodies.write_bytes, packed(bodies_of_one(_today())))
    under_load = partial(load, server.url, bodies, headers=HEADERS, seconds=seconds)
    before, during = [], []
    await under_load()  # for warming up
    for _ in range(rounds):
        before.append((await under_load()).p99)
        stop = asyncio.Event()
        changing = asyncio.create_task(reloads.until(stop))
        during.append((await under_load()).p99)
        stop.set()
        await changing
    return before, during


def _today() -> date:
    return datetime.now(UTC).date()


def write(folder: Path, people: int, day: str) -> None:
    """The list, all of it at once: everybody moves on ``day``, in one of twenty batches."""
    lines = [f"{address(number, 'mover')},{day},wave-{number % 20}" for number in range(people)]
    new = folder / "moved.new"
    new.write_text("\n".join(["address,moved_at,batch", *lines, ""]), encoding="ascii")
    new.replace(folder / "moved.csv")
