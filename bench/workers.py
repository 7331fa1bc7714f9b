"""Two workers beside one: how many more answers a second two cores give, the load generator counted out."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench import cached
from bench.load import GeneratorMissingError, generator, load, packed
from bench.machine import LOAD, SERVER, NotStartedError
from bench.questions import EVENTS, HEADERS, bodies_of_one
from bench.rows import Row
from bench.served import Served, WrongAnswerError, served

ROWS: Final = ("two_workers",)
_TWO = partial(Row, name="two_workers", unit="times one", at_least=1.8)
_TICKS = os.sysconf("SC_CLK_TCK")
_CONNECTIONS = 32  # enough that chance gives both workers some
_LEAST_SHARE = 0.2
_BODIES = 10_000  # every mailbox from every first day, in two ways
_WARM = 4 * _BODIES  # questions after which chance has shown nearly every one to both workers


@dataclass(slots=True)
class _Service:
    """A server and the processes that do its work, the parent first."""

    served: Served
    workers: tuple[int, ...]
    bodies: Path
    asked: int = 0

    async def warm(self) -> None:
        """Each process has a cache of its own."""
        await cached.warm(self.served)
        for _ in range(60):
            if self.asked >= _WARM:
                return
            await self.load(1)

    async def load(self, seconds: float) -> int:
        """Ask so long, going on with the bodies where the last time ended; how many were answered."""
        first = self.asked % _BODIES
        done = await load(
            self.served.url, self.bodies, headers=HEADERS, seconds=seconds, connections=_CONNECTIONS, first=first
        )
        self.asked += done.requests
        return done.requests

    async def pace(self, seconds: float) -> tuple[float, float]:
        """Answers in a second that the processor worked for the service, and the share of the idlest worker."""
        before = {pid: worked(pid) for pid in (self.served.pid, *self.workers)}
        done = await self.load(seconds)
        took = {pid: worked(pid) - before[pid] for pid in before}
        share = min((took[pid] for pid in self.workers), default=1.0) / sum(took.values())
        return done / sum(took.values()), share


async def rows(folder: Path, *, rounds: int, seconds: float) -> list[Row]:
    """two_workers; not measured where wrk is missing or the machine has one core. LoadFailedError, WrongAnswerError.

    Each answer costs so much time of a processor, and two workers that have a core each give what twice that time pays
    for. They are less than two times one where an answer costs them more: the parent, caches of the processor that they
    share, the system's locks. One of them shares its core with the load generator, which makes answers dearer as well;
    therefore the one worker is measured there, too, as often as on the core that it has for itself.
    """
    try:
        generator()
    except GeneratorMissingError as error:
        return [_TWO(value=None, note=str(error))]
    if SERVER == LOAD:
        return [_TWO(value=None, note="this machine has one core")]
    async with _service(folder / "one", 1) as one, _service(folder / "two", 2) as two:
        ratios, shares = [], []
        for number in range(rounds + 1):
            paces = []
            for core in (SERVER, LOAD):
                _pin(one.served.pid, core)
                paces.append((await one.pace(seconds))[0])
            alone = sum(paces) / len(paces)
            both, share = await two.pace(seconds)
            if number:  # the first round is for warming up
                ratios.append(2 * both / alone)
                shares.append(share)
    if median(shares) < _LEAST_SHARE:
        return [_TWO(value=None, note=f"one worker did only {median(shares):.0%} of the work")]
    note = f"{alone:,.0f} answers per second of a core, beside {both:,.0f}; the idler worker did {median(shares):.0%}"
    return [_TWO(value=round(median(ratios), 2), note=note)]


def worked(pid: int) -> float:
    """Seconds that the processor has worked for the process so far, for all its threads, and in the system for it."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS  # utime, stime: proc(5)


@asynccontextmanager
async def _service(folder: Path, workers: int) -> AsyncIterator[_Service]:
    bodies, file = bodies_of_one(datetime.now(UTC).date())[:_BODIES], folder / "bodies"
    _write(file, packed(bodies))
    async with served(folder, options=("--workers", str(workers))) as found:
        await _all_serve(folder / "server.log")
        children = _children(found.pid)
        for core, pid in zip((SERVER, LOAD), children, strict=False):
            _pin(pid, core)
        service = _Service(found, tuple(children), file)
        await service.warm()
        for each in bodies[:50]:
            await found.ask(each, whole=(1, EVENTS))
        yield service
        if len(children) != (workers if workers > 1 else 0):
            raise WrongAnswerError(f"{len(children)} workers instead of {workers}")


async def _all_serve(log: Path) -> None:
    """The first that serves answers already; the parent tells when all do. Raises NotStartedError."""
    for _ in range(600):
        if '"listening"' in (told := _text(log)):
            return
        await asyncio.sleep(0.1)
    raise NotStartedError(f"not all workers serve after a minute: {told[-2000:]}")


def _pin(pid: int, core: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(data)


def _text(file: Path) -> str:
    return file.read_text("utf-8")


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
