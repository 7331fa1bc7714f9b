"""Bearer tokens that Microsoft issues: Exchange Online and hybrid Exchange ask with them ([MS-XOAUTH])."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

from cachetools import LRUCache

from protocols.ews.xoauth.challenge import DIAGNOSTICS, challenge, diagnostics, is_probe
from protocols.ews.xoauth.clouds import Cloud
from protocols.ews.xoauth.keys import Keys
from protocols.ews.xoauth.token import Expected, Proved, TokenError, proved, shown
from protocols.ews.xoauth.wrong import Wrong
from protocols.model.caller import Caller
from proxy.auth import Knock, Refused

_REMEMBERED: Final = 8_192


class KeySource(Protocol):
    """Where a tenant's keys come from: proxy/auth/microsoft_keys.py."""

    async def get(self, names: Iterable[str]) -> Keys:
        """The keys that are believed, looked for anew where none of ``names`` is among them."""
        ...


class MicrosoftTokens:
    """Proves callers by the tenant and the application that a token is of; a :class:`proxy.auth.Proof`.

    ``callers`` and ``keys`` are by tenant (and application) of ``cloud``; ``hostnames`` and ``client_id`` say which
    tokens are meant for us. A token proved once is known until it expires, by a digest. Every other bearer token is
    refused here, so this way comes after our own tokens. The empty bearer token is no failure: Exchange asks for the
    challenge with it.
    """

    def __init__(
        self,
        *,
        callers: Mapping[tuple[str, str], Caller],
        keys: Mapping[str, KeySource],
        client_id: str,
        hostnames: Iterable[str],
        cloud: Cloud,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._callers, self._keys, self._clock = dict(callers), dict(keys), clock
        apps = {tenant: frozenset(app for at, app in callers if at == tenant) for tenant, _ in callers}
        self._expected = Expected(cloud=cloud, apps=apps, client_id=client_id, hostnames=frozenset(hostnames))
        asked = partial(challenge, client_id=client_id, tenants=apps, authorization_uri=cloud.authorization_uri)
        self.challenge, again = asked(), asked(error="invalid_token")
        self._refusals = {wrong: _refusal(wrong, again) for wrong in Wrong}
        self._known: LRUCache[bytes, tuple[Caller, float]] = LRUCache(_REMEMBERED)

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`; a refusal says by ``x-ms-diagnostics`` what is wrong."""
        authorization = knock.authorization
        if authorization is None or authorization[:6].lower() != "bearer":
            return None
        digest = hashlib.blake2b(authorization.encode("utf-8", "surrogateescape"), digest_size=32).digest()
        try:
            caller, until = self._known[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            return None if is_probe(authorization) else await self._stranger(authorization[6:].strip(), digest)
        return caller if self._clock() < until else self._refusals[Wrong.EXPIRED]

    async def _stranger(self, token: str, digest: bytes) -> Caller | Refused:
        try:
            found = await self._proved(token)
        except TokenError as error:
            return self._refusals[error.wrong]
        caller = replace(self._callers[found.tenant, found.app], person=found.person)
        self._known[digest] = caller, found.until
        return caller

    async def _proved(self, token: str) -> Proved:
        """Keys are asked for only where the token is of the right form and names a pinned tenant."""
        form = shown(token, self._expected)
        keys = await self._keys[form.tenant].get(form.key_names)
        return proved(form, keys, self._expected, now=self._clock())


def _refusal(wrong: Wrong, again: str) -> Refused:
    told = (DIAGNOSTICS, diagnostics(wrong.category, wrong.sentence))
    return Refused(wrong.reason, challenges=(again,), headers=(told,))
