"""Asks two questions by turns and says whether their times differ by more than chance (Welch's t, as dudect does)."""

import math
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, variance
from typing import TypeAlias

SUSPICIOUS = 4.5  # |t| beyond which two samples are not of one kind (Reparaz et al., "Dude, is my code constant time?")
_KEPT = 0.9  # the slowest tenth is the machine's, not the question's

Ask: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two samples of seconds came to."""

    one: float
    other: float
    t: float

    @property
    def told_apart(self) -> bool:
        """Whether somebody with this many answers could tell the two apart."""
        return abs(self.t) > SUSPICIOUS

    def __str__(self) -> str:
        verdict = "TOLD APART" if self.told_apart else "alike"
        return f"{self.one * 1e6:8.1f} µs  {self.other * 1e6:8.1f} µs  t = {self.t:+6.2f}  {verdict}"


async def compared(
    one: Ask,
    other: Ask,
    *,
    pairs: int,
    chance: random.Random,
    clock: Callable[[], float] = time.perf_counter,
) -> Comparison:
    """Ask both ``pairs`` times, in an order by chance within each pair; the first tenth warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    warm = pairs // 10
    for number in range(pairs + warm):
        order = [(0, one), (1, other)]
        chance.shuffle(order)
        for index, ask in order:
            started = clock()
            await ask()
            if number >= warm:
                times[index].append(clock() - started)
    return judged(*times)


def judged(one: Sequence[float], other: Sequence[float]) -> Comparison:
    """Medians and Welch's t of two samples, each without what the machine was slow at, cut at one common time."""
    limit = sorted([*one, *other])[int(_KEPT * (len(one) + len(other)))]
    a, b = ([seconds for seconds in sample if seconds <= limit] for sample in (one, other))
    spread = math.sqrt(variance(a) / len(a) + variance(b) / len(b))
    return Comparison(median(one), median(other), (fmean(a) - fmean(b)) / spread if spread else 0.0)
