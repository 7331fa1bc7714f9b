"""The gateway's tokens: readable by the one they are for, signed by the gateway as a stock library checks it."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from simulation.federation import Identity, TokenIssuer
from simulation.federation.issuer import Wish

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = (NOW - timedelta(days=1), NOW + timedelta(days=365))
GATEWAY, FABRIKAM = Identity("gateway", *SPAN), Identity("fabrikam", *SPAN)
WISH = Wish(audience="http://fabrikam.example", person="ann@contoso.example", domain="contoso.example", at=NOW)


@pytest.mark.parametrize("sha1", [False, True])
def test_the_signature_holds(sha1: bool) -> None:
    issuer = TokenIssuer(GATEWAY, sha1=sha1)
    signed = issuer.signed(issuer.assertion(WISH, b"s" * 32, FABRIKAM.certificate))
    config = SignatureConfiguration(
        location="./",
        signature_methods=frozenset({SignatureMethod.RSA_SHA1 if sha1 else SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA1 if sha1 else DigestAlgorithm.SHA256}),
        verification_time=NOW,
    )
    found = XMLVerifier().verify(
        signed, x509_cert=GATEWAY.certificate, id_attribute="AssertionID", expect_config=config
    )
    assert not isinstance(found, list)
    assert found.signed_xml is not None
    assert found.signed_xml.get("Issuer") == "urn:federation:MicrosoftOnline"


def test_nothing_of_a_token_shows_before_it_is_deciphered() -> None:
    issued = TokenIssuer(GATEWAY).issue(WISH, FABRIKAM.certificate)
    text = etree.tostring(issued.token)
    assert b"contoso" not in text
    assert issued.id.encode() not in text
    assert "secret" not in repr(issued)
    assert len(issued.secret) == 32
