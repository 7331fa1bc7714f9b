"""Counts the calls of an account, so that a peer's documented limit is reached and never passed."""

import time
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

Timer: TypeAlias = Callable[[], float]
"""Seconds since some moment; it never goes back, whatever is done to the clock."""
MOST: Final = 100_000
"""The most calls of one rate: each takes 8 bytes."""
_LONG_AGO: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``calls`` calls in any ``per``: a sliding window, as Google and Graph count."""

    calls: int
    per: timedelta

    def __post_init__(self) -> None:
        if not 1 <= self.calls <= MOST or self.per <= timedelta():
            raise ValueError(f"no call goes by {self}")

    def among(self, parts: int) -> "Rate":
        """The share of one of ``parts`` who call by the same account without knowing of each other; never nothing."""
        return Rate(max(self.calls // parts, 1), self.per)


class Budget:
    """The calls of one account: all ``rates`` are kept to, and those of ``over``, which several accounts share.

    What was spent is never given back: whether a call that was called off reached the peer, nobody knows. Without any
    rate there is no limit.
    """

    def __init__(
        self, rates: Iterable[Rate] = (), *, over: "Budget | None" = None, timer: Timer = time.monotonic
    ) -> None:
        self._timer = timer
        self._windows: tuple[_Window, ...] = (*map(_Window, rates), *(over._windows if over else ()))

    def wait(self) -> timedelta:
        """How long until a call may go out; nought where it may now."""
        if not self._windows:
            return timedelta()
        now = self._timer()
        return timedelta(seconds=max(window.left(now) for window in self._windows))

    def spend(self) -> None:
        """A call goes out now."""
        if self._windows:
            now = self._timer()
            for window in self._windows:
                window.spend(now)


class _Window:
    """When the last calls went out: as many as its rate allows, the oldest at ``_oldest``."""

    __slots__ = ("_oldest", "_seconds", "_times")

    def __init__(self, rate: Rate) -> None:
        self._seconds = rate.per.total_seconds()
        self._times = array("d", [_LONG_AGO]) * rate.calls
        self._oldest = 0

    def left(self, now: float) -> float:
        return max(self._times[self._oldest] + self._seconds - now, 0.0)

    def spend(self, now: float) -> None:
        self._times[self._oldest] = now
        self._oldest = (self._oldest + 1) % len(self._times)
