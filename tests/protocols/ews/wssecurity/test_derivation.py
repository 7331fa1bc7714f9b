"""Derived keys are those of RFC 2246, and nothing but the expected description derives one."""

import base64

import pytest
from lxml import etree
from signxml.util import raw_p_sha1

from protocols.ews.wssecurity.derivation import derived, p_sha1
from protocols.ews.wssecurity.names import CONVERSATION, WSSE
from tests.protocols.ews.wssecurity.world import reason

SECRET = bytes(range(32))
NONCE = base64.b64encode(b"n" * 16).decode()


def _token(
    content: str = f"<c:Nonce>{NONCE}</c:Nonce>", *, version: str = CONVERSATION[0], more: str = ""
) -> etree._Element:
    return etree.fromstring(
        f'<c:DerivedKeyToken xmlns:c="{version}" {more}><o:SecurityTokenReference xmlns:o="{WSSE}"/>{content}'
        "</c:DerivedKeyToken>"
    )


@pytest.mark.parametrize("length", [1, 20, 21, 64])
def test_p_sha1_agrees_with_another_implementation(length: int) -> None:
    secret, seed = b"\x0b" * 20, b"\x01\x02\x03"
    assert (p_sha1(secret, seed, length),) == raw_p_sha1(secret, seed, (length,))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("version", CONVERSATION)
def test_defaults_and_what_is_written(version: str) -> None:
    label = b"WS-SecureConversationWS-SecureConversation"
    assert derived(_token(version=version), SECRET) == p_sha1(SECRET, label + b"n" * 16, 32)
    nonce = f"<c:Nonce>{NONCE}</c:Nonce>"
    written = _token(
        f"<c:Offset>8</c:Offset><c:Length>24</c:Length>{nonce}",
        more=f'Algorithm="{version}/dk/p_sha1"',
        version=version,
    )
    assert derived(written, SECRET) == p_sha1(SECRET, label + b"n" * 16, 32)[8:]
    assert (
        derived(_token(f"<c:Generation>1</c:Generation>{nonce}"), SECRET) == p_sha1(SECRET, label + b"n" * 16, 64)[32:]
    )
    assert derived(_token(f"<c:Label>mine</c:Label>{nonce}"), SECRET) == p_sha1(SECRET, b"mine" + b"n" * 16, 32)


@pytest.mark.parametrize(
    "token",
    [
        _token(""),
        _token("<c:Nonce>AAAA</c:Nonce>"),
        _token("<c:Nonce>*</c:Nonce>"),
        _token(f"<c:Nonce>{NONCE}</c:Nonce><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Length>8</c:Length><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Length>65</c:Length><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Length>long</c:Length><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Length>-1</c:Length><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Offset>1025</c:Offset><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Offset>99999</c:Offset><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Generation>999</c:Generation><c:Nonce>{NONCE}</c:Nonce>"),
        _token(f"<c:Other/><c:Nonce>{NONCE}</c:Nonce>"),
        _token(more='Algorithm="urn:x"'),
    ],
)
def test_another_description_derives_nothing(token: etree._Element) -> None:
    assert reason(lambda: derived(token, SECRET)) == "derived-key-of-another-form"


def test_a_key_derived_from_nothing_is_refused() -> None:
    token = _token()
    token.remove(token[0])
    assert reason(lambda: derived(token, SECRET)) == "derived-key-of-another-form"
