"""The published keys of one OIDC issuer: found by discovery, renewed before they age, never fetched in a hurry."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from proxy.auth.kept_keys import KeptKeys, Place
from proxy.auth.oidc_key_set import KeySet, read_key_set
from service.reach import is_loopback, is_public, is_written_out, origin

_PATIENCE: Final = 2.0  # seconds that one knock waits for a fetch, which anybody's forged token may bring about
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_NONE: Final = KeySet(())


class IssuerKeys:
    """The keys that ``issuer`` publishes at ``jwks_url``, or where its discovery document says.

    One fetch at a time, whoever waits for it; a key that is not known leads to a fetch once in five minutes at most, so
    that strangers who make names up make no traffic. With ``private_network`` a discovery document may lead into one by
    an IP address. ``patience`` in seconds; ``clock`` counts seconds.
    """

    def __init__(
        self,
        issuer: str,
        send: Send,
        *,
        jwks_url: str | None = None,
        private_network: bool = False,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._send, self._jwks_url = issuer, send, jwks_url
        self._private_network = private_network
        place, whose = Place(self._published), {"issuer": issuer}
        self._kept = KeptKeys((place,), name="oidc_keys", whose=whose, clock=clock, patience=patience)

    @property
    def held(self) -> KeySet:
        """All keys that are believed now, as they are; another object once they were fetched again."""
        return next(iter(self._kept.held), _NONE)

    def begin(self) -> None:
        """Fetch the keys, so that they are there when the first token comes; nobody waits for it."""
        self._kept.begin()

    async def get(self, kid: str | None, algorithm: str) -> KeySet | None:
        """All keys that are believed now; where none of them fits, after a look whether one does by now.

        None where that is not known in time, or where there is no key at all. The fetch goes on: who asks again later
        finds what it brings.
        """
        keys = self.held
        if keys.find(kid, algorithm) is not None:
            self._kept.renew()
            return keys
        in_time = await self._kept.look()
        return (self.held or None) if in_time else None

    async def close(self) -> None:
        """A fetch under way is called off."""
        await self._kept.close()

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
        if not isinstance(url, str) or not _is_safe(url, self._issuer, private_network=self._private_network):
            raise PeerError(Reason.GARBLED, "its discovery document names no https address of keys, or one of our own")
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


def _is_safe(url: str, issuer: str, *, private_network: bool) -> bool:
    """Whether the keys may be fetched where the document says.

    Only what is written out is looked at: to which address a name leads, is the wire's to see to
    (:mod:`service.reach`), which lets anybody pass whom the settings write out. This one is not in the settings.
    """
    try:
        scheme, host, _ = origin(url)
        own = urlsplit(issuer).hostname or ""
    except ValueError:
        return False
    if not url.isprintable() or "@" in urlsplit(url).netloc:
        return False
    if scheme == "http" and not (is_loopback(own) and is_loopback(host)):
        return False
    if host == own or private_network or not is_written_out(host):
        return True
    return not is_loopback(host) and is_public(host)
