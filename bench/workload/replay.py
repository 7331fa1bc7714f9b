"""Asks a server the questions of a workload at their times, or faster: by the clock, however late the answers are."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from statistics import quantiles
from typing import Final

from bench.questions import address, body
from bench.served import Served, WrongAnswerError
from bench.workload.asked import Asked

_CODES: Final = re.compile(r"ResponseCode>(\w+)<")
_MOST_AT_ONCE: Final = 2_000  # questions without an answer yet; more than that is no server's pace


class TooSlowError(Exception):
    """The server, or whoever asks it, does not keep up with the questions."""


@dataclass(slots=True)
class Replayed:
    """What came of it: seconds until each whole answer, what was said instead of one, and the calls to the upstream."""

    took: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    seconds: float = 0.0

    @property
    def p50_p99(self) -> tuple[float, float]:
        """The median and the 99th percentile in seconds; NaN of none."""
        if len(self.took) < 2:
            return float("nan"), float("nan")
        cuts = quantiles(self.took, n=100)
        return cuts[49], cuts[98]


async def replay(served: Served, asked: Iterable[Asked], *, speed: float, most: int) -> Replayed:
    """The first ``most`` questions, ``speed`` times as fast as they were asked. Raises TooSlowError.

    Their first day is tomorrow, so that none asks about what is over.
    """
    found, tomorrow = Replayed(calls=-await served.upstream_calls()), datetime.now(UTC).date() + timedelta(days=1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    flying: set[asyncio.Task[None]] = set()
    for each in islice(asked, most):
        if (wait := begun + each.at / 1000 / speed - loop.time()) > 0:
            await asyncio.sleep(wait)
        if len(flying) >= _MOST_AT_ONCE:
            raise TooSlowError(f"{len(flying)} questions wait for an answer: replay them with less --speed")
        flying.add(task := asyncio.create_task(_ask(served, each, tomorrow, found)))
        task.add_done_callback(flying.discard)
    await asyncio.gather(*flying)
    found.seconds = loop.time() - begun
    found.calls += await served.upstream_calls()
    return found


async def _ask(served: Served, asked: Asked, tomorrow: date, found: Replayed) -> None:
    started = asyncio.get_running_loop().time()
    try:
        answer = await served.ask(question(asked, tomorrow))
    except WrongAnswerError as error:
        found.wrong[str(error).partition(",")[0]] += 1
        return
    if answer.count(b">NoError<") == len(asked.mailboxes):
        found.took.append(asyncio.get_running_loop().time() - started)
    else:
        found.wrong.update(sorted(set(_CODES.findall(answer.decode())) - {"NoError"})[:1] or ["too few answers"])


def question(asked: Asked, tomorrow: date) -> bytes:
    """As an EWS client writes it."""
    return body(_addresses(asked.mailboxes), tomorrow + timedelta(days=asked.first_day), days=asked.days)


def _addresses(numbers: Sequence[int]) -> list[str]:
    return [address(number) for number in numbers]
