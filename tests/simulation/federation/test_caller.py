"""A federated caller's signature is what a stock library expects of one by HMAC."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from simulation.federation import FederatedCaller, Identity, TokenIssuer
from simulation.federation.caller import SOAP11, SOAP12
from simulation.federation.issuer import Wish

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = (NOW - timedelta(days=1), NOW + timedelta(days=365))
GATEWAY, FABRIKAM = Identity("gateway", *SPAN), Identity("fabrikam", *SPAN)
WISH = Wish(audience="http://fabrikam.example", person="ann@contoso.example", domain="contoso.example", at=NOW)
METHODS = {"sha1": SignatureMethod.HMAC_SHA1, "sha256": SignatureMethod.HMAC_SHA256}
DIGESTS = {"sha1": DigestAlgorithm.SHA1, "sha256": DigestAlgorithm.SHA256}


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_the_signature_holds_over_all_that_is_to_be_covered(soap: str, digest: str) -> None:
    issued = TokenIssuer(GATEWAY).issue(WISH, FABRIKAM.certificate)
    data = FederatedCaller(soap=soap, digest=digest).request("<a/>", issued, to="https://b.example/", at=NOW)
    config = SignatureConfiguration(
        require_x509=False,
        expect_references=3,
        signature_methods=frozenset({METHODS[digest]}),
        digest_algorithms=frozenset({DIGESTS[digest]}),
    )
    found = XMLVerifier().verify(data, hmac_key=issued.secret, id_attribute="Id", expect_config=config)
    assert isinstance(found, list)
    names = [etree.QName(each.signed_xml).localname for each in found if each.signed_xml is not None]
    assert names == ["Timestamp", "Body", "To"]
