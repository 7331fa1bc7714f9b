"""Remembers the messages of one caller, so that each is answered once."""

import heapq
from datetime import datetime
from typing import Final

REMEMBERED: Final = 100_000
"""Messages of one caller: 80 a second for the twenty minutes that one may be valid; 20 MB or so."""


class Replays:
    """Remembers messages until they are too old to be accepted; where memory is full, a new one must wait."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._marks: set[bytes] = set()
        self._ends: list[tuple[datetime, bytes]] = []

    def saw(self, mark: bytes, *, now: datetime) -> bool:
        """Whether ``mark`` is remembered."""
        self._forget(now)
        return mark in self._marks

    def full(self, *, now: datetime) -> float:
        """Seconds until one more can be remembered, 0 where it can be."""
        self._forget(now)
        return (self._ends[0][0] - now).total_seconds() if len(self._marks) >= self._size else 0.0

    def note(self, mark: bytes, until: datetime) -> None:
        """Remember ``mark``, which was not seen, until ``until``."""
        self._marks.add(mark)
        heapq.heappush(self._ends, (until, mark))

    def _forget(self, now: datetime) -> None:
        while self._ends and self._ends[0][0] <= now:
            self._marks.discard(heapq.heappop(self._ends)[1])
