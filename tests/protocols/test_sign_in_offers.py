"""What a server offers is read from any number of headers, and nothing but the names of schemes is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.http import Headers
from protocols.sign_in_offers import mismatch, offered

KNOWN = {"Basic", "Bearer", "Negotiate", "NTLM", "Digest"}


def headers(*values: str) -> Headers:
    return Headers(tuple(("WWW-Authenticate", value) for value in values))


@pytest.mark.parametrize(
    ("values", "schemes"),
    [
        ((), ()),
        (("Negotiate", "NTLM"), ("Negotiate", "NTLM")),
        (("Negotiate, NTLM",), ("Negotiate", "NTLM")),
        (('Basic realm="mail"', 'bearer client_id="x", token_types="app_asserted"'), ("Basic", "Bearer")),
        (('Basic realm="a", charset="UTF-8", NTLM',), ("Basic", "NTLM")),
        (("NTLM TlRMTVNTUAAC", "NTLM"), ("NTLM",)),
        (("hunter2", "Basic=hunter2"), ()),
    ],
)
def test_schemes_are_read(values: tuple[str, ...], schemes: tuple[str, ...]) -> None:
    assert offered(headers(*values)) == schemes


@given(st.lists(st.text(), max_size=4))
def test_nothing_but_known_names_is_told(values: list[str]) -> None:
    assert set(offered(headers(*values))) <= KNOWN


def test_the_kind_to_write_is_named() -> None:
    words = 'the server offers NTLM and Negotiate, not Basic: set kind = "ntlm" or "negotiate" in its auth'
    assert mismatch(headers("NTLM", "Negotiate"), "Basic") == words
    assert mismatch(headers("Basic realm=x"), "Bearer").endswith(
        'offers Basic, not Bearer: set kind = "basic" in its auth'
    )
    assert mismatch(headers("Digest nonce=x"), "Bearer").endswith("not Bearer: let it offer another way")
    assert mismatch(headers("Basic realm=x", "NTLM"), "Basic") == ""
    assert mismatch(headers(), "Basic") == ""
