"""Remembers the messages of one caller, so that each is answered once."""

import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

REMEMBERED: Final = 100_000
"""Messages of one caller: 80 a second for the twenty minutes that one may be valid; 20 MB or so."""


class Memory(Protocol):
    """What one caller's messages are remembered in: by their mark, which stands for one ``expires`` for ever.

    OSError, from each of them: nobody knows.
    """

    def saw(self, mark: bytes, expires: datetime, *, now: datetime) -> bool:
        """Whether ``mark`` is remembered."""
        ...

    def full(self, *, now: datetime) -> float:
        """Seconds until one more can be remembered, at least, and 0 where it can be now."""
        ...

    def note(self, mark: bytes, expires: datetime) -> bool:
        """Remember ``mark`` as long as it would be accepted; whether nobody had before."""
        ...


class Memories(Protocol):
    """A memory for each caller. What was answered before ``since``, none of them knows."""

    @property
    def since(self) -> datetime:
        """When they began."""
        ...

    def of(self, caller: str) -> Memory:
        """That of the caller of this name."""
        ...

    def doubts(self) -> list[str]:
        """Why nothing can be remembered, for ``/readyz``."""
        ...


class Replays:
    """Remembers messages until they are too old to be accepted; where memory is full, a new one must wait.

    ``skew``: for how long after its end one would still be accepted.
    """

    def __init__(self, size: int = REMEMBERED, *, skew: timedelta = timedelta()) -> None:
        self._size, self._skew = size, skew
        self._marks: set[bytes] = set()
        self._ends: list[tuple[datetime, bytes]] = []

    def saw(self, mark: bytes, expires: datetime, *, now: datetime) -> bool:
        """Whether ``mark`` is remembered."""
        self._forget(now)
        return mark in self._marks

    def full(self, *, now: datetime) -> float:
        """Seconds until one more can be remembered, 0 where it can be."""
        self._forget(now)
        return (self._ends[0][0] - now).total_seconds() if len(self._marks) >= self._size else 0.0

    def note(self, mark: bytes, expires: datetime) -> bool:
        """Remember ``mark`` until it is too old to be accepted; whether it was not remembered."""
        if mark in self._marks:
            return False
        self._marks.add(mark)
        heapq.heappush(self._ends, (expires + self._skew, mark))
        return True

    def _forget(self, now: datetime) -> None:
        while self._ends and self._ends[0][0] <= now:
            self._marks.discard(heapq.heappop(self._ends)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMemories:
    """Memories of this process, which began with it."""

    since: datetime
    skew: timedelta
    size: int = REMEMBERED

    def of(self, caller: str) -> Replays:
        """A new one."""
        return Replays(self.size, skew=self.skew)

    def doubts(self) -> list[str]:
        """None: there is nothing that could be missing."""
        return []
