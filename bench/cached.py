"""Answers from the cache, beside a bare handler that sends the same bytes: the share of its rate that is left."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from bench.load import GeneratorMissingError, generator, load, packed
from bench.machine import SERVER, free_port, running
from bench.questions import (
    EVENTS,
    HEADERS,
    MAILBOXES,
    address,
    bodies_of_hundred,
    bodies_of_one,
    bodies_of_one_afresh,
    body,
    first_day,
)
from bench.rows import Row
from bench.served import Served, WrongAnswerError

_ONE = partial(Row, name="cached_1", unit="of the bare rate", at_least=0.25)
_FRESH = partial(Row, name="cached_1_fresh_windows", unit="of the bare rate", at_least=0.05)
_HUNDRED = partial(Row, name="cached_100", unit="of the bare rate", at_least=0.08)

_LOOKED_AT = 1_000  # answers that are looked at before the clock runs; fewer where they are long


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


async def rows(served: Served, *, rounds: int, seconds: float) -> list[Row]:
    """cached_1, the same with windows of their own, and cached_100; not measured where wrk is missing.

    Raises LoadFailedError, WrongAnswerError.
    """
    try:
        generator()
    except GeneratorMissingError as error:
        return [row(value=None, note=str(error)) for row in (_ONE, _FRESH, _HUNDRED)]
    today = datetime.now(UTC).date()
    await warm(served)
    one = await pace(served, bodies_of_one(today), 1, rounds=rounds, seconds=seconds)
    fresh = await pace(served, bodies_of_one_afresh(today), 1, rounds=rounds, seconds=seconds)
    hundred = await pace(served, bodies_of_hundred(today), 100, rounds=rounds, seconds=seconds)
    return [
        _ONE(value=round(one.share, 3), note=one.words),
        _FRESH(value=round(fresh.share, 3), note=fresh.words),
        _HUNDRED(value=round(hundred.share, 3), note=hundred.words),
    ]


async def warm(served: Served) -> None:
    """Have every mailbox fetched once."""
    today = datetime.now(UTC).date()
    for first in range(0, MAILBOXES, 100):
        question = body([address(n) for n in range(first, first + 100)], first_day(0, today))
        await served.ask(question, whole=(100, 100 * EVENTS))


async def pace(served: Served, bodies: list[bytes], mailboxes: int, *, rounds: int, seconds: float) -> Pace:
    """Rounds of both servers in turn. WrongAnswerError where an answer is not whole, or not from the cache."""
    whole = (mailboxes, mailboxes * EVENTS)
    asked = await served.upstream_calls()
    for each in bodies[:: max(1, len(bodies) // min(_LOOKED_AT, 10 * _LOOKED_AT // mailboxes))]:
        answer = await served.ask(each, whole=whole)
    file, sample, port = served.folder / "bodies", served.folder / "answer", free_port()
    await asyncio.to_thread(_write, {file: packed(bodies), sample: answer})
    bare_url = f"http://127.0.0.1:{port}/"
    ours, bare = [], []
    command = ["-m", "bench.bare", str(port), str(sample)]
    async with running(command, bare_url, core=SERVER, log=served.folder / "bare.log"):
        for number in range(rounds + 1):
            bare.append((await load(bare_url, file, headers=HEADERS, seconds=seconds)).rate)
            ours.append((await load(served.url, file, headers=HEADERS, seconds=seconds)).rate)
            if number == 0:  # the first round is for warming up
                ours.clear()
                bare.clear()
    await served.ask(bodies[-1], whole=whole)
    if (calls := await served.upstream_calls()) != asked:
        raise WrongAnswerError(f"not from the cache: the upstream was asked {calls - asked} times")
    return Pace(tuple(ours), tuple(bare))


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
