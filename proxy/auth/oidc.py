"""Bearer tokens of configured OIDC issuers: every check in one visible order, keys by discovery."""

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import jwt
from cachetools import LRUCache
from jwt.types import Options

from protocols.model.caller import Caller
from protocols.model.mailbox import canonical
from proxy.auth import Knock, Refused
from proxy.auth.oidc_key_set import KeySet

WRONG: Final = "wrong-token"
EXPIRED: Final = "expired-token"
LATE: Final = "issuer-keys-not-there"
_LONGEST: Final = 16_384  # characters; an issuer's own are of one to four thousand
_REMEMBERED: Final = 8_192
_FOR: Final = 600.0  # seconds for which a proof is remembered
_LATER: Final = 10  # seconds after which keys that were late may be there
_LATEST: Final = 10.0**12
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})  # RFC 9068 2.1; RFC 7515 4.1.9: any letter case
_CLIENT_CLAIMS: Final = ("azp", "client_id", "appid")  # RFC 9068 2.2, OpenID Connect Core 2, Entra ID's version 1
_CHALLENGE: Final = 'Bearer realm="Busyline"'
_AGAIN: Final = f'{_CHALLENGE}, error="invalid_token"'  # RFC 6750 3.1
_OPTIONS: Final[Options] = {
    "require": ["iss", "aud", "exp", "iat"],
    "verify_sub": False,  # whose token it is, is looked at with the claims of applications
    "verify_exp": False,  # the library looks at the system's clock; ours is passed in
    "verify_nbf": False,
    "verify_iat": False,
}


class KeySource(Protocol):
    """Where an issuer's keys come from: proxy/auth/oidc_keys.py."""

    @property
    def held(self) -> KeySet:
        """The keys that are believed, without a look; another object once they were fetched again."""
        ...

    async def get(self, kid: str | None, algorithm: str) -> KeySet | None:
        """The keys that are believed, looked for anew where none of them fits; None where that is not known in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """One issuer: for whom its tokens must be, how signed, and who its callers are by ``sub`` and by application.

    ``leeway`` in seconds.
    """

    issuer: str
    audiences: tuple[str, ...]
    algorithms: frozenset[str]
    leeway: float
    subjects: Mapping[str, Caller]
    clients: Mapping[str, Caller]
    keys: KeySource


class _WrongError(Exception):
    """A check failed; ``reason`` is for the log."""

    def __init__(self, reason: str = WRONG) -> None:
        super().__init__(reason)
        self.reason = reason


class _LateError(Exception):
    """The issuer's keys could not be had in time: nobody knows whether the token is wrong."""


@dataclass(frozen=True, slots=True)
class _Proven:
    """Whose token it was, until when (``believed``: how long that is remembered), and with which keys of whom."""

    caller: Caller
    until: float
    believed: float
    source: KeySource
    keys: KeySet


