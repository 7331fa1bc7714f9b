"""Tests of proxy/sealing.py."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.sealing import OVERHEAD, Seal
from service.secrets import Secret

KEY = Secret("0f" * 32)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_whoever_has_the_secret_opens_what_was_sealed(content: bytes, about: bytes) -> None:
    sealed = Seal(KEY).seal(content, about)
    assert len(sealed) == len(content) + OVERHEAD
    assert Seal(KEY).opened(sealed, about) == content


@given(st.binary(max_size=300), st.data())
def test_a_bit_changed_anywhere_opens_nothing(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(Seal(KEY).seal(content, b"about"))
    place = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[place // 8] ^= 1 << place % 8
    assert Seal(KEY).opened(bytes(sealed), b"about") is None


@given(st.binary(max_size=80))
def test_whatever_was_not_sealed_opens_nothing(found: bytes) -> None:
    assert Seal(KEY).opened(found, b"about") is None


def test_neither_another_secret_nor_another_matter_opens_it() -> None:
    sealed = Seal(KEY).seal(b"content", b"about")
    assert Seal(Secret("0e" * 32)).opened(sealed, b"about") is None
    assert Seal(KEY).opened(sealed, b"else") is None


def test_no_two_sealings_are_alike() -> None:
    one, two = Seal(KEY), Seal(KEY)
    sealed = [each.seal(b"content", b"about") for each in (one, one, two, two)]
    assert len(set(sealed)) == 4
    assert len({each[:22] for each in sealed}) == 4  # under each key, each nonce once


def test_names_depend_on_secret_and_parts_and_where_they_part() -> None:
    seal = Seal(KEY)
    names = [
        seal.name(b"a", b"bc"),
        seal.name(b"ab", b"c"),
        seal.name(b"abc"),
        Seal(Secret("0e" * 32)).name(b"a", b"bc"),
    ]
    assert len(set(names)) == 4
    assert all(re.fullmatch(rb"[\w-]{22}", name) for name in names)
    assert Seal(KEY).name(b"a", b"bc") == names[0]


@pytest.mark.parametrize("text", ["", "0f" * 31, "0f" * 33, "zz" * 32, "a password of thirty-two letters"])
def test_a_key_that_is_none_is_refused_in_words_without_it(text: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -hex 32") as caught:
        Seal(Secret(text))
    assert not text or text not in str(caught.value)
