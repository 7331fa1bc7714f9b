"""The SAML 1.1 token of a request: who issued it, for whom, until when, for which person, and which key proves it."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from lxml import etree

from protocols.ews.wssecurity.decryption import unwrap
from protocols.ews.wssecurity.header import check_sparse
from protocols.ews.wssecurity.keys import DecryptionKey
from protocols.ews.wssecurity.names import (
    ACTION_CLAIM,
    DOMAIN_CLAIM,
    DS,
    EMAIL_CLAIM,
    ENVELOPED,
    EXC_C14N,
    FREE_BUSY,
    HOLDER_OF_KEY,
    RSA_SHA1,
    RSA_SHA256,
    SAML,
    SHA1,
    SHA256,
    TRUST,
    XENC,
)
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.signatures import Form, Place, references, signed_by_certificate
from protocols.ews.wssecurity.times import check_span, instant
from protocols.model.mailbox import canonical, canonical_domain
from protocols.safexml import XmlRefused, parse

_MAX_NODES: Final = 2_000
_KEY_BYTES: Final = (16, 24, 32, 48, 64)
_PLACE: Final = Place(location="./", id_attribute="AssertionID")
_TRANSFORMS: Final = (ENVELOPED, EXC_C14N)
_FORM: Final = Form(frozenset({RSA_SHA256}), frozenset({SHA256}), _TRANSFORMS)
_SHA1_FORM: Final = Form(frozenset({RSA_SHA256, RSA_SHA1}), frozenset({SHA256, SHA1}), _TRANSFORMS)

Claims = Mapping[tuple[str, str], tuple[str, ...]]


def _saml(name: str) -> str:
    return f"{{{SAML}}}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom tokens are believed of: certificates by issuer, our keys, and the audience that we are."""

    audience: str
    issuers: Mapping[str, Sequence[x509.Certificate]]
    keys: Sequence[DecryptionKey]
    skew: timedelta = timedelta(minutes=5)
    sha1_tokens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A believed token. ``domains``: all that it names, at least one; ``person``: an address or ""."""

    id: str
    issuer: str
    domains: frozenset[str]
    person: str
    expires: datetime
    secret: bytes = field(repr=False)


def believe(data: bytes, trust: Trust, *, now: datetime) -> Token:
    """The token in ``data``, a deciphered saml:Assertion. Raises SecurityRefused.

    Whatever is read of it is read from the bytes that its issuer's certificate signed, and from nothing else.
    """
    offered = _offered(data)
    issuer = offered.get("Issuer", "")
    certificates = trust.issuers.get(issuer)
    if certificates is None:
        raise SecurityRefused("token-of-another-issuer")
    form = _SHA1_FORM if trust.sha1_tokens else _FORM
    signature = offered.find(f"{{{DS}}}Signature")
    assert signature is not None
    if references(signature, form, what="token") != (offered.get("AssertionID"),):
        raise SecurityRefused("token-signature-covers-something-else")
    signed = signed_by_certificate(offered, certificates, form, _PLACE, now=now, what="token")
    expires = _check_conditions(signed, trust, now)
    person, domains = _requester(_claims(signed))
    secret = _secret(signed, trust.keys)
    return Token(
        id=signed.get("AssertionID", ""), issuer=issuer, domains=domains, person=person, expires=expires, secret=secret
    )


def _offered(data: bytes) -> etree._Element:
    """One assertion with one signature of its own, and neither another assertion nor another signature inside it."""
    try:
        root = parse(data, max_nodes=_MAX_NODES)
    except XmlRefused:
        raise SecurityRefused("token-not-deciphered") from None  # as where the wrong key deciphered it
    check_sparse(root)
    if root.tag != _saml("Assertion") or (root.get("MajorVersion"), root.get("MinorVersion")) != ("1", "1"):
        raise SecurityRefused("token-no-assertion")
    signatures, assertions = list(root.iter(f"{{{DS}}}Signature")), list(root.iter(_saml("Assertion")))
    if len(assertions) != 1 or len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SecurityRefused("token-not-one-assertion-with-one-signature")
    return root


def _check_conditions(signed: etree._Element, trust: Trust, now: datetime) -> datetime:
    conditions = signed.findall(_saml("Conditions"))
    if len(conditions) != 1 or [child.tag for child in conditions[0]] != [_saml("AudienceRestrictionCondition")]:
        raise SecurityRefused("token-with-other-conditions")  # one that is not understood must not be passed over
    begins, ends = instant(conditions[0].get("NotBefore")), instant(conditions[0].get("NotOnOrAfter"))
    check_span(begins, ends, now=now, skew=trust.skew, what="token")
    audiences = conditions[0][0]
    if [child.tag for child in audiences] != [_saml("Audience")]:
        raise SecurityRefused("token-for-another-audience")
    if _audience(audiences[0].text) != _audience(trust.audience):
        raise SecurityRefused("token-for-another-audience")
    return ends


def _audience(text: str | None) -> str:
    """Tokens are asked for ``http://`` and the URI ([MS-OXWSLVID] 3.3.4.1.1): it may come with or without."""
    return (text or "").strip().lower().removeprefix("http://").rstrip("/")


