"""Tests of galsync/ledger/packed.py: what is packed is what was there, in less room."""

import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.ledger.packed import Digests
from galsync.plans.digests import digest
from protocols.model.person import Field

ANY = st.dictionaries(st.sampled_from(Field), st.binary(max_size=12))


@given(ANY)
def test_it_equals_the_dict_that_it_was_made_of(digests: dict[Field, bytes]) -> None:
    packed: Mapping[Field, bytes] = Digests.of(digests)
    assert packed == digests
    assert digests == packed
    assert list(packed) == list(digests)
    assert {field: packed.get(field) for field in Field} == {field: digests.get(field) for field in Field}


@given(ANY)
def test_it_is_read_back_from_its_two_parts(digests: dict[Field, bytes]) -> None:
    packed = Digests.of(digests)
    assert Digests(packed.names, packed.digests) == digests


def test_what_is_packed_is_not_packed_again() -> None:
    packed = Digests.of({Field.PHONE: digest("1")})
    assert Digests.of(packed) is packed


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="7 bytes of digests where 8 are told"):
        Digests("phone", b"1234567")
    with pytest.raises(ValueError, match="there is no field shoe_size"):
        Digests("shoe_size", b"12345678")


def test_those_with_the_same_fields_share_what_says_where_they_are() -> None:
    one, other = (Digests.of({field: digest(text) for field in Field}) for text in "ab")
    assert one.names is other.names
    assert sys.getsizeof(one) + sys.getsizeof(one.digests) < 500 < sys.getsizeof(dict(one))


def test_a_log_shows_nothing_of_it() -> None:
    assert repr(Digests.of({Field.PHONE: b"12345678"})) == "Digests('phone')"
