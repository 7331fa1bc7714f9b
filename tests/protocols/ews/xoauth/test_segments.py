"""A token is taken apart in one way or not at all."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ews.xoauth.segments import apart, instant


def _token(*segments: str) -> str:
    return "".join(base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() + "." for text in segments)


def test_a_token_has_header_claims_and_signature() -> None:
    found = apart(_token('{"alg": "RS256"}', '{"iss": "x"}') + "AQI")
    assert (found.header, found.claims, found.signature) == ({"alg": "RS256"}, {"iss": "x"}, b"\x01\x02")
    assert found.signed.count(b".") == 1


@pytest.mark.parametrize(
    "token",
    [
        "e30.e30",
        "e30.e30..",
        "e30=.e30.",
        "e30\n.e30.",
        "e3+.e30.",
        "e31.e30.",  # bits left over behind the last character
        "W10.e30.",
        _token('{"alg": "none", "alg": "RS256"}', "{}"),
        _token("{}", '{"exp": NaN}'),
        _token("{}", '{"a": {"b": 1, "b": 2}}'),
        "e30.e30.A",
        "e30.\u0660.",
        "_w.e30.",  # not UTF-8
    ],
)
def test_what_two_readers_may_read_differently_is_refused(token: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever the words
        apart(token)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    try:
        apart(text)
    except ValueError:
        return
    assert text.count(".") == 2


@pytest.mark.parametrize(("value", "seconds"), [(0, 0), (1_800_000_000, 1_800_000_000), ("1323380070", 1_323_380_070)])
def test_an_instant_is_a_number_or_text(value: object, seconds: int) -> None:
    assert instant(value) == seconds


@pytest.mark.parametrize("value", [True, None, 1.5, -1, "-1", "1.5", "", "1e9", "\u0661", 10**12, "9" * 13, [], {}])
def test_anything_else_is_no_instant(value: object) -> None:
    assert instant(value) is None
