"""What Busyline adds to an upstream that answers at once: the same question asked through it and past it, in turn."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from bench.questions import EVENTS, address, body, first_day
from bench.rows import Row
from bench.served import Served

QUESTIONS = 300
_WARMING = 50


async def rows(served: Served, *, questions: int = QUESTIONS) -> list[Row]:
    """first_answer_added_ms: the median over ``questions`` mailboxes that nobody asked about before."""
    today = datetime.now(UTC).date()
    added, whole = [], []
    for number in range(questions + _WARMING):
        question = body([address(number, "first")], first_day(number, today))
        direct = await _seconds(served.ask_upstream, question)
        through = await _seconds(served.ask, question)
        if number >= _WARMING:
            added.append(through - direct)
            whole.append(through)
    calls = await served.upstream_calls()
    await served.ask(body([address(0, "first")], first_day(0, today)), whole=(1, EVENTS))
    if await served.upstream_calls() != calls:
        raise AssertionError("the first answer was not kept")
    note = f"{median(whole) * 1000:.2f} ms in all"
    return [Row(name="first_answer_added_ms", value=round(median(added) * 1000, 2), unit="ms", at_most=3, note=note)]


async def _seconds(ask: Callable[[bytes], Awaitable[bytes]], question: bytes) -> float:
    start = perf_counter()
    await ask(question)
    return perf_counter() - start
