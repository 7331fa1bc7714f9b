"""Tokens between servers, as Exchange asks with them: every check of [MS-XOAUTH] 3.2.5.6, in one visible order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from protocols.ews.xoauth.clouds import Cloud
from protocols.ews.xoauth.keys import Keys
from protocols.ews.xoauth.segments import Segments, apart, instant
from protocols.ews.xoauth.wrong import Wrong
from protocols.model.mailbox import canonical

MAX_TOKEN: Final = 16_384  # characters; Exchange's own are of two to four thousand
LEEWAY: Final = 60  # seconds by which the clocks of the issuer and ours may differ
_ALGORITHM: Final = "RS256"
_TYPE: Final = "jwt"


class TokenError(Exception):
    """A token is refused for what :attr:`wrong` says."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.name)
        self.wrong = wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whom we believe, and who we are.

    ``apps``: the ids of the applications that may ask, by the tenants (lower case) that are pinned, whose issuers have
    the names they have in ``cloud``. ``hostnames`` are ours, in lower case; ``client_id`` the application we stand for.
    """

    cloud: Cloud
    apps: Mapping[str, frozenset[str]]
    client_id: str
    hostnames: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A token taken apart: an actor token, alone or inside an outer one. Nothing but its form is proved.

    ``tenant`` is pinned, ``key_names`` name the key that is to be had before :func:`proved`.
    """

    actor: Segments
    outer: Segments | None
    tenant: str

    @property
    def key_names(self) -> tuple[str, ...]:
        """``x5t`` and ``kid`` of the actor token."""
        names = (self.actor.header.get("x5t"), self.actor.header.get("kid"))
        return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Who asks: an application of a tenant; ``person`` (an address, or empty) is whom it says it asks for.

    ``until``: POSIX seconds after which the token is good for nothing, leeway included.
    """

    tenant: str
    app: str
    person: str
    until: int


def shown(token: str, expected: Expected) -> Shown:
    """The form of ``token``, and whose key must have signed it. Raises TokenError."""
    if len(token) > MAX_TOKEN:
        raise TokenError(Wrong.TOO_LARGE)
    first = _apart(token)
    outer = None
    if first.header.get("alg") == "none":  # RFC 7519 6: this is the only place in Busyline that takes it
        outer, actor = first, _inside(first)
    else:
        actor = first
    if "actortoken" in actor.claims:
        raise TokenError(Wrong.NESTED)
    if actor.header.get("alg") != _ALGORITHM or not actor.signature:
        raise TokenError(Wrong.ALGORITHM)
    return Shown(actor, outer, _pinned(actor.claims.get("iss"), expected))


def proved(token: Shown, keys: Keys, expected: Expected, *, now: float) -> Proved:
    """Who asks with ``token``, whose tenant publishes ``keys``; ``now`` in POSIX seconds. Raises TokenError."""
    _verify(token.actor, _key(token.key_names, keys))
    actor, outer = token.actor.claims, token.outer.claims if token.outer else None
    name = _name(actor)
    app, _, realm = name.partition("@")
    if realm != token.tenant:
        raise TokenError(Wrong.TENANT)
    if app not in expected.apps[token.tenant]:
        raise TokenError(Wrong.APPLICATION)
    _check_audience(actor, token.tenant, expected)
    until = _check_times(actor, now)
    if outer is None:
        return Proved(tenant=token.tenant, app=app, person="", until=until)
    if outer.get("iss") != name:
        raise TokenError(Wrong.OUTER_ISSUER)
    if str(actor.get("trustedfordelegation")).lower() != "true":
        raise TokenError(Wrong.DELEGATION)
    if not (isinstance(outer.get("nameid"), str) and outer["nameid"]):
        raise TokenError(Wrong.USER)
    _check_audience(outer, token.tenant, expected)
    until = min(until, _check_times(outer, now))
    return Proved(tenant=token.tenant, app=app, person=_person(outer), until=until)


def _apart(token: str) -> Segments:
    try:
        found = apart(token)
    except ValueError:  # UnicodeError is one
        raise TokenError(Wrong.GARBLED) from None
    if str(found.header.get("typ")).lower() != _TYPE:
        raise TokenError(Wrong.TYPE)
    if "crit" in found.header:  # RFC 7515 4.1.11
        raise TokenError(Wrong.CRITICAL)
    return found


def _inside(outer: Segments) -> Segments:
    """The actor token that an unsigned outer token must hold."""
    actor = outer.claims.get("actortoken")
    if not isinstance(actor, str) or not actor:
        raise TokenError(Wrong.UNSIGNED)
    if outer.signature:
        raise TokenError(Wrong.OUTER_SIGNED)
    return _apart(actor)


def _pinned(issuer: object, expected: Expected) -> str:
    """The pinned tenant whose security token service ``issuer`` is."""
    for tenant in expected.apps:
        if isinstance(issuer, str) and issuer in expected.cloud.issuers_of(tenant):
            return tenant
    raise TokenError(Wrong.ISSUER)


def _key(names: tuple[str, ...], keys: Keys) -> RSAPublicKey:
    """The one key that all known names mean."""
    numbers = {keys[name].public_numbers() for name in names if name in keys}
    if len(numbers) != 1:
        raise TokenError(Wrong.KEY)
    return numbers.pop().public_key()


def _verify(actor: Segments, key: RSAPublicKey) -> None:
    rs256 = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    if not rs256.verify(actor.signed, key, actor.signature):
        raise TokenError(Wrong.SIGNATURE)


def _name(actor: Mapping[str, Any]) -> str:
    """``nameid``; Entra ID's own tokens have ``appid`` or ``azp``, and ``tid`` (unconfirmed)."""
    if isinstance(actor.get("nameid"), str):
        return str(actor["nameid"])
    if str(actor["iss"]).startswith("https://"):
        return f"{actor.get('appid') or actor.get('azp')}@{actor.get('tid')}"
    raise TokenError(Wrong.APPLICATION)


def _check_audience(claims: Mapping[str, Any], tenant: str, expected: Expected) -> None:
    """``client_id/hostname@realm``: the host alone in any letter case."""
    audience = claims.get("aud")
    client_id, slash, rest = audience.partition("/") if isinstance(audience, str) else ("", "", "")
    host, at, realm = rest.partition("@")
    if not (client_id and slash and host and at and realm):
        raise TokenError(Wrong.AUDIENCE)
    if client_id != expected.client_id:
        raise TokenError(Wrong.AUDIENCE_CLIENT)
    if host.lower() not in expected.hostnames:
        raise TokenError(Wrong.AUDIENCE_HOST)
    if realm != tenant:
        raise TokenError(Wrong.AUDIENCE_REALM)


def _check_times(claims: Mapping[str, Any], now: float) -> int:
    """Until when these claims are good."""
    begins, ends = instant(claims.get("nbf")), instant(claims.get("exp"))
    if begins is None or ends is None or ends <= begins:
        raise TokenError(Wrong.TIMES)
    if now >= ends + LEEWAY:
        raise TokenError(Wrong.EXPIRED)
    if now < begins - LEEWAY:
        raise TokenError(Wrong.TOO_EARLY)
    return ends + LEEWAY


def _person(outer: Mapping[str, Any]) -> str:
    """An address that the application says it asks for: worth a line in the ledger, never a permission."""
    for claim in ("smtp", "upn"):
        if isinstance(outer.get(claim), str):
            try:
                return canonical(outer[claim])
            except ValueError:
                continue
    return ""
