"""Keeps what directories say: one question at a time for each key, and the last answer while they say nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from cachetools import LRUCache

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.complaints import Complaints
from proxy.connector import Clock, heard
from proxy.flights import Flights

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

STALE: Final = timedelta(days=1)
"""The longest that an old answer stands for a directory that fails, where nothing shorter is said."""
_PAUSE: Final = timedelta(seconds=15)  # after a failure nothing is asked for so long
_LONGEST_PAUSE: Final = timedelta(minutes=10)  # however long it asks: people wait for what it says
_AT_ONCE: Final = 4  # calls to one directory
_EARLY: Final = 0.75  # of the time to keep: from then on it is asked again, and nobody waits for that
# Failures that concern what was asked about, or by which way, not the directory as a whole.
_OF_ONE: Final = frozenset({Reason.GARBLED, Reason.INCOMPLETE, Reason.GROUP_TOO_LARGE, Reason.NO_ACCESS, Reason.LOOP})


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    at: datetime  # when it was asked


class Kept(Generic[K, V]):
    """What ``fetch`` told of each key, for as long as ``keep``; at most ``most`` keys.

    A directory that failed is left alone for a quarter of a minute, or as long as it asks, ten minutes at most;
    meanwhile an old answer stands for as long as ``stale`` says of it. ``failures`` counts the calls that brought none.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[K], Awaitable[V]],
        *,
        keep: timedelta,
        stale: Callable[[V], timedelta] = lambda _: STALE,
        clock: Clock,
        most: int = 65_536,
    ) -> None:
        self._name, self._fetch, self._clock = name, fetch, clock
        self._keep, self._stands = keep, stale
        self._entries: LRUCache[K, _Entry[V]] = LRUCache(most)
        self._failed: LRUCache[K, tuple[datetime, PeerError]] = LRUCache(1024)
        self._paused: tuple[datetime, PeerError] | None = None
        self._aloft: dict[K, asyncio.Task[V | PeerError]] = {}
        self._flights = Flights()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._complaints = Complaints(f"{name} (directory)", clock=clock)
        self.failures = 0

    def look(self, key: K) -> V | PeerError | None:
        """What is known of ``key`` now, or why nothing is and nobody is to be asked; None: it is to be asked about."""
        now = self._clock()
        entry = self._entries.get(key)
        if entry is not None:
            age, keep = now - entry.at, self._keep
            if age < keep * _EARLY:
                return entry.value
            resting = self._resting(key, now) is not None
            if age < keep:
                if not resting:
                    self.ask(key)
                return entry.value
            if resting and age < self._stands(entry.value):
                return entry.value
        return self._resting(key, now)

    def ask(self, key: K) -> "asyncio.Task[V | PeerError]":
        """Asks about ``key``; who asks meanwhile shares the answer. Whoever gives up does not end it for the others."""
        task = self._aloft.get(key)
        if task is None:
            task = self._aloft[key] = self._flights.start(self._asked(key))
            task.add_done_callback(lambda _: self._aloft.pop(key, None))
        return task

    async def close(self) -> None:
        """End the calls under way."""
        await self._flights.close()

    def _resting(self, key: K, now: datetime) -> PeerError | None:
        for failure in (self._paused, self._failed.get(key)):
            if failure is not None and now < failure[0]:
                return failure[1]
        return None

    async def _asked(self, key: K) -> V | PeerError:
        async with self._gate:
            at = self._clock()
            if (resting := self._resting(key, at)) is not None:
                return self._stale(key, at, resting)  # it failed while this one waited
            answer = await heard(self._fetch(key), self._name)
        if not isinstance(answer, PeerError):
            self._entries[key] = _Entry(answer, at)
            self._paused = None
            return answer
        self._note(key, answer)
        return self._stale(key, at, answer)

    def _note(self, key: K, failure: PeerError) -> None:
        self.failures += 1
        self._complaints.about(failure.reason, failure.detail)
        until = self._clock() + min(max(failure.retry_after or _PAUSE, _PAUSE), _LONGEST_PAUSE)
        if failure.reason in _OF_ONE:
            self._failed[key] = until, failure
        else:
            self._paused = until, failure

    def _stale(self, key: K, now: datetime, failure: PeerError) -> V | PeerError:
        entry = self._entries.get(key)
        return entry.value if entry is not None and now - entry.at < self._stands(entry.value) else failure