class OidcTokens:
    """Proves callers by the tokens of ``issuers``; a :class:`proxy.auth.Proof`.

    A token proved once is known by a digest, for ten minutes at most, and no longer than its issuer's keys stay as they
    are. While those cannot be had nobody is called wrong: 503. With ``alone`` no other way takes bearer tokens: one of
    no issuer of ours is refused and not left to the next way, which would take the challenge for its own.
    """

    def __init__(
        self, issuers: Iterable[TrustedIssuer], *, alone: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self._issuers = {each.issuer: each for each in issuers}
        self._alone, self._clock = alone, clock
        self.challenge = _CHALLENGE if alone else ""
        self._known: LRUCache[bytes, _Proven] = LRUCache(_REMEMBERED)

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`."""
        scheme, _, token = (knock.authorization or "").strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            return None
        digest = hashlib.blake2b(token.encode("utf-8", "surrogateescape"), digest_size=32).digest()
        try:
            known = self._known[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            return await self._stranger(token, digest)
        if (now := self._clock()) >= known.until:
            return _refused(EXPIRED)
        if now < known.believed and known.keys is known.source.held:
            return known.caller
        del self._known[digest]
        return await self._stranger(token, digest)

    async def _stranger(self, token: str, digest: bytes) -> Caller | Refused | None:
        trusted = self._issuers.get(_issuer_of(token))
        if trusted is None:
            return _refused(WRONG) if self._alone else None
        try:
            proven = await _proved(token, trusted, self._clock)
        except _WrongError as error:
            return _refused(error.reason)
        except _LateError:
            return Refused(LATE, 503, retry_after=_LATER)
        self._known[digest] = proven
        return proven.caller


async def _proved(token: str, trusted: TrustedIssuer, clock: Callable[[], float]) -> _Proven:
    """Keys are asked for only where the head is one that could be good."""
    kid, algorithm = _head(token, trusted)
    keys = await trusted.keys.get(kid, algorithm)
    if keys is None:
        raise _LateError
    key = keys.find(kid, algorithm)
    if key is None:
        raise _WrongError
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],  # one, which the settings allow and this key is for: RFC 8725 3.1
            audience=trusted.audiences,
            issuer=trusted.issuer,
            options=_OPTIONS,
        )
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise _WrongError from None
    if "cnf" in claims:  # RFC 7800: good only with a proof of possession, which a bearer does not show
        raise _WrongError
    now = clock()
    until = _times(claims, trusted.leeway, now)
    caller = replace(_caller(claims, trusted), person=_person(claims))
    return _Proven(caller, until, now + _FOR, trusted.keys, keys)


def _issuer_of(token: str) -> str:
    """What the token says of its issuer; nothing is proved. "" where it cannot be read."""
    if len(token) > _LONGEST or not token.isascii():
        return ""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        return ""
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) else ""


def _head(token: str, trusted: TrustedIssuer) -> tuple[str | None, str]:
    """Name of the key and algorithm."""
    try:
        head = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise _WrongError from None
    kid, algorithm = head.get("kid"), head.get("alg")
    if not isinstance(algorithm, str) or algorithm not in trusted.algorithms:
        raise _WrongError
    if not isinstance(kid, str | None) or "crit" in head:  # RFC 7515 4.1.11
        raise _WrongError
    if str(head.get("typ", "jwt")).lower() not in _TYPES:
        raise _WrongError
    return kid, algorithm


def _times(claims: Mapping[str, Any], leeway: float, now: float) -> float:
    """Until when these claims are good, leeway included."""
    ends, issued = _instant(claims["exp"]), _instant(claims["iat"])
    begins = _instant(claims["nbf"]) if "nbf" in claims else issued
    if now >= ends + leeway:
        raise _WrongError(EXPIRED)
    if now < begins - leeway or now < issued - leeway or ends <= issued:
        raise _WrongError
    return ends + leeway


def _instant(value: Any) -> float:
    """A NumericDate (RFC 7519 2), which may have a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _WrongError
    if not 0 <= value < _LATEST:
        raise _WrongError
    return float(value)


def _caller(claims: Mapping[str, Any], trusted: TrustedIssuer) -> Caller:
    """By its subject, which is the more particular, else by its application."""
    subject = claims.get("sub")
    if isinstance(subject, str) and subject in trusted.subjects:
        return trusted.subjects[subject]
    found = {claims[name] for name in _CLIENT_CLAIMS if isinstance(claims.get(name), str)}
    if len(found) != 1:  # names that differ are of different applications: nobody's
        raise _WrongError
    caller = trusted.clients.get(found.pop())
    if caller is None:
        raise _WrongError
    return caller


def _person(claims: Mapping[str, Any]) -> str:
    """An address that the issuer says is behind the application: worth a line in the ledger, never a permission."""
    for name in ("email", "upn", "preferred_username"):
        if isinstance(claims.get(name), str):
            try:
                return canonical(claims[name])
            except ValueError:
                continue
    return ""


def _refused(reason: str) -> Refused:
    return Refused(reason, challenges=(_AGAIN,))
