"""The published keys of one OIDC issuer: found by discovery, renewed before they age, never fetched in a hurry."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from proxy.auth.oidc_key_set import KeySet, read_key_set

_RENEWED: Final = 6 * 3_600.0  # seconds after which keys are fetched again, while they go on being believed
_TRUSTED: Final = 48 * 3_600.0  # seconds for which keys are believed where no new ones can be had
_APART: Final = 300.0  # seconds between two fetches, whoever shows keys that nobody knows
_APART_AFTER_FAILURE: Final = 30.0  # seconds, while there is no key at all
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NONE: Final = KeySet(())

_log = structlog.get_logger("busyline.oidc_keys")


class IssuerKeys:
    """The keys that ``issuer`` publishes at ``jwks_url``, or where its discovery document says.

    One fetch at a time, whoever waits for it; a key that is not known leads to a fetch once in five minutes at most, so
    that strangers who make names up make no traffic. ``clock`` counts seconds.
    """

    def __init__(
        self, issuer: str, send: Send, *, jwks_url: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._send, self._jwks_url, self._clock = issuer, send, jwks_url, clock
        self._keys, self._fetched, self._attempted = _NONE, float("-inf"), float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def get(self, kid: str | None, algorithm: str) -> KeySet:
        """All keys that are believed now; where none of them fits, after a look whether one does by now."""
        keys = self._believed()
        if keys.find(kid, algorithm) is not None:
            if self._is_due():
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

    def _believed(self) -> KeySet:
        return self._keys if self._clock() - self._fetched < _TRUSTED else _NONE

    def _is_due(self) -> bool:
        now = self._clock()
        return now - self._attempted >= _APART and now - self._fetched >= _RENEWED

    def _may_ask(self, keys: KeySet) -> bool:
        return self._clock() - self._attempted >= (_APART if keys else _APART_AFTER_FAILURE)

    def _fetch(self) -> asyncio.Task[None]:
        if self._flight is None:
            self._attempted = self._clock()
            self._flight = asyncio.create_task(self._renewed())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flight = None
        if not flight.cancelled() and (error := flight.exception()) is not None:
            _log.error("oidc_keys", issuer=self._issuer, note="the fetch broke", error=type(error).__name__)

    async def _renewed(self) -> None:
        (found,) = await asyncio.gather(self._published(), return_exceptions=True)
        if isinstance(found, PeerError):
            _log.warning("oidc_keys", issuer=self._issuer, note=f"kept as they were: {found}")
        elif isinstance(found, BaseException):
            raise found
        else:
            self._keys, self._fetched = found, self._clock()

    async def _published(self) -> KeySet:
        keys = read_key_set(await self._document(self._jwks_url or await self._discovered()))
        if keys:
            return keys
        raise PeerError(Reason.GARBLED, "there is no key among them that signs")

    async def _discovered(self) -> str:
        """OpenID Connect Discovery 4: the document must be of the issuer that it was asked of."""
        document = await self._document(self._issuer.rstrip("/") + _WELL_KNOWN)
        if document.get("issuer") != self._issuer:
            raise PeerError(Reason.GARBLED, "its discovery document is of another issuer: write issuer to the letter")
        url = document.get("jwks_uri")
        if not isinstance(url, str) or not _is_safe(url):
            raise PeerError(Reason.GARBLED, "its discovery document names no https address of keys")
        return url

    async def _document(self, url: str) -> Mapping[str, Any]:
        response = await self._send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
        if response.status != 200:
            raise PeerError(Reason.UNREACHABLE, f"{urlsplit(url).path} is answered by {response.status}")
        try:
            document = json.loads(response.body)
        except (ValueError, RecursionError):
            raise PeerError(Reason.GARBLED, f"{urlsplit(url).path} is no JSON") from None
        if not isinstance(document, dict):
            raise PeerError(Reason.GARBLED, f"{urlsplit(url).path} is no object of JSON")
        return document


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL))
