"""The published keys of one Microsoft tenant: fetched when needed, renewed before they age, never in a hurry."""

import time
from collections.abc import Callable, Collection, Iterable
from functools import partial

from protocols.errors import PeerError
from protocols.ews.xoauth.keys import Keys, read_keys
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from proxy.auth.kept_keys import KeptKeys, Place


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
        self._send, self._issuers = send, issuers
        places = (Place(partial(self._fetched, url), {"url": url}) for url in urls)
        self._kept = KeptKeys(places, name="microsoft_keys", whose={"tenant": tenant}, clock=clock)

    async def get(self, names: Iterable[str]) -> Keys:
        """All keys that are believed now; where none of ``names`` is among them, after a look whether it is by now."""
        keys = self._believed()
        if any(name in keys for name in names):
            self._kept.renew()
            return keys
        await self._kept.look()
        return self._believed()

    async def close(self) -> None:
        """A fetch under way is called off."""
        await self._kept.close()

    def _believed(self) -> Keys:
        return {name: key for keys in self._kept.held for name, key in keys.items()}

    async def _fetched(self, url: str) -> Keys:
        response = await self._send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
        if response.status != 200:
            raise PeerError(Reason.UNREACHABLE, f"the keys are answered by {response.status}")
        if keys := read_keys(response.body, self._issuers):
            return keys
        raise PeerError(Reason.GARBLED, "there is no key of RSA among them")
