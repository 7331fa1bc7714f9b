"""A token is believed for what its issuer signed, for us, for now, and for one organisation alone."""

import base64
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from protocols.ews.wssecurity.assertion import believe
from protocols.ews.wssecurity.names import DS, SAML
from tests.protocols.ews.wssecurity.world import (
    ANN,
    AUDIENCE,
    NOW,
    SPACES,
    assertion,
    at,
    believed,
    fabrikam,
    gateway,
    issuer,
    key,
    reason,
    stranger,
    trust,
    wish,
)

MINUTE = timedelta(minutes=1)
CONDITIONS = "saml:Conditions"
CONFIRMATION = "saml:AuthenticationStatement/saml:Subject/saml:SubjectConfirmation"
VALUES = "saml:AttributeStatement/saml:Attribute/saml:AttributeValue"
Spoil = Callable[[etree._Element], Any]


def _issued(spoil: Spoil) -> etree._Element:
    """Signed by the issuer after it was spoiled: the issuer itself says so."""
    unsigned = assertion()
    spoil(unsigned)
    return issuer().signed(unsigned)


def _wrapped(spoil: Spoil) -> etree._Element:
    """Spoiled after the issuer signed it: somebody on the way does."""
    signed = issuer().signed(assertion())
    changed = spoil(signed)
    return changed if isinstance(changed, etree._Element) else signed


def _claim(root: etree._Element, number: int) -> etree._Element:
    return root.findall("saml:AttributeStatement/saml:Attribute", SPACES)[number]


def _without(path: str) -> Spoil:
    def spoil(root: etree._Element) -> None:
        found = at(root, path)
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return spoil


def _twice(path: str) -> Spoil:
    def spoil(root: etree._Element) -> None:
        found = at(root, path)
        found.addnext(deepcopy(found))

    return spoil


def _text(path: str, text: str) -> Spoil:
    return lambda root: setattr(at(root, path), "text", text)


def _set(path: str, name: str, value: str) -> Spoil:
    return lambda root: at(root, path).set(name, value)


def test_a_token_is_believed() -> None:
    token = believed(issuer().signed(assertion()))
    assert (token.person, token.domains, token.issuer) == (ANN, frozenset({"contoso.example"}), issuer().uri)
    assert (token.secret, token.expires) == (b"s" * 32, NOW + 5 * MINUTE)
    assert "ssss" not in repr(token)


def test_its_key_may_be_encrypted_to_us_once_more() -> None:
    unsigned = issuer().assertion(wish(), b"k" * 32, fabrikam().certificate)
    assert believed(issuer().signed(unsigned)).secret == b"k" * 32
    assert reason(lambda: believed(issuer().signed(unsigned), keys=[key(stranger())])) == "token-without-proof"


def test_sha_1_is_believed_where_the_settings_say_so() -> None:
    signed = issuer(sha1=True).signed(assertion())
    assert reason(lambda: believed(signed)) == "token-signature-of-another-algorithm"
    assert believed(signed, sha1_tokens=True).person == ANN


@pytest.mark.parametrize("audience", [AUDIENCE, f"http://{AUDIENCE}/", f" {AUDIENCE.lower()} "])
def test_our_audience_in_its_spellings(audience: str) -> None:
    assert believed(issuer().signed(assertion(audience=audience))).person == ANN


