"""What a contact is."""

from dataclasses import FrozenInstanceError, fields

import pytest

from protocols.model.card import Address, Card, Phone, Place


def test_nothing_said_is_the_same_as_nothing() -> None:
    assert Card() == Card(display_name="", emails=(), phones={}, places={}, birthday=None, private=False)
    assert Address() == Address(street="", country="")


def test_notes_stay_out_of_logs() -> None:
    assert "secret" not in repr(Card(notes="secret"))
    assert {each.name for each in fields(Card) if not each.repr} == {"notes"}


def test_a_card_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Card().display_name = "Ann"  # type: ignore[misc]


def test_telephones_and_places_are_words() -> None:
    assert [f"phone {one}" for one in Phone][:2] == ["phone business", "phone business_2"]
    assert [str(one) for one in Place] == ["business", "home", "other"]
