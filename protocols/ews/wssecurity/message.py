"""The signature of a request by its token's key: what it must cover, and what of the request may be used after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from lxml import etree

from protocols.ews.names import ADDRESSING, T
from protocols.ews.wssecurity.assertion import Token
from protocols.ews.wssecurity.derivation import derived
from protocols.ews.wssecurity.header import Secured, check_fresh, times
from protocols.ews.wssecurity.names import (
    DS,
    EXC_C14N,
    HMAC_SHA1,
    HMAC_SHA256,
    SAML_ASSERTION_ID,
    SHA1,
    SHA256,
    WSSE,
    WSU,
)
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.signatures import Form, Place, references, signed_by_secret

# SHA-1 stands here under a secret: HMAC-SHA1 and what it covers do not depend on collisions being hard to find
_FORM: Final = Form(frozenset({HMAC_SHA1, HMAC_SHA256}), frozenset({SHA1, SHA256}), (EXC_C14N,))
_TO: Final = f"{{{ADDRESSING}}}To"
_ZONE: Final = f"{{{T}}}TimeZoneContext"
_HARMLESS: Final = frozenset({f"{{{T}}}RequestServerVersion", f"{{{ADDRESSING}}}MessageID"})

Covered: TypeAlias = Sequence[tuple[etree._Element, etree._Element]]
"""Where something signed stands in the message, and it itself as it was signed."""


class Cover(Enum):
    """What a signature must cover beside the timestamp, which it must always."""

    BODY = "body"
    ADDRESS = "address"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What is asked of a request. ``addresses``: the URLs that wsa:To may name, where it is signed or must be."""

    cover: Cover = Cover.BODY
    addresses: frozenset[str] = frozenset()
    skew: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A request that the holder of its token's key signed. ``body`` is what was signed, where that had to be signed.

    ``headers`` are those that mean something: all where the body was not signed, else what was signed of them, and of
    the others those that change nothing in the body's meaning.
    ``mark`` is the signature: whoever sends it again sends the same message again, until ``expires``.
    """

    body: etree._Element
    headers: tuple[etree._Element, ...]
    mark: bytes
    created: datetime
    expires: datetime


def check_form(message: Secured) -> tuple[str, ...]:
    """What the signature says that it covers; needs no key. Raises SecurityRefused."""
    ids = references(message.signature, _FORM, what="message")
    if any(message.ids.get(each) != 1 for each in ids):
        raise SecurityRefused("message-signature-names-what-is-not-there-once")
    return ids


def prove(message: Secured, token: Token, demands: Demands, *, now: datetime) -> Proved:
    """Check the signature with the key of ``token``. Raises SecurityRefused.

    Every reference must name the timestamp, the body, a header of its own or the token, by the one identifier of its
    name in the document, where it stands; timestamp, and body or address, must be among them.
    """
    places = _places(message)
    ids = check_form(message)
    if any(each not in places for each in ids):
        raise SecurityRefused("message-signature-covers-something-else")
    place = Place(location=f"./{message.header.tag}/{message.security.tag}/", id_attribute="Id")
    secret = _key(message, token)
    signed = signed_by_secret(message.root, secret, _FORM, place, number=len(ids), what="message")
    covered = [(places[name], element) for name, element in zip(ids, signed, strict=True)]
    created, expires = _check_time(message, covered, demands, now)
    _check_address(message, covered, demands)
    body = _signed(message.body, covered)
    if body is None and demands.cover is Cover.BODY:
        raise SecurityRefused("message-signature-leaves-out-the-body")
    return Proved(
        body=message.body if body is None else body,
        headers=_headers(message, covered, protected=body is not None),
        mark=message.signature_value,
        created=created,
        expires=expires,
    )


def _signed(place: etree._Element, covered: Covered) -> etree._Element | None:
    """What was signed of that which stands at ``place``."""
    return next((element for stands, element in covered if stands is place), None)


def _headers(message: Secured, covered: Covered, *, protected: bool) -> tuple[etree._Element, ...]:
    """What somebody on the way puts beside a body that was signed must not change what the body means."""
    entries = [entry for entry in message.header if entry is not message.security]
    if not protected:
        return tuple(entries)
    handed = []
    for entry in entries:
        signed = _signed(entry, covered)
        if signed is not None or entry.tag in _HARMLESS:
            handed.append(entry if signed is None else signed)
        elif entry.tag == _ZONE:
            _check_zone(message.body)
    return tuple(handed)


def _check_zone(body: etree._Element) -> None:
    """A zone of the body's own goes before that of the header, which is then of no account."""
    if body.find(f"*/{{{T}}}TimeZone") is None:
        raise SecurityRefused("message-signature-leaves-out-the-time-zone")


def _places(message: Secured) -> Mapping[str, etree._Element]:
    """What may be signed, by its identifier: nothing that lies inside something else."""
    once = [message.timestamp, message.token, message.body]
    headers = [entry for entry in message.header if entry is not message.security]
    found = {}
    for element in [*once, *headers]:
        name = element.get(f"{{{WSU}}}Id") or element.get("Id")
        if name:
            found[name] = element
    return found


def _check_time(message: Secured, covered: Covered, demands: Demands, now: datetime) -> tuple[datetime, datetime]:
    timestamp = _signed(message.timestamp, covered)
    if timestamp is None:
        raise SecurityRefused("message-signature-leaves-out-the-time")
    created, expires = times(timestamp)
    check_fresh(created, expires, now=now, skew=demands.skew)
    return created, expires


def _check_address(message: Secured, covered: Covered, demands: Demands) -> None:
    stands = message.header.find(_TO)
    to = None if stands is None else _signed(stands, covered)
    if to is None:
        if demands.cover is Cover.ADDRESS:
            raise SecurityRefused("message-signature-leaves-out-the-address")
        return
    if _url(to.text) not in {_url(address) for address in demands.addresses}:
        raise SecurityRefused("message-for-another-address")


def _url(text: str | None) -> tuple[str, str]:
    """Host and path, without letter case; whoever ends TLS before us may know another scheme and port."""
    try:
        parts = urlsplit((text or "").strip())
        return (parts.hostname or "").lower(), parts.path.lower().rstrip("/")
    except ValueError:
        return "", ""


def _key(message: Secured, token: Token) -> bytes:
    """The key that KeyInfo names: the token's own, or one derived from it by a token in the same header."""
    found = message.signature.findall(f"{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference")
    if len(found) != 1 or len(found[0]) != 1:
        raise SecurityRefused("message-signed-with-another-key")
    if _names_token(found[0], message, token):
        return token.secret
    target = found[0][0].get("URI", "")
    for element in message.derived:
        if target == f"#{element.get(f'{{{WSU}}}Id')}":
            source = element.find(f"{{{WSSE}}}SecurityTokenReference")
            if source is not None and len(source) == 1 and _names_token(source, message, token):
                return derived(element, token.secret)
    raise SecurityRefused("message-signed-with-another-key")


def _names_token(reference: etree._Element, message: Secured, token: Token) -> bool:
    named = reference[0]
    if named.tag == f"{{{WSSE}}}KeyIdentifier":
        return named.get("ValueType") == SAML_ASSERTION_ID and (named.text or "").strip() == token.id
    if named.tag != f"{{{WSSE}}}Reference":
        return False
    own = message.token.get("Id")
    return named.get("URI") in {f"#{name}" for name in (own, token.id) if name}