@pytest.mark.parametrize(
    ("changes", "domains"),
    [
        ({"person": "ann@eu.contoso.example"}, {"contoso.example", "eu.contoso.example"}),
        ({"domain": ""}, {"contoso.example"}),
        ({"domain": "CONTOSO.example"}, {"contoso.example"}),
    ],
)
def test_every_domain_that_a_token_names_is_told(changes: dict[str, str], domains: set[str]) -> None:
    assert believed(issuer().signed(assertion(**changes))).domains == domains


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_set(".", "Issuer", "urn:else"), "token-of-another-issuer"),
        (_set(".", "MajorVersion", "2"), "token-no-assertion"),
        (_set(".", "MinorVersion", "0"), "token-no-assertion"),
        (_without(CONDITIONS), "token-with-other-conditions"),
        (_twice(CONDITIONS), "token-with-other-conditions"),
        (_without(f"{CONDITIONS}/saml:AudienceRestrictionCondition"), "token-with-other-conditions"),
        (_twice(f"{CONDITIONS}/saml:AudienceRestrictionCondition"), "token-with-other-conditions"),
        (
            lambda root: etree.SubElement(at(root, CONDITIONS), f"{{{SAML}}}DoNotCacheCondition"),
            "token-with-other-conditions",
        ),
        (lambda root: at(root, CONDITIONS).attrib.pop("NotBefore"), "no-instant"),
        (lambda root: at(root, CONDITIONS).attrib.pop("NotOnOrAfter"), "no-instant"),
        (_twice(f"{CONDITIONS}/saml:AudienceRestrictionCondition/saml:Audience"), "token-for-another-audience"),
        (_without(f"{CONDITIONS}/saml:AudienceRestrictionCondition/saml:Audience"), "token-for-another-audience"),
        (
            _text(f"{CONDITIONS}/saml:AudienceRestrictionCondition/saml:Audience", f"{AUDIENCE}.evil.example"),
            "token-for-another-audience",
        ),
        (_without(CONFIRMATION), "token-without-proof"),
        (
            _text(f"{CONFIRMATION}/saml:ConfirmationMethod", "urn:oasis:names:tc:SAML:1.0:cm:bearer"),
            "token-without-proof",
        ),
        (_twice(f"{CONFIRMATION}/saml:ConfirmationMethod"), "token-without-proof"),
        (_without(f"{CONFIRMATION}/ds:KeyInfo"), "token-without-proof"),
        (_twice(f"{CONFIRMATION}/ds:KeyInfo"), "token-without-proof"),
        (
            lambda root: at(root, f"{CONFIRMATION}/ds:KeyInfo").append(
                deepcopy(at(root, f"{CONFIRMATION}/ds:KeyInfo")[0])
            ),
            "token-without-proof",
        ),
        (lambda root: setattr(at(root, f"{CONFIRMATION}/ds:KeyInfo")[0], "text", "AAAA"), "token-without-proof"),
        (lambda root: setattr(at(root, f"{CONFIRMATION}/ds:KeyInfo")[0], "text", "*"), "token-without-proof"),
        (lambda root: setattr(at(root, f"{CONFIRMATION}/ds:KeyInfo")[0], "tag", "{urn:x}Key"), "token-without-proof"),
        (lambda root: _claim(root, 2)[0].__setattr__("text", "MSExchange.SharingRead"), "token-for-another-action"),
        (lambda root: _claim(root, 2).set("AttributeNamespace", "urn:x"), "token-for-another-action"),
        (lambda root: _claim(root, 0).addnext(deepcopy(_claim(root, 0))), "token-says-the-same-twice"),
        (lambda root: _claim(root, 0).append(deepcopy(_claim(root, 0)[0])), "token-of-several"),
        (lambda root: _claim(root, 1).append(deepcopy(_claim(root, 1)[0])), "token-of-several"),
        (lambda root: setattr(_claim(root, 0)[0], "text", "nobody"), "token-of-nobody"),
        (lambda root: setattr(_claim(root, 1)[0], "text", "not a domain"), "token-of-nobody"),
        (lambda root: etree.SubElement(_claim(root, 0)[0], "b"), "token-with-markup-in-a-value"),
    ],
)
def test_what_the_issuer_says_of_others_is_refused(spoil: Spoil, why: str) -> None:
    assert reason(lambda: believed(_issued(spoil))) == why


def test_a_token_of_nobody_is_refused() -> None:
    assert reason(lambda: believed(issuer().signed(assertion(person="", domain="")))) == "token-of-nobody"


def test_two_keys_prove_nobody() -> None:
    def spoil(root: etree._Element) -> None:
        other = deepcopy(at(root, CONFIRMATION))
        at(other, "ds:KeyInfo")[0].text = base64.b64encode(b"o" * 32).decode()
        at(root, "saml:AttributeStatement/saml:Subject").append(other)

    assert reason(lambda: believed(_issued(spoil))) == "token-without-proof"


def test_the_same_key_of_two_subjects_is_one() -> None:
    def spoil(root: etree._Element) -> None:
        at(root, "saml:AttributeStatement/saml:Subject").append(deepcopy(at(root, CONFIRMATION)))

    assert believed(_issued(spoil)).secret == b"s" * 32


def test_what_is_no_assertion_is_none_whatever_it_says_of_itself() -> None:
    signed = issuer().signed(assertion())
    root = etree.Element("{urn:x}Assertion", MajorVersion="1", MinorVersion="1")
    signature = at(signed, "ds:Signature")
    root.extend([signed, signature])
    assert reason(lambda: believed(root)) == "token-no-assertion"


@pytest.mark.parametrize(
    ("minutes", "why"), [(-11, "token-expired"), (6, "token-not-valid-yet"), (10_000, "token-not-valid-yet")]
)
def test_a_token_of_another_time_is_refused(minutes: int, why: str) -> None:
    signed = issuer().signed(assertion(at=NOW + minutes * MINUTE))
    assert reason(lambda: believed(signed)) == why


def test_a_token_of_another_signer_is_refused() -> None:
    assert reason(lambda: believed(issuer(by=stranger()).signed(assertion()))) == "token-signature-wrong"


def test_an_unsigned_token_is_refused() -> None:
    assert reason(lambda: believed(assertion())) == "token-not-one-assertion-with-one-signature"


