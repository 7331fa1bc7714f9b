"""What reading calendars may still cost: counted steps, occurrences and time, shared by all that one question reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import TypeAlias

Stopwatch: TypeAlias = Callable[[], float]
"""Seconds since any moment, never less than before: of the clock, or of this thread's work alone."""


class TooManyError(ValueError):
    """Something would have to be read or counted for longer than is allowed."""


@dataclass(slots=True)
class Budget:
    """What is left. A step is about 2 µs of work.

    ``steps`` and ``occurrences`` are of everything together, ``series`` the steps that one recurrence rule may take.
    ``seconds`` of reading, as the ``stopwatch`` tells them; without one there is no limit but the steps.
    """

    steps: int
    series: int
    occurrences: int = 20_000
    seconds: float = inf
    stopwatch: Stopwatch | None = None
    _until: float = field(default=inf, init=False)

    @property
    def spent(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.steps <= 0 or self.occurrences < 0 or self.seconds <= 0 or self._late()

    def take(self, steps: int) -> None:
        """Raises TooManyError where so many are not left, for one rule or at all, or where the time is over."""
        if steps > min(self.steps, self.series):
            raise TooManyError("a recurrence without measure")
        self._take(steps)

    def share(self) -> "Share":
        """What one rule may take of it."""
        return Share(self, self.series)

    def work(self, steps: int) -> None:
        """As :meth:`take` for work that is no rule's: one that cannot be done leaves nothing for any other."""
        if steps > self.steps:
            self.steps = 0
            raise TooManyError("more than is looked at")
        self._take(steps)

    def occur(self) -> None:
        """Counts an occurrence. Raises TooManyError where it is one too many."""
        self.occurrences -= 1
        if self.occurrences < 0:
            raise TooManyError("more occurrences than are looked at")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The time within counts; one thread at a time."""
        if self.stopwatch is None:
            yield
            return
        begun = self.stopwatch()
        self._until = begun + self.seconds
        try:
            yield
        finally:
            self.seconds -= self.stopwatch() - begun
            self._until = inf

    def _take(self, steps: int) -> None:
        self.steps -= steps
        if self._late():
            raise TooManyError("more than can be read in time")

    def _late(self) -> bool:
        return self.stopwatch is not None and self.stopwatch() > self._until


@dataclass(slots=True)
class Share:
    """What one rule may take of a budget: ``left`` steps at the most."""

    of: Budget
    left: int

    def take(self, steps: int) -> None:
        """Raises TooManyError where so many are not left, for this rule or at all, or where the time is over."""
        self.of.take(steps)
        self.left -= steps
        if self.left < 0:
            raise TooManyError("a recurrence without measure")
