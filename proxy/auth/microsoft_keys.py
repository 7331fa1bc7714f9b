"""The published keys of one Microsoft tenant: fetched when needed, renewed before they age, never in a hurry."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog

from protocols.errors import PeerError
from protocols.ews.xoauth.keys import Keys, read_keys
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

_RENEWED: Final = 6 * 3_600.0  # seconds after which keys are fetched again, while they go on being believed
_TRUSTED: Final = 48 * 3_600.0  # seconds for which keys are believed where no new ones can be had
_APART: Final = 300.0  # seconds between two fetches, whoever shows keys that nobody knows
_APART_AFTER_FAILURE: Final = 30.0  # seconds, while there is no key at all

_log = structlog.get_logger("busyline.microsoft_keys")


@dataclass(slots=True)
class _Source:
    """One document: what it said last, and when that was."""

    url: str
    keys: Keys = field(default_factory=dict)
    fetched: float = float("-inf")


class TenantKeys:
    """The keys that the documents at ``urls`` publish, all together: one that cannot be had leaves its old ones be.

    ``issuers``: whose keys they may be, where a document says whose they are. ``clock`` counts seconds. One fetch at a
    time, whoever waits for it; a key that is not known leads to a fetch once in five minutes at most, so that strangers
    who make names up make no traffic.
    """

    def __init__(
        self,
        tenant: str,
        urls: Iterable[str],
        send: Send,
        *,
        issuers: Collection[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tenant, self._send, self._issuers, self._clock = tenant, send, issuers, clock
        self._sources = tuple(_Source(url) for url in urls)
        self._attempted = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def get(self, names: Iterable[str]) -> Keys:
        """All keys that are believed now; where none of ``names`` is among them, after a look whether it is by now."""
        keys = self._believed()
        if any(name in keys for name in names):
            if self._is_due(_RENEWED):
                self._fetch()  # nobody waits: what is known is good for another while
            return keys
        flight = self._flight or (self._fetch() if self._may_ask(keys) else None)
        if flight is not None:
            await asyncio.shield(flight)  # one who gives up does not end it for the others
        return self._believed()

    async def close(self) -> None:
        """A fetch under way is called off."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    def _believed(self) -> Keys:
        oldest = self._clock() - _TRUSTED
        return {name: key for each in self._sources if each.fetched > oldest for name, key in each.keys.items()}

    def _is_due(self, age: float) -> bool:
        now = self._clock()
        return now - self._attempted >= _APART and any(now - each.fetched >= age for each in self._sources)

    def _may_ask(self, keys: Keys) -> bool:
        return self._clock() - self._attempted >= (_APART if keys else _APART_AFTER_FAILURE)

    def _fetch(self) -> asyncio.Task[None]:
        if self._flight is None:
            self._attempted = self._clock()
            self._flight = asyncio.create_task(self._fetch_all())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flight = None
        if not flight.cancelled() and (error := flight.exception()) is not None:
            _log.error("microsoft_keys", tenant=self._tenant, note="the fetch broke", error=type(error).__name__)

    async def _fetch_all(self) -> None:
        found = await asyncio.gather(*(self._fetched(source) for source in self._sources), return_exceptions=True)
        for source, keys in zip(self._sources, found, strict=True):
            if isinstance(keys, PeerError):
                _log.warning("microsoft_keys", tenant=self._tenant, url=source.url, note=f"kept as they were: {keys}")
            elif isinstance(keys, BaseException):
                raise keys
            else:
                source.keys, source.fetched = keys, self._clock()

    async def _fetched(self, source: _Source) -> Keys:
        response = await self._send(HttpRequest("GET", source.url, Headers({"Accept": "application/json"})))
        if response.status != 200:
            raise PeerError(Reason.UNREACHABLE, f"the keys are answered by {response.status}")
        if keys := read_keys(response.body, self._issuers):
            return keys
        raise PeerError(Reason.GARBLED, "there is no key of RSA among them")
