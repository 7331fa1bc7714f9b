"""Our own tokens: issued by POST /oauth/token, shown again as a bearer token, signed by keys that only we have."""

import base64
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import jwt
from cachetools import LRUCache
from jwt.types import Options

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.signing_keys import LEEWAY, SigningKeys

TYPE: Final = "at+jwt"  # RFC 9068 2.1
_ALGORITHM: Final = "HS256"
_KIND: Final = (f'"{_ALGORITHM}"'.encode("ascii"), f'"{TYPE}"'.encode("ascii"))
_LONGEST, _LONGEST_HEAD = 4_096, 512  # characters; most of it is the name of the caller
_NOT_OURS: Final = frozenset({"basic", "negotiate", "ntlm"})
_REMEMBERED: Final = 4_096
_WATCHED: Final = 5.0  # seconds after which a removed key is noticed, at most
WRONG: Final = "wrong-token"
EXPIRED: Final = "expired-token"
_CHALLENGE: Final = 'Bearer realm="Busyline", error="invalid_token"'  # RFC 6750 3.1


_OPTIONS: Final[Options] = {
    "require": ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"],
    "strict_aud": True,
    "verify_exp": False,  # the library looks at the system's clock; ours is passed in
    "verify_nbf": False,
    "verify_iat": False,
}


class OwnTokens:
    """Issues tokens for the ``callers`` (by name) and knows them again; a :class:`proxy.auth.Proof`.

    A token is good for ``lifetime`` and for ``issuer`` alone, which is also its audience, and only while its caller is
    one of ``callers``. With ``alone`` there is no other kind of bearer token: what is none of ours is refused and not
    left to the next way. Google sends the token as the second word of Authorization: the first is not looked at.
    """

    def __init__(
        self,
        keys: SigningKeys,
        *,
        issuer: str,
        callers: Mapping[str, Caller],
        lifetime: timedelta,
        alone: bool = True,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._keys, self._issuer, self._callers = keys, issuer, dict(callers)
        self._lifetime = int(lifetime.total_seconds())
        self._alone, self._clock, self._random = alone, clock, random
        self._known: LRUCache[bytes, tuple[Caller, float, str]] = LRUCache(_REMEMBERED)
        self._watched = clock()
        self.challenge = 'Bearer realm="Busyline"' if alone else ""

    def open(self) -> None:
        """Make the keys where there are none. Raises SecretError: they cannot be written or read."""
        self._keys.open()

    def issue(self, name: str) -> tuple[str, int]:
        """A token for the caller ``name`` and how many seconds it is good for. Raises SecretError: no key."""
        key, now = self._keys.current(), int(self._clock())
        claims = {"iss": self._issuer, "aud": self._issuer, "sub": name, "iat": now, "nbf": now}
        claims |= {"exp": now + self._lifetime, "jti": self._random(16).hex()}
        token = jwt.encode(claims, key.secret, algorithm=_ALGORITHM, headers={"kid": key.kid, "typ": TYPE})
        return token, self._lifetime

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`. A token proved once is known until it expires or its key is gone."""
        authorization = knock.authorization
        if authorization is None:
            return None
        scheme, _, token = authorization.strip().partition(" ")
        if not token or scheme.lower() in _NOT_OURS:
            return None
        if not _is_ours(token):
            return _refused(WRONG) if self._alone and scheme.lower() == "bearer" else None
        digest = hashlib.blake2b(token.encode("utf-8", "surrogateescape"), digest_size=32).digest()
        try:
            caller, until, kid = self._known[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            return self._verified(token.strip(), digest)
        now = self._clock()
        if not 0 <= now - self._watched < _WATCHED:
            self._watched = now
            self._keys.watch()
        if now >= until:
            return _refused(EXPIRED)
        return caller if self._keys.is_known(kid) else _refused(WRONG)

    def _verified(self, token: str, digest: bytes) -> Caller | Refused:
        claims = self._claims(token)
        if claims is None:
            return _refused(WRONG)
        now, caller = self._clock(), self._callers.get(claims["sub"])
        if claims["exp"] + LEEWAY <= now:
            return _refused(EXPIRED)
        if claims["nbf"] - LEEWAY > now or claims["exp"] <= claims["nbf"] or caller is None:
            return _refused(WRONG)
        self._known[digest] = caller, claims["exp"] + LEEWAY, str(jwt.get_unverified_header(token)["kid"])
        return caller

    def _claims(self, token: str) -> dict[str, Any] | None:
        """What the token says, where one of our keys has signed it; its times are whole numbers, not yet compared."""
        try:
            head = jwt.get_unverified_header(token)
            key = self._keys.find(str(head.get("kid"))) if head.get("typ") == TYPE else None
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key.secret,
                algorithms=[_ALGORITHM],
                audience=self._issuer,
                issuer=self._issuer,
                options=_OPTIONS,
            )
        except jwt.InvalidTokenError:
            return None
        return claims if all(type(claims[name]) is int for name in ("exp", "nbf", "iat")) else None


def _is_ours(token: str) -> bool:
    """Whether the header says that it is a token of our kind; whether it is one, the signature tells."""
    head, dot, _ = token[:_LONGEST_HEAD].partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        return False
    head = head.strip()
    try:
        octets = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
    except ValueError:
        return False
    return _KIND[0] in octets and _KIND[1] in octets


def _refused(reason: str) -> Refused:
    return Refused(reason, challenges=(_CHALLENGE,))
