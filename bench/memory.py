"""What a cached mailbox costs in memory, all told: the growth of a fresh process's resident set over its mailboxes."""

import argparse
import asyncio
import gc
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bench.machine import ROOT
from bench.questions import address
from bench.rows import Row
from protocols.model.freebusy import Answer, Availability, Detail, Question
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow
from proxy.layers.cache import AnswerStore, Cache

MAILBOXES, INTERVALS = 100_000, 60
_AT_ONCE = 100
_SHAPES = 97  # different months; every mailbox gets its own copy of one


class Month:
    """A connector that makes up a month for every mailbox, anew each time, and counts whom it was asked about."""

    def __init__(self, start: datetime, detail: Detail) -> None:
        self.asked = 0
        self._start, self._detail = start, detail
        self._shapes = [self._blocks(shape) for shape in range(_SHAPES)]

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        self.asked += len(mailboxes)
        return [self.answer(mailbox, question.window, self.asked + n) for n, mailbox in enumerate(mailboxes)]

    def answer(self, mailbox: Mailbox, window: TimeWindow, shape: int) -> Answer:
        """What it says of ``mailbox``: the month of that number."""
        return Availability(
            mailbox=mailbox,
            window=window,
            intervals=Intervals.pack(self._month(shape)),
            detail=self._detail,
            source="bench",
            as_of=self._start,
        )

    def _month(self, shape: int) -> list[BusyInterval]:
        if self._detail is Detail.BUSY:
            return self._shapes[shape % _SHAPES]
        return self._blocks(shape % _SHAPES)  # subjects of its own, as if parsed from an answer of its own

    def _blocks(self, shape: int) -> list[BusyInterval]:
        return [self._block(self._start + timedelta(hours=12 * n, minutes=shape), n) for n in range(INTERVALS)]

    def _block(self, start: datetime, n: int) -> BusyInterval:
        details = EventDetails(subject=f"Weekly review {n}", location=f"Room {n % 4}", meeting=True)
        window = TimeWindow(start, start + timedelta(hours=1))
        return BusyInterval(window, BusyStatus(1 + n % 4), details if self._detail is Detail.DETAILS else None)


def resident() -> int:
    """The bytes of this process that lie in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def fill(mailboxes: int, detail: Detail = Detail.BUSY) -> float:
    """Bytes per mailbox after ``mailboxes`` were asked through a cache. Raises RuntimeError where it kept too few."""
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    month = Month(today, detail)
    cache = Cache(month, name="bench", store=AnswerStore(mailboxes=mailboxes + 1000), clock=lambda: today)
    question = Question(window=TimeWindow(today, today + 30 * DAY), detail=detail)
    await _ask(cache, question, range(mailboxes, mailboxes + _AT_ONCE))  # what is built once is no mailbox's cost
    gc.collect()
    before = resident()
    for first in range(0, mailboxes, _AT_ONCE):
        await _ask(cache, question, range(first, first + _AT_ONCE))
    gc.collect()
    cost = (resident() - before) / mailboxes
    asked = month.asked
    await _ask(cache, question, range(0, mailboxes, max(1, mailboxes // 1000)))
    if month.asked != asked:
        raise RuntimeError("the cache did not keep what was measured")
    return cost


async def _ask(cache: Cache, question: Question, numbers: range) -> None:
    answers = await cache.lookup([Mailbox.parse(address(number)) for number in numbers], question)
    if not all(isinstance(each, Availability) and len(each.intervals) for each in answers):
        raise RuntimeError("an answer of the benchmark is not whole")


async def measure(mailboxes: int = MAILBOXES, detail: Detail = Detail.BUSY) -> float:
    """The same in a fresh process."""
    command = [sys.executable, "-m", "bench.memory", "--mailboxes", str(mailboxes), "--detail", detail.value]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"ended with {process.returncode}")
    return float(json.loads(output))


async def rows(mailboxes: int = MAILBOXES) -> list[Row]:
    """cached_bytes_per_mailbox."""
    value = round(await measure(mailboxes))
    return [Row(name="cached_bytes_per_mailbox", value=value, unit="bytes", at_most=2000)]


def main() -> None:
    """Print the bytes per mailbox."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=MAILBOXES)
    parser.add_argument("--detail", type=Detail, choices=list(Detail), default=Detail.BUSY)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(fill(options.mailboxes, options.detail))))


if __name__ == "__main__":
    main()
