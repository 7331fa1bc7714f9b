"""Keys that others publish: fetched when needed, renewed before they age, kept through failures, never in a hurry."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import structlog

from protocols.errors import PeerError

RENEWED: Final = 6 * 3_600.0
"""Seconds after which keys are fetched again, while they go on being believed."""
TRUSTED: Final = 48 * 3_600.0
"""Seconds for which keys are believed where no new ones can be had."""
APART: Final = 300.0
"""Seconds between two fetches, whoever shows keys that nobody knows."""
APART_AFTER_FAILURE: Final = 30.0
"""Seconds between two fetches, while there is no key at all."""

K = TypeVar("K")


@dataclass(slots=True)
class Place(Generic[K]):
    """Where a set of keys is published, and what was found there last.

    ``fetch`` brings a set that is not empty, or raises PeerError. ``about`` is what the log says of the place.
    """

    fetch: Callable[[], Awaitable[K]]
    about: Mapping[str, str] = field(default_factory=dict)
    keys: K | None = None
    fetched: float = float("-inf")


class KeptKeys(Generic[K]):
    """The sets of keys at all ``places``: one that cannot be had leaves its old ones be.

    One fetch at a time, whoever waits for it, and once in five minutes at most (in half a minute while there is no key
    at all), so that strangers who make names up make no traffic. ``name`` is the log's, ``whose`` what it always says.
    ``patience``: the seconds for which somebody waits, None for as long as it takes; ``clock`` counts seconds.
    """

    def __init__(
        self,
        places: Iterable[Place[K]],
        *,
        name: str,
        whose: Mapping[str, str],
        clock: Callable[[], float],
        patience: float | None = None,
    ) -> None:
        self._places, self._clock, self._patience = tuple(places), clock, patience
        self._name, self._whose, self._log = name, whose, structlog.get_logger(f"busyline.{name}")
        self._attempted = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    @property
    def held(self) -> tuple[K, ...]:
        """The sets that are believed now, each as it came."""
        oldest = self._clock() - TRUSTED
        return tuple(each.keys for each in self._places if each.keys is not None and each.fetched > oldest)

    def begin(self) -> None:
        """Fetch them where there are none, so that they are there when they are needed; nobody waits for it."""
        if not self.held:
            self._fetch()

    def renew(self) -> None:
        """Fetch them again where they age; nobody waits: what is known is good for another while."""
        now = self._clock()
        if now - self._attempted >= APART and any(now - each.fetched >= RENEWED for each in self._places):
            self._fetch()

    async def look(self) -> bool:
        """Fetch them, unless that was only just done, and wait for it; False where it takes longer than ``patience``.

        The fetch goes on then: who asks again later finds what it brings.
        """
        flight = self._flight or (self._fetch() if self._may_ask() else None)
        if flight is None:
            return True
        done, _ = await asyncio.wait({flight}, timeout=self._patience)  # who gives up does not end it for the others
        if done:
            await flight
        return bool(done)

    async def close(self) -> None:
        """A fetch under way is called off."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    def _may_ask(self) -> bool:
        return self._clock() - self._attempted >= (APART if self.held else APART_AFTER_FAILURE)

    def _fetch(self) -> asyncio.Task[None]:
        if self._flight is None:
            self._attempted = self._clock()
            self._flight = asyncio.create_task(self._fetch_all())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flight = None
        if not flight.cancelled() and (error := flight.exception()) is not None:
            self._log.error(self._name, **self._whose, note="the fetch broke", error=type(error).__name__)

    async def _fetch_all(self) -> None:
        found = await asyncio.gather(*(place.fetch() for place in self._places), return_exceptions=True)
        for place, keys in zip(self._places, found, strict=True):
            if isinstance(keys, PeerError):
                self._log.warning(self._name, **self._whose, **place.about, note=f"kept as they were: {keys}")
            elif isinstance(keys, BaseException):
                raise keys
            else:
                place.keys, place.fetched = keys, self._clock()
