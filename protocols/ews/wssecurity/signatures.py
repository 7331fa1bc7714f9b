"""XML signatures held to the one form that is expected, checked by signxml, and given back as what was signed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from protocols.ews.wssecurity.names import DS, EXC_C14N
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.safexml import XmlRefused, parse

MAX_REFERENCES: Final = 8
_PLAIN_ID: Final = re.compile(r"#[A-Za-z_][\w.-]{0,199}")
_SIGNED_INFO, _VALUE, _KEY_INFO, _REFERENCE, _TRANSFORM = (
    f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Reference", "Transform")
)
_PARTS: Final = ([_SIGNED_INFO, _VALUE], [_SIGNED_INFO, _VALUE, _KEY_INFO])
_FAILURES: Final = (
    SignXMLException,
    UnsupportedAlgorithm,
    XmlRefused,
    etree.LxmlError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What a signature must look like: signature and digest algorithms, and the transforms of each reference."""

    methods: frozenset[str]
    digests: frozenset[str]
    transforms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the signature stands (as signxml finds it) and which attribute its references name."""

    location: str
    id_attribute: str


def references(signature: etree._Element, form: Form, *, what: str) -> tuple[str, ...]:
    """What ``signature`` says that it covers: identifiers of this document, in order, each once.

    Raises SecurityRefused for everything but the expected ``form``: other algorithms, other transforms (XPath, XSLT,
    STR), a reference to the whole document, elsewhere or by XPointer, an embedded Object, a cut HMAC.
    """
    if [part.tag for part in signature] not in _PARTS:
        raise SecurityRefused(f"{what}-signature-of-another-form")
    info = signature[0]
    expected = [f"{{{DS}}}CanonicalizationMethod", f"{{{DS}}}SignatureMethod"]
    found = info.findall(_REFERENCE)
    if [part.tag for part in info] != [*expected, *[_REFERENCE] * len(found)] or not 1 <= len(found) <= MAX_REFERENCES:
        raise SecurityRefused(f"{what}-signature-of-another-form")
    if info[0].get("Algorithm") != EXC_C14N or info[1].get("Algorithm") not in form.methods or len(info[1]):
        raise SecurityRefused(f"{what}-signature-of-another-algorithm")
    uris = [_target(reference, form, what) for reference in found]
    if len(set(uris)) < len(uris):
        raise SecurityRefused(f"{what}-signature-names-the-same-twice")
    return tuple(uri[1:] for uri in uris)


def signed_by_certificate(
    root: etree._Element,
    certificates: Sequence[x509.Certificate],
    form: Form,
    place: Place,
    *,
    now: datetime,
    what: str,
) -> etree._Element:
    """The one element that the signature in ``root`` covers, as it was signed, by one of ``certificates``.

    Raises SecurityRefused.
    """
    for certificate in certificates:
        config = _configuration(form, place, 1, now=now)
        found = _verified(root, place, config, what, certificate=certificate)
        if found is not None:
            return found[0]
    raise SecurityRefused(f"{what}-signature-wrong")


def signed_by_secret(
    root: etree._Element, secret: bytes, form: Form, place: Place, *, number: int, what: str
) -> list[etree._Element]:
    """The elements that the signature in ``root`` covers, as they were signed with ``secret``, in its order.

    Raises SecurityRefused.
    """
    found = _verified(root, place, _configuration(form, place, number), what, secret=secret)
    if found is None or len(found) != number:
        raise SecurityRefused(f"{what}-signature-wrong")
    return found


def _target(reference: etree._Element, form: Form, what: str) -> str:
    uri = reference.get("URI", "")
    parts = [part.tag for part in reference]
    if parts != [f"{{{DS}}}Transforms", f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue"] or not _PLAIN_ID.fullmatch(
        uri
    ):
        raise SecurityRefused(f"{what}-signature-of-another-form")
    transforms = reference[0]
    if any(part.tag != _TRANSFORM for part in transforms):
        raise SecurityRefused(f"{what}-signature-of-another-form")
    if tuple(part.get("Algorithm") for part in transforms) != form.transforms:
        raise SecurityRefused(f"{what}-signature-with-other-transforms")
    if reference[1].get("Algorithm") not in form.digests:
        raise SecurityRefused(f"{what}-signature-of-another-algorithm")
    return uri


def _configuration(form: Form, place: Place, number: int, *, now: datetime | None = None) -> SignatureConfiguration:
    return SignatureConfiguration(
        require_x509=now is not None,
        location=place.location,
        expect_references=number,
        signature_methods=frozenset(SignatureMethod(method) for method in form.methods),
        digest_algorithms=frozenset(DigestAlgorithm(digest) for digest in form.digests),
        verification_time=now,
    )


def _verified(
    root: etree._Element,
    place: Place,
    config: SignatureConfiguration,
    what: str,
    *,
    certificate: x509.Certificate | None = None,
    secret: bytes | None = None,
) -> list[etree._Element] | None:
    try:
        results = XMLVerifier().verify(
            _without_key_info(root),
            x509_cert=certificate,
            hmac_key=secret,
            validate_schema=False,  # its shape was checked above, more narrowly
            id_attribute=place.id_attribute,
            expect_config=config,
        )
        listed: Sequence[VerifyResult] = results if isinstance(results, list) else [results]
        return [parse(result.signed_data) for result in listed]
    except _FAILURES:
        return None


def _without_key_info(root: etree._Element) -> etree._Element:
    """A copy in which no signature offers a key of its own: the key is ours to know, and KeyInfo is never signed."""
    copy = parse(etree.tostring(root))
    for signature in list(copy.iter(f"{{{DS}}}Signature")):
        for offered in signature.findall(_KEY_INFO):
            signature.remove(offered)
    return copy
