"""Keys are read from both documents, and one that is of no use does not spoil the others."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from protocols.errors import PeerError
from protocols.ews.xoauth.clouds import CLOUDS
from protocols.ews.xoauth.keys import read_keys
from protocols.model.freebusy import Reason
from simulation.microsoft.issuer import TENANT, Key, TokenService
from tests.protocols.ews.xoauth.tokens import KEY, SERVICE

OTHER = Key.made()


def _numbers(document: dict[str, Any]) -> dict[str, rsa.RSAPublicNumbers]:
    return {name: key.public_numbers() for name, key in read_keys(json.dumps(document).encode()).items()}


@pytest.mark.parametrize("document", [SERVICE.metadata(), SERVICE.key_set()])
def test_both_documents_name_the_key_by_the_print_of_its_certificate(document: dict[str, Any]) -> None:
    assert _numbers(document) == {KEY.x5t: KEY.private.public_key().public_numbers()}


def test_metadata_may_spell_its_names_otherwise() -> None:
    entry = SERVICE.metadata()["keys"][0]
    spelt = {"usage": "Signing", "keyInfo": entry["keyinfo"], "keyValue": entry["keyvalue"]}
    assert list(_numbers({"keys": [spelt]})) == [KEY.x5t]


def test_several_keys_are_all_read() -> None:
    service = TokenService(key=KEY)
    service.keys.append(OTHER)
    assert set(_numbers(service.metadata())) == set(_numbers(service.key_set())) == {KEY.x5t, OTHER.x5t}


def _of_no_version() -> str:
    """A certificate that says it is of version 67; found by fuzzing."""
    octets = KEY.certificate.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020142"), 1)
    return base64.b64encode(octets).decode("ascii")


@pytest.mark.parametrize(
    "useless",
    [
        {},
        {"kty": "RSA", "kid": "x"},
        {"kty": "RSA", "kid": "x", "n": 7, "e": "AQAB"},
        {"kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "kid": "x", "crv": "P-256"},
        {"kty": "oct", "kid": "x", "k": "AAAA"},
        KEY.published | {"use": "enc"},
        KEY.published | {"alg": "RS512"},
        {"usage": "signing", "keyvalue": {"type": "x509Certificate", "value": "!"}},
        {"usage": "signing", "keyvalue": {"type": "x509Certificate", "value": "AAAA"}},
        {"usage": "signing", "keyvalue": {"type": "x509Certificate", "value": _of_no_version()}},
        {"usage": "encryption", "keyvalue": SERVICE.metadata()["keys"][0]["keyvalue"]},
        {"usage": "signing", "keyvalue": {"type": "symmetric", "value": "AAAA"}},
        Key.made(1_024).published,
        "no object",
        None,
    ],
)
def test_what_is_no_key_for_us_is_left_out(useless: Any) -> None:
    assert list(_numbers({"keys": [useless, OTHER.published]})) == [OTHER.x5t]


@pytest.mark.parametrize("document", [b"", b"<html>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": "x"}', b"[" * 100_000])
def test_what_are_no_keys_is_told_so(document: bytes) -> None:
    with pytest.raises(PeerError) as refused:
        read_keys(document)
    assert refused.value.reason is Reason.GARBLED


@pytest.mark.parametrize(
    ("issuer", "believed"),
    [
        (f"https://login.microsoftonline.com/{TENANT}/v2.0", True),
        (f"https://sts.windows.net/{TENANT}/", True),
        ("https://login.microsoftonline.com/{tenantid}/v2.0", True),
        ("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", False),  # private accounts
        ("", False),
        ([], False),
    ],
)
def test_a_key_of_another_issuer_is_left_out(issuer: object, believed: bool) -> None:
    document = SERVICE.key_set()
    for key in document["keys"]:
        key["issuer"] = issuer
    found = read_keys(json.dumps(document).encode(), CLOUDS["global"].key_issuers_of(TENANT))
    assert bool(found) == believed
