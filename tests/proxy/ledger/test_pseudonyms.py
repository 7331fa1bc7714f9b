"""Tests of proxy/ledger/pseudonyms.py."""

import re

import pytest

from proxy.ledger.pseudonyms import key_of, plainly, pseudonyms
from service.secrets import Secret

KEY = Secret("k" * 32)


def test_every_spelling_has_the_same_name() -> None:
    name = pseudonyms(KEY)
    assert name("Ann@B.example") == name("SMTP:ann@b.EXAMPLE.") == name("ann@b.example")
    assert name("ann@b.example") != name("anne@b.example")
    assert re.fullmatch(r"p:[0-9a-f]{6}:[0-9a-f]{32}", name("ann@b.example"))


def test_it_is_the_keys_name() -> None:
    assert pseudonyms(KEY)("ann@b.example") == pseudonyms(Secret("k" * 32))("ann@b.example")
    assert pseudonyms(KEY)("ann@b.example") != pseudonyms(Secret("l" * 32))("ann@b.example")


def test_a_pseudonym_tells_which_key_made_it() -> None:
    one, other = pseudonyms(KEY), pseudonyms(Secret("l" * 32))
    assert key_of(one("ann@b.example")) == key_of(one("bob@b.example")) != key_of(other("ann@b.example"))
    assert key_of("ann@b.example") == ""


def test_a_short_key_is_none() -> None:
    with pytest.raises(ValueError, match="32 characters") as caught:
        pseudonyms(Secret("tiny"))
    assert "tiny" not in str(caught.value)


def test_whatever_a_token_calls_somebody_has_one_spelling() -> None:
    assert plainly(" Ann@B.example ") == "ann@b.example"
    assert plainly("  CONTOSO\\Ann ") == "contoso\\ann"
