"""A federation in which the tests of this room live: an issuer, two organisations, and requests that may be spoiled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from lxml import etree

from protocols.ews.wssecurity.assertion import Token, Trust, believe
from protocols.ews.wssecurity.keys import DecryptionKey
from protocols.ews.wssecurity.message import Demands
from protocols.ews.wssecurity.names import DS, SAML, WSSE, WSU
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.verdict import Verdict, judge, weigh
from simulation.federation import FederatedCaller, Identity, Issued, TokenIssuer
from simulation.federation.issuer import Wish

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AUDIENCE = "FYDIBOHF25SPDLT.fabrikam.example"
URL = "https://busy.example.com/EWS/Exchange.asmx/WSSecurity"
QUESTION = '<m:Question xmlns:m="urn:m">who is free?</m:Question>'
ANN = "ann@contoso.example"
SPAN = (NOW - timedelta(days=30), NOW + timedelta(days=365))
DEMANDS = Demands(addresses=frozenset({URL}))
SPACES = {"ds": DS, "saml": SAML, "o": WSSE, "u": WSU}


@cache
def gateway() -> Identity:
    """The issuer's certificate."""
    return Identity("gateway", *SPAN)


@cache
def fabrikam() -> Identity:
    """The certificate of the organisation that is asked."""
    return Identity("fabrikam", *SPAN)


@cache
def stranger() -> Identity:
    """A certificate of nobody we know."""
    return Identity("stranger", *SPAN)


def key(identity: Identity) -> DecryptionKey:
    """Its private key, with its names."""
    serial = identity.certificate.serial_number
    return DecryptionKey(
        private=identity.key, identifier=identity.subject_key_identifier, thumbprint=b"\x01" * 20, serial=serial
    )


def issuer(*, sha1: bool = False, by: Identity | None = None) -> TokenIssuer:
    """The federation gateway."""
    return TokenIssuer(by or gateway(), sha1=sha1)


def wish(**changes: Any) -> Wish:
    """A token for Ann to ask Fabrikam, now."""
    return Wish(**{"audience": f"http://{AUDIENCE}", "person": ANN, "domain": "contoso.example", "at": NOW, **changes})


def issued(**changes: Any) -> Issued:
    """Such a token, on its way."""
    return issuer().issue(wish(**changes), fabrikam().certificate)


def trust(**changes: Any) -> Trust:
    """What Fabrikam believes."""
    certificates = {issuer().uri: [gateway().certificate]}
    return Trust(**{"audience": AUDIENCE, "issuers": certificates, "keys": [key(fabrikam())], **changes})


def request(
    caller: FederatedCaller | None = None, token: Issued | None = None, *, at: datetime = NOW, to: str = URL
) -> bytes:
    """A request as Contoso's Exchange would send it."""
    return (caller or FederatedCaller()).request(QUESTION, token or issued(), to=to, at=at)


def judged(data: bytes, demands: Demands = DEMANDS, *, now: datetime = NOW, **changes: Any) -> Verdict:
    """The whole judgement."""
    return judge(weigh(data, demands, now=now), trust(**changes), demands, now=now)


def reason(judging: Callable[[], object]) -> str:
    """Why ``judging`` refuses; it must."""
    with pytest.raises(SecurityRefused) as refused:
        judging()
    return refused.value.reason


def spoiled(data: bytes, spoil: Callable[[etree._Element], object]) -> bytes:
    """``data`` after somebody on the way changed it."""
    root = etree.fromstring(data)
    spoil(root)
    return etree.tostring(root)


def assertion(**changes: Any) -> etree._Element:
    """An assertion that nobody signed yet, with a secret in the clear."""
    return issuer().assertion(wish(**changes), b"s" * 32, fabrikam().certificate, clear_proof=True)


def at(root: etree._Element, path: str) -> etree._Element:
    """The first element at ``path``."""
    found = root.find(path, SPACES)
    assert found is not None
    return found


def believed(signed: etree._Element, *, now: datetime = NOW, **changes: Any) -> Token:
    """The token in ``signed``, an assertion."""
    return believe(etree.tostring(signed), trust(**changes), now=now)