def _claims(signed: etree._Element) -> Claims:
    claims: dict[tuple[str, str], tuple[str, ...]] = {}
    for attribute in signed.findall(f"{_saml('AttributeStatement')}/{_saml('Attribute')}"):
        name = attribute.get("AttributeNamespace", ""), attribute.get("AttributeName", "").lower()
        if name in claims:
            raise SecurityRefused("token-says-the-same-twice")
        claims[name] = tuple(_whole(value) for value in attribute.findall(_saml("AttributeValue")))
    return claims


def _whole(element: etree._Element) -> str:
    if len(element):
        raise SecurityRefused("token-with-markup-in-a-value")
    return (element.text or "").strip()


def _requester(claims: Claims) -> tuple[str, frozenset[str]]:
    """The person, and the domains that person and organisation belong to."""
    if FREE_BUSY not in claims.get(ACTION_CLAIM, ()):
        raise SecurityRefused("token-for-another-action")
    people, organisations = claims.get(EMAIL_CLAIM, ()), claims.get(DOMAIN_CLAIM, ())
    if len(people) > 1 or len(organisations) > 1:
        raise SecurityRefused("token-of-several")
    try:
        person = canonical(people[0]) if people else ""
        domains = {canonical_domain(domain) for domain in organisations}
    except ValueError:
        raise SecurityRefused("token-of-nobody") from None
    domains |= {person.rpartition("@")[2]} if person else set()
    if not domains:
        raise SecurityRefused("token-of-nobody")
    return person, frozenset(domains)


def _secret(signed: etree._Element, keys: Sequence[DecryptionKey]) -> bytes:
    """The key that the sender must hold: every subject is confirmed by holding it, and there is one."""
    confirmations = list(signed.iter(_saml("SubjectConfirmation")))
    methods = [(method.text or "").strip() for method in signed.iter(_saml("ConfirmationMethod"))]
    if not confirmations or len(methods) != len(confirmations) or set(methods) != {HOLDER_OF_KEY}:
        raise SecurityRefused("token-without-proof")
    secrets = {_held(confirmation, keys) for confirmation in confirmations}
    if len(secrets) != 1 or None in secrets:
        raise SecurityRefused("token-without-proof")
    (secret,) = secrets
    assert secret is not None
    return secret


def _held(confirmation: etree._Element, keys: Sequence[DecryptionKey]) -> bytes | None:
    offered = confirmation.findall(f"{{{DS}}}KeyInfo")
    if len(offered) != 1 or len(offered[0]) != 1:
        return None
    proof = offered[0][0]
    if proof.tag == f"{{{XENC}}}EncryptedKey":
        return unwrap(proof, keys, lengths=_KEY_BYTES)
    if proof.tag not in {f"{{{version}}}BinarySecret" for version in TRUST}:
        return None
    try:
        secret = base64.b64decode((proof.text or "").strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) in _KEY_BYTES else None
