"""Signatures of any other form than the expected one are refused, before and after their cryptography."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from protocols.ews.wssecurity.names import DS, ENVELOPED, EXC_C14N, RSA_SHA256, SHA256
from protocols.ews.wssecurity.signatures import Form, Place, references, signed_by_certificate
from simulation.federation import Identity
from tests.protocols.ews.wssecurity.world import NOW, SPACES, SPAN, assertion, at, gateway, issuer, reason, stranger

FORM = Form(frozenset({RSA_SHA256}), frozenset({SHA256}), (ENVELOPED, EXC_C14N))
PLACE = Place(location="./", id_attribute="AssertionID")
OTHER_FORM = "x-signature-of-another-form"


def _signature() -> etree._Element:
    return at(issuer().signed(assertion()), "ds:Signature")


def _reference(signature: etree._Element) -> etree._Element:
    return at(signature, "ds:SignedInfo/ds:Reference")


def _transform(algorithm: str) -> etree._Element:
    return etree.fromstring(f'<Transform xmlns="{DS}" Algorithm="{algorithm}"/>')


def _uri(uri: str) -> Callable[[etree._Element], Any]:
    return lambda signature: _reference(signature).set("URI", uri)


def _algorithm(path: str, algorithm: str) -> Callable[[etree._Element], Any]:
    return lambda signature: at(signature, path).set("Algorithm", algorithm)


def test_the_expected_form_names_what_it_covers() -> None:
    signed = issuer().signed(assertion())
    assert references(at(signed, "ds:Signature"), FORM, what="x") == (signed.get("AssertionID"),)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_uri(""), OTHER_FORM),
        (_uri("#xpointer(/)"), OTHER_FORM),
        (_uri("#xpointer(id('a'))"), OTHER_FORM),
        (_uri("http://elsewhere.example/a"), OTHER_FORM),
        (_uri("##a"), OTHER_FORM),
        (lambda signature: _reference(signature).attrib.pop("URI"), OTHER_FORM),
        (lambda signature: etree.SubElement(signature, f"{{{DS}}}Object"), OTHER_FORM),
        (lambda signature: signature.insert(0, deepcopy(signature[0])), OTHER_FORM),
        (lambda signature: signature[0].append(etree.Element("{urn:x}Extra")), OTHER_FORM),
        (lambda signature: signature[0].remove(_reference(signature)), OTHER_FORM),
        (lambda signature: signature[0].extend([deepcopy(_reference(signature)) for _ in range(8)]), OTHER_FORM),
        (lambda signature: _reference(signature).remove(_reference(signature)[0]), OTHER_FORM),
        (lambda signature: _reference(signature)[0].append(etree.Element(f"{{{DS}}}XPath")), OTHER_FORM),
        (lambda signature: signature[0].append(deepcopy(_reference(signature))), "x-signature-names-the-same-twice"),
        (
            _algorithm("ds:SignedInfo/ds:CanonicalizationMethod", f"{EXC_C14N}WithComments"),
            "x-signature-of-another-algorithm",
        ),
        (_algorithm("ds:SignedInfo/ds:SignatureMethod", f"{DS}rsa-sha1"), "x-signature-of-another-algorithm"),
        (_algorithm("ds:SignedInfo/ds:SignatureMethod", f"{DS}hmac-sha1"), "x-signature-of-another-algorithm"),
        (_algorithm("ds:SignedInfo/ds:Reference/ds:DigestMethod", f"{DS}sha1"), "x-signature-of-another-algorithm"),
        (
            lambda signature: etree.SubElement(signature[0][1], f"{{{DS}}}HMACOutputLength"),
            "x-signature-of-another-algorithm",
        ),
        *(
            (
                lambda signature, algorithm=algorithm: _reference(signature)[0].append(_transform(algorithm)),
                "x-signature-with-other-transforms",
            )
            for algorithm in (
                "http://www.w3.org/TR/1999/REC-xpath-19991116",
                "http://www.w3.org/2002/06/xmldsig-filter2",
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
                f"{DS}base64",
                "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
            )
        ),
        (
            lambda signature: _reference(signature)[0].remove(_reference(signature)[0][0]),
            "x-signature-with-other-transforms",
        ),
    ],
)
def test_another_form_is_refused(spoil: Callable[[etree._Element], Any], why: str) -> None:
    signature = _signature()
    spoil(signature)
    assert reason(lambda: references(signature, FORM, what="x")) == why


def test_what_was_signed_is_given_back() -> None:
    signed = issuer().signed(assertion())
    found = signed_by_certificate(signed, [gateway().certificate], FORM, PLACE, now=NOW, what="x")
    assert found.get("AssertionID") == signed.get("AssertionID")
    assert found.find("ds:Signature", SPACES) is None


def test_any_of_the_certificates_may_have_signed() -> None:
    signed = issuer().signed(assertion())
    both = [stranger().certificate, gateway().certificate]
    assert signed_by_certificate(signed, both, FORM, PLACE, now=NOW, what="x") is not None


def test_the_certificate_in_the_signature_is_not_looked_at() -> None:
    signed = issuer(by=stranger()).signed(assertion())
    certificates = [gateway().certificate]
    assert reason(lambda: signed_by_certificate(signed, certificates, FORM, PLACE, now=NOW, what="x")) == (
        "x-signature-wrong"
    )


def test_a_foreign_key_value_neither_helps_nor_crashes() -> None:
    signed = issuer().signed(assertion())
    info = at(signed, "ds:Signature/ds:KeyInfo")
    info.clear()
    info.append(etree.fromstring(f'<KeyValue xmlns="{DS}"><DSAKeyValue><Y>AA==</Y></DSAKeyValue></KeyValue>'))
    assert signed_by_certificate(signed, [gateway().certificate], FORM, PLACE, now=NOW, what="x") is not None


def test_an_expired_certificate_signs_nothing() -> None:
    old = Identity("old", SPAN[0], NOW)
    signed = issuer(by=old).signed(assertion())
    later = SPAN[1]
    assert reason(lambda: signed_by_certificate(signed, [old.certificate], FORM, PLACE, now=later, what="x")) == (
        "x-signature-wrong"
    )


@pytest.mark.parametrize("part", ["SignatureValue", "SignedInfo/ds:Reference/ds:DigestValue"])
def test_a_changed_value_is_refused(part: str) -> None:
    signed = issuer().signed(assertion())
    found = at(signed, f"ds:Signature/ds:{part}")
    found.text = ("B" if (found.text or "").strip()[0] == "A" else "A") + (found.text or "").strip()[1:]
    certificates = [gateway().certificate]
    assert reason(lambda: signed_by_certificate(signed, certificates, FORM, PLACE, now=NOW, what="x")) == (
        "x-signature-wrong"
    )
