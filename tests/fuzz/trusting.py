"""The targets that decide whom to believe: whatever is made of what was signed, nobody else is ever believed."""

import base64
import hmac
import json
from collections.abc import Coroutine
from dataclasses import replace
from functools import cache
from typing import Any

from lxml import etree

from protocols.errors import Fault, PeerError, RequestError
from protocols.ews.soap import read_envelope
from protocols.ews.wssecurity.assertion import Token, believe
from protocols.ews.wssecurity.plain import plain
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.verdict import Verdict, judge, weigh
from protocols.ews.xoauth.challenge import challenge, is_probe
from protocols.ews.xoauth.keys import read_keys
from protocols.ews.xoauth.token import TokenError, proved, shown
from protocols.model.caller import Caller
from protocols.model.mailbox import canonical
from proxy.auth import Knock, Refused
from proxy.auth.basic import decoded
from proxy.auth.networks import Addresses, UnbelievableError
from proxy.auth.oidc import OidcTokens
from proxy.auth.oidc_key_set import PublicKey, read_key_set
from service.addresses import parse_network
from simulation.federation.caller import SOAP11
from simulation.microsoft.issuer import EXCHANGE, TENANT, unsigned
from tests.fuzz.promises import hold
from tests.fuzz.world import (
    DEMANDS,
    DOMAIN,
    HOST,
    NORTHWIND,
    NOW,
    PERSON,
    QUESTION,
    SECONDS,
    expected,
    oidc_issuer,
    oidc_trusted,
    own_tokens,
    service,
    trust,
)

_ADDRESSES = Addresses([parse_network("10.0.0.0/8"), parse_network("::1")])


def wssecurity(data: bytes) -> None:
    """A message proves whom its token was issued for and what its holder signed, or it is refused in few words."""
    try:
        if data.startswith(b"<saml:Assertion"):
            _true(believe(data, trust(), now=NOW))
        else:
            verdict = judge(weigh(data, DEMANDS, now=NOW), trust(), DEMANDS, now=NOW)
            _true(verdict.token)
            _as_signed(verdict)
    except SecurityRefused as refused:
        reason = refused.reason
        hold(reason != "" and reason.isascii() and len(reason) < 100 and " " not in reason, "a reason of a few words")


def jwt(data: bytes) -> None:
    """A token proves whom its issuer signed it for, or it is refused; keys are read whole or not at all.

    Lines of JSON become what only an issuer could make: one our own token, two an outer token around a genuine one,
    three an actor token. So what lies behind the signature is reached too.
    """
    token = _made(data)
    found = _done(own_tokens().identify(Knock(f"Bearer {token}")))
    hold(found in (NORTHWIND, None) or isinstance(found, Refused), "our own token proves its caller alone")
    wanted, keys = expected()
    try:
        who = proved(shown(token, wanted), keys, wanted, now=SECONDS)
        hold((who.tenant, who.app) == (TENANT, EXCHANGE), "a token proves its tenant and its application")
        hold(who.person == "" or canonical(who.person) == who.person, "the person is an address or nobody")
        hold(who.until >= SECONDS, "a token that has expired is good for nothing")
    except TokenError as error:
        hold(error.wrong.reason != "" and '"' not in error.wrong.sentence, "a reason of our own words")
    try:
        hold(all(key.key_size >= 1024 for key in read_keys(data).values()), "a key that is worth one")
    except PeerError:
        return


