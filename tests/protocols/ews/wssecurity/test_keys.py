"""A token's sender names the key it used; a name that we do not know excludes none of ours."""

import base64

import pytest
from lxml import etree

from protocols.ews.wssecurity.keys import candidates
from protocols.ews.wssecurity.names import DS
from tests.protocols.ews.wssecurity.world import fabrikam, key, stranger

OURS, OTHER = key(fabrikam()), key(stranger())


def _info(content: str) -> etree._Element:
    return etree.fromstring(f'<ds:KeyInfo xmlns:ds="{DS}">{content}</ds:KeyInfo>')


@pytest.mark.parametrize(
    "content",
    [
        f"<a>{base64.b64encode(OTHER.identifier).decode()}</a>",
        f"<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=stranger</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{OTHER.serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>",
    ],
    ids=["identifier", "issuer and serial number"],
)
def test_the_named_key_alone_is_tried(content: str) -> None:
    assert list(candidates(_info(content), [OURS, OTHER])) == [OTHER]


@pytest.mark.parametrize("content", ["", "<a>AAAA</a>", "<a>*</a>", "<ds:X509SerialNumber>1</ds:X509SerialNumber>"])
def test_without_a_name_that_we_know_each_is_tried(content: str) -> None:
    assert list(candidates(_info(content), [OURS, OTHER])) == [OURS, OTHER]
    assert list(candidates(None, [OURS, OTHER])) == [OURS, OTHER]


def test_a_thumbprint_is_a_name() -> None:
    content = f"<a>{base64.b64encode(OURS.thumbprint).decode()}</a>"
    assert list(candidates(_info(content), [OURS])) == [OURS]


def test_no_key_shows_when_printed() -> None:
    assert "private" not in repr(OURS)