def _evil(signed: etree._Element) -> etree._Element:
    """A copy without its signature that names somebody else."""
    copy = deepcopy(signed)
    copy.remove(at(copy, "ds:Signature"))
    copy.set("AssertionID", "uuid-evil")
    at(copy, VALUES).text = "boss@contoso.example"
    return copy


def _original_in_advice(signed: etree._Element) -> etree._Element:
    evil = _evil(signed)
    etree.SubElement(evil, f"{{{SAML}}}Advice").append(signed)
    return evil


def _original_in_signature(signed: etree._Element) -> etree._Element:
    evil = _evil(signed)
    signature = deepcopy(at(signed, "ds:Signature"))
    bare = deepcopy(signed)
    bare.remove(at(bare, "ds:Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(bare)
    evil.append(signature)
    return evil


def _evil_in_original(signed: etree._Element) -> etree._Element:
    etree.SubElement(signed, f"{{{SAML}}}Advice").append(_evil(signed))
    return signed


def _signature_below(signed: etree._Element) -> etree._Element:
    at(signed, CONDITIONS).append(at(signed, "ds:Signature"))
    return signed


def _signature_moved_to_evil(signed: etree._Element) -> etree._Element:
    evil = _evil(signed)
    evil.append(at(signed, "ds:Signature"))
    return evil


def _beside(signed: etree._Element) -> etree._Element:
    both = etree.Element("both")
    both.extend([_evil(signed), signed])
    return both


@pytest.mark.parametrize(
    ("wrap", "why"),
    [
        (_original_in_advice, "token-not-one-assertion-with-one-signature"),
        (_original_in_signature, "token-not-one-assertion-with-one-signature"),
        (_evil_in_original, "token-not-one-assertion-with-one-signature"),
        (_signature_below, "token-not-one-assertion-with-one-signature"),
        (_signature_moved_to_evil, "token-signature-covers-something-else"),
        (_beside, "token-no-assertion"),
        (_text(VALUES, "boss@contoso.example"), "token-signature-wrong"),
        (_set(CONDITIONS, "NotOnOrAfter", "2027-01-01T00:00:00Z"), "token-signature-wrong"),
        (lambda signed: signed.insert(0, deepcopy(signed[0])), "token-signature-wrong"),
    ],
)
def test_every_form_of_wrapping_is_refused(wrap: Spoil, why: str) -> None:
    assert reason(lambda: believed(_wrapped(wrap))) == why


def test_the_same_identifier_under_another_name_is_not_followed() -> None:
    """An element that also answers to the identifier stands first: the signature is sought by AssertionID alone."""

    def spoil(signed: etree._Element) -> None:
        bait = etree.Element("{urn:x}Bait", Id=signed.get("AssertionID", ""))
        signed.insert(0, bait)

    assert reason(lambda: believed(_wrapped(spoil))) == "token-signature-wrong"


def test_a_comment_splits_no_value() -> None:
    """A comment is not signed: a reader that stops at it would take the first half for the whole."""
    whole = "ann@contoso.example.evil.example"
    signed = etree.tostring(issuer().signed(assertion(person=whole, domain="evil.example")))
    split = signed.replace(whole.encode(), b"ann@contoso.example<!---->.evil.example")
    assert split.count(b"<!---->") == 3
    token = believe(split, trust(), now=NOW)
    assert (token.person, token.domains) == (whole, frozenset({"contoso.example.evil.example", "evil.example"}))


def test_a_processing_instruction_splits_nothing_either() -> None:
    signed = etree.tostring(issuer().signed(assertion()))
    split = signed.replace(ANN.encode(), b"ann@contoso<?x?>.example")
    assert believe(split, trust(), now=NOW).person == ANN


@pytest.mark.parametrize("data", [b"", b"<a", b"<!DOCTYPE a><a/>", b"\x00\xff"])
def test_what_is_no_xml_failed_to_be_deciphered(data: bytes) -> None:
    assert reason(lambda: believe(data, trust(), now=NOW)) == "token-not-deciphered"


def test_a_crowd_of_attributes_is_refused_before_anything_is_canonicalised() -> None:
    signed = issuer(by=stranger()).signed(assertion())
    info = at(signed, "ds:Signature/ds:SignedInfo")
    for number in range(33):
        info.set(f"a{number}", "")
    assert reason(lambda: believed(signed)) == "too-many-attributes"


def test_another_issuer_is_refused_before_any_signature_is_checked() -> None:
    nobody = trust(issuers={"urn:else": [gateway().certificate]})
    assert reason(lambda: believe(etree.tostring(assertion()), nobody, now=NOW)) == (
        "token-not-one-assertion-with-one-signature"
    )
    signed = etree.tostring(issuer(by=stranger()).signed(assertion()))
    assert reason(lambda: believe(signed, nobody, now=NOW)) == "token-of-another-issuer"