def oidc(data: bytes) -> None:
    """A token of a configured issuer proves its caller or nobody; a key set is public keys that are worth one.

    One object of JSON is a key set; two lines of JSON are a header and claims, which the issuer signs; anything else
    is a token as it stands.
    """
    lines = data.split(b"\n")
    objects = [told for line in lines[:2] if (told := _object(line)) is not None]
    if len(objects) == 1:
        for key in read_key_set(objects[0]):
            hold(isinstance(key.key, PublicKey), "a public key")
            hold(
                bool(key.algorithms) and not any(each.startswith(("HS", "no")) for each in key.algorithms), "that signs"
            )
            hold(getattr(key.key, "key_size", 2_048) >= 256, "and is worth it")
    signed = len(objects) == len(lines) == 2
    token = oidc_issuer().token(objects[1], header=objects[0]) if signed else data.decode("latin-1")
    for alone in (True, False):
        ways = OidcTokens([oidc_trusted()], alone=alone, clock=lambda: SECONDS)
        found = _done(ways.identify(Knock(f"Bearer {token}")))
        proves = isinstance(found, Caller)
        hold(proves or found is None or isinstance(found, Refused), "a caller, a refusal, or somebody else's")
        hold(not proves or signed or token == _genuine(), "nobody is proved by what the issuer did not sign")
        hold(not proves or found == replace(NORTHWIND, person=found.person), "and nobody but its caller")
        hold(not proves or not found.person or canonical(found.person) == found.person, "a person is an address")


def headers(data: bytes) -> None:
    """What Authorization and X-Forwarded-For may hold is read or refused; no text of it makes another name of it."""
    text = data.decode("utf-8", "surrogateescape")
    if (pair := decoded(text)) is not None:
        hold(isinstance(pair[1], bytes), "a user name and a password")
    found = _done(own_tokens().identify(Knock(text)))
    hold(found is None or isinstance(found, Caller | Refused), "a caller, a refusal, or somebody else's")
    told = challenge(client_id=EXCHANGE, tenants=[TENANT], authorization_uri=f"https://{HOST}/", error="invalid_token")
    hold("\n" not in told and "\r" not in told and isinstance(is_probe(text), bool), "a header of one line")
    try:
        address = _ADDRESSES.find("10.0.0.1", tuple(text.split("\n")))
        hold(address is not None, "a trusted proxy's word is an address")
    except UnbelievableError as error:
        hold(text == "" or text not in str(error) or len(text) < 4, "nothing of it is repeated")


def _true(token: Token) -> None:
    hold((token.domains, token.person) == (frozenset({DOMAIN}), PERSON), "a token says what its issuer signed")
    hold(repr(token).find(repr(token.secret)) < 0, "a secret is not printed")


def _as_signed(verdict: Verdict) -> None:
    (question,) = verdict.proved.body
    signed = etree.tostring(etree.fromstring(QUESTION), method="c14n", exclusive=True)
    hold(etree.tostring(question, method="c14n", exclusive=True, with_tail=False) == signed, "what was signed is read")
    message = plain(verdict.message, verdict.proved, soap=SOAP11)
    try:
        envelope = read_envelope(message)
    except RequestError as error:  # of a header that nobody signed
        hold(error.fault is Fault.MUST_UNDERSTAND, "what was proved is an envelope")
        return
    hold(envelope.payload.tag == "{urn:m}Question", "and is what the codecs are given")


def _made(data: bytes) -> str:
    lines = data.split(b"\n")
    if b"{" not in data[:1] or len(lines) > 3:
        return data.decode("latin-1")
    try:
        segments = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return ".".join(map(_segment, lines))
    if not all(isinstance(segment, dict) for segment in segments):
        return data.decode("latin-1")
    if len(lines) == 1:
        return _own(segments[0])
    if len(lines) == 2:
        return unsigned({"actortoken": _actor()} | segments[1], header=segments[0])
    return service().actor(segments[1], header=segments[0])


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


@cache
def _genuine() -> str:
    """The one token of the seeds that is signed already."""
    return oidc_issuer().token(oidc_issuer().claims(f"https://{HOST}", sub="northwind"))


def _own(claims: dict[str, Any]) -> str:
    """Signed here, since the library that checks it would not write every claim."""
    signed = f"{_genuine_header()}.{_segment(json.dumps(claims).encode())}"
    return f"{signed}.{_segment(hmac.digest(b'k' * 32, signed.encode(), 'sha256'))}"


@cache
def _genuine_header() -> str:
    return own_tokens().issue(NORTHWIND.name)[0].partition(".")[0]


def _segment(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


@cache
def _actor() -> str:
    return service().token(HOST)


def _done(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; it must not wait for anything."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")
