"""Answers from the cache, beside a bare handler that sends the same bytes: the share of its rate that is left."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.load import GeneratorMissingError, Load, generator, load, packed
from bench.machine import SERVER, free_port, running
from bench.questions import (
    EVENTS,
    HEADERS,
    MAILBOXES,
    address,
    bodies_of_hundred,
    bodies_of_hundred_repeated,
    bodies_of_one,
    bodies_of_one_afresh,
    bodies_of_one_repeated,
    body,
    first_day,
)
from bench.rows import Row
from bench.served import Served, WrongAnswerError


@dataclass(frozen=True, slots=True)
class Cached:
    """A row: what is asked, about how many mailboxes at once, and what share of the bare rate must be left, if any."""

    name: str
    bodies: Callable[[date], list[bytes]]
    mailboxes: int
    at_least: float | None = None

    def row(self, value: float | None, note: str) -> Row:
        """The figure with its bound."""
        return Row(name=self.name, value=value, unit="of the bare rate", at_least=self.at_least, note=note)


CACHED: Final = (
    Cached("cached_1", bodies_of_one, 1, 0.42),
    Cached("cached_1_repeated", bodies_of_one_repeated, 1, 0.55),
    Cached("cached_1_fresh_windows", bodies_of_one_afresh, 1),
    Cached("cached_100", bodies_of_hundred, 100, 0.20),
    Cached("cached_100_repeated", bodies_of_hundred_repeated, 100, 0.40),
)
_LOOKED_AT: Final = 1_000  # answers that are looked at before the clock runs; fewer where they are long


@dataclass(frozen=True, slots=True)
class Pace:
    """Rates of the rounds, ours and the bare handler's taking turns, in answers a second."""

    ours: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def share(self) -> float:
        """The median share of a round, each compared with the bare round just before it."""
        return median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def words(self) -> str:
        """The rates behind the share."""
        return f"{median(self.ours):,.0f}/s of {median(self.bare):,.0f}/s"


async def rows(served: Served, *, rounds: int, seconds: float, only: Sequence[Cached] = CACHED) -> list[Row]:
    """Each of ``only``; not measured where wrk is missing. Raises LoadFailedError, WrongAnswerError."""
    try:
        generator()
    except GeneratorMissingError as error:
        return [each.row(None, str(error)) for each in only]
    today = datetime.now(UTC).date()
    await warm(served)
    found = []
    for each in only:
        paced = await pace(served, each.bodies(today), each.mailboxes, rounds=rounds, seconds=seconds)
        found.append(each.row(round(paced.share, 3), paced.words))
    return found


async def warm(served: Served) -> None:
    """Have every mailbox fetched once."""
    today = datetime.now(UTC).date()
    for first in range(0, MAILBOXES, 100):
        question = body([address(n) for n in range(first, first + 100)], first_day(0, today))
        await served.ask(question, whole=(100, 100 * EVENTS))


async def pace(served: Served, bodies: list[bytes], mailboxes: int, *, rounds: int, seconds: float) -> Pace:
    """Rounds of both servers in turn, each going on with the bodies where the last one ended.

    WrongAnswerError where an answer is not whole, or not from the cache.
    """
    whole = (mailboxes, mailboxes * EVENTS)
    asked = await served.upstream_calls()
    for each in bodies[:: max(1, len(bodies) // min(_LOOKED_AT, 10 * _LOOKED_AT // mailboxes))]:
        answer = await served.ask(each, whole=whole)
    file, sample, port = served.folder / "bodies", served.folder / "answer", free_port()
    await asyncio.to_thread(_write, {file: packed(bodies), sample: answer})
    bare_url = f"http://127.0.0.1:{port}/"
    ours: list[Load] = []
    bare: list[Load] = []
    command = ["-m", "bench.bare", str(port), str(sample)]
    async with running(command, bare_url, core=SERVER, log=served.folder / "bare.log"):
        first = 0
        for _ in range(rounds + 1):
            bare.append(await load(bare_url, file, headers=HEADERS, seconds=seconds))
            ours.append(await load(served.url, file, headers=HEADERS, seconds=seconds, first=first))
            first = (first + ours[-1].requests) % len(bodies)
    await served.ask(bodies[-1], whole=whole)
    if (calls := await served.upstream_calls()) != asked:
        raise WrongAnswerError(f"not from the cache: the upstream was asked {calls - asked} times")
    kept = slice(1, None)  # the first round is for warming up
    return Pace(tuple(each.rate for each in ours[kept]), tuple(each.rate for each in bare[kept]))


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
