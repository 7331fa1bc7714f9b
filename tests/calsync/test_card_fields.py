"""Tests of calsync/card_fields.py: a contact is the same after it was flat fields."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.card_fields import card, card_fields
from protocols.model.card import Address, Card, Phone, Place

TEXT = st.text(max_size=12)
SAID = st.text(min_size=1, max_size=12)
TEXTS = [each.name for each in dataclasses.fields(Card) if each.type is str]
ADDRESSES = st.builds(Address, street=SAID, city=TEXT, state=TEXT, postal_code=TEXT, country=TEXT)
CARDS = st.builds(
    Card,
    **dict.fromkeys(TEXTS, TEXT),
    emails=st.lists(SAID, max_size=3).map(tuple),
    phones=st.dictionaries(st.sampled_from(Phone), SAID, max_size=3),
    places=st.dictionaries(st.sampled_from(Place), ADDRESSES, max_size=3),
    birthday=st.none() | st.dates(min_value=date(1604, 1, 1)),
    categories=st.lists(SAID, max_size=3).map(tuple),
    private=st.booleans(),
)


@settings(max_examples=150)
@given(CARDS)
def test_a_card_comes_back_as_it_was(one: Card) -> None:
    assert card(card_fields(one)) == one


def test_each_telephone_and_address_has_its_own_field() -> None:
    one = Card(
        display_name="Ann",
        phones={Phone.MOBILE: "1", Phone.HOME: ""},
        places={Place.HOME: Address(city="Rome"), Place.OTHER: Address()},
    )
    assert card_fields(one) == {"display_name": "Ann", "phone mobile": "1", "place home": '{"city":"Rome"}'}


def test_a_telephone_that_nobody_knows_is_no_card() -> None:
    with pytest.raises(ValueError, match="satellite"):
        card({"phone satellite": "1"})
