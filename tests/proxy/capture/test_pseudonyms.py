"""Pseudonyms: stable within a capture, different between captures, and in the shape of what they stand for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.mailbox import Mailbox
from proxy.capture.pseudonyms import Blank, Pseudonyms

P = Pseudonyms(b"k" * 32)


def test_an_address_stays_one_in_whatever_spelling() -> None:
    one = P.of("Frieda.Lang@Fabrikam.example")
    assert one == P.of("frieda.lang@fabrikam.example")
    assert P.of("SMTP:frieda.lang@fabrikam.example") == f"SMTP:{one}"
    assert Mailbox.parse(one).domain == P.of("fabrikam.example") == P.domain("FABRIKAM.example")
    assert Mailbox.parse(P.of("grace@fabrikam.example")).domain == Mailbox.parse(one).domain
    assert P.of("frieda.lang@contoso.example") != one


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("https://busy.example.com/EWS/Exchange.asmx", r"https://d\w{8}\.example/EWS/Exchange\.asmx"),
        ("https://busy.example.com", r"https://d\w{8}\.example"),
        ("https://busy.example.com/frieda", r"https://d\w{8}\.example/t\w{10}"),
        ("https://busy.example.com/EWS?user=frieda", r"https://d\w{8}\.example/t\w{10}"),
        ("https://[frieda/", r"t\w{10}"),
        ("urn:uuid:6a3b1c9e-0000-4000-8000-00000000abcd", r"urn:uuid:\w{8}-\w{4}-\w{4}-\w{4}-\w{12}"),
        ("mail.fabrikam.example", r"d\w{8}\.example"),
        ("192.0.2.1", r"t\w{10}"),
        ("Frieda Lang", r"t\w{10}"),
        ("not an address", r"t\w{10}"),
        ("x" * 5000, r"t\w{10}"),
    ],
)
def test_the_shape_stays(value: str, shape: str) -> None:

    assert re.fullmatch(shape, P.of(value)), P.of(value)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_equal_stays_equal_and_another_key_tells_nothing(one: str, other: str) -> None:
    assert P.of(one) == Pseudonyms(b"k" * 32).of(one)
    assert P.of(one) != Pseudonyms(b"another").of(one)
    if one.strip().lower() != other.strip().lower():
        assert P.text(one) != P.text(other)


def test_what_was_replaced_is_known_word_by_word() -> None:
    pseudonyms = Pseudonyms(b"k")
    assert not pseudonyms.replaced("Frieda")
    pseudonyms.of("frieda.lang@fabrikam.example")
    assert pseudonyms.replaced("Frieda")
    assert not pseudonyms.replaced("Grace")


def test_blank_takes_all_difference_away() -> None:
    assert len({Blank().of(value) for value in ("a@b.example", "https://x.example", "text")}) == 1
