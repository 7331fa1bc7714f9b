"""How many requests a second a caller gets: each has a pace of its own, so that nobody pays for another's load."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

BURST: Final = 4  # seconds' worth of requests that may come at once
_ROUNDING: Final = 1e-6  # seconds


@dataclass(slots=True)
class _Pace:
    between: float  # seconds that a request stands for
    ahead: float  # how far the pace may run ahead of the clock: the burst
    due: float  # when all that was let in would have come at the rate


class Admission:
    """A pace for each caller: ``rates`` in requests a second by their names; four times as many may come at once.

    ``clock`` tells seconds. A caller without a rate is always admitted.
    """

    def __init__(self, rates: Mapping[str, float], *, clock: Callable[[], float]) -> None:
        self._clock, now = clock, clock()
        self._paces = {name: _Pace(1 / rate, (_full(rate) - 1) / rate, now) for name, rate in rates.items()}

    def wait(self, name: str) -> float:
        """0 where the caller is admitted, which counts; else the seconds after which it will be, which does not."""
        pace = self._paces.get(name)
        if pace is None:
            return 0.0
        now = self._clock()
        due = max(pace.due, now)
        if due - now > pace.ahead + _ROUNDING:
            return due - now - pace.ahead
        pace.due = due + pace.between
        return 0.0


def _full(rate: float) -> float:
    """At least one request, however low the rate."""
    return max(1.0, math.floor(rate * BURST))
