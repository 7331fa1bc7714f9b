"""Tests of galsync/pairs/accounts.py."""

from dataclasses import replace

import pytest

from galsync.pairs.accounts import Account, given, keyed, more_skus, ordered, read, same

ANN = Account(key="1", stamp="s", enabled=False, skus=("a", "b"), make={"name": "Ann"})


def test_a_state_is_kept_as_text() -> None:
    assert read(ANN.text) == ANN
    told = read(ANN.text)
    assert told is not None
    assert told.make == {"name": "Ann"}
    assert read("") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"key": 1}'])
def test_what_is_no_state(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        read(text)


def test_an_account_that_is_to_be_made_may_have_any_id() -> None:
    made = replace(ANN, key="").text
    assert same(made, ANN.text)
    assert same("", "")
    assert not same("", made)
    assert not same(replace(ANN, key="2").text, ANN.text)
    assert not same(replace(ANN, skus=("a",)).text, made)


def test_licences_that_come() -> None:
    assert more_skus("", ANN.text) == ("a", "b")
    assert more_skus(replace(ANN, skus=("a",)).text, ANN.text) == ("b",)
    assert more_skus(ANN.text, "") == ()
    assert ordered(("b", "a", "b")) == ("a", "b")


def test_an_account_gets_its_id() -> None:
    assert read(keyed(replace(ANN, key="").text, "7")) == replace(ANN, key="7")
    assert keyed(ANN.text, "") == ANN.text
    assert keyed("", "7") == ""


def test_what_a_step_gave() -> None:
    assert given(replace(ANN, skus=("a",)).text, ANN.text) == ("s", frozenset({"b"}))
    assert given(ANN.text, "") == ("", frozenset())


def test_a_name_is_no_part_of_who_it_is() -> None:
    assert same(replace(ANN, sign_in="ann@a.example").text, ANN.text)
