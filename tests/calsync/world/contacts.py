"""Contacts as people enter and edit them in the folders of a hub."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from calsync.items import Content, Fields
from calsync.spokes import contacts_fit
from protocols.model.card import Address, Card, Phone, Place


def new(number: int, *, company: bool) -> Card:
    """The one of this number, whose company is the name of the item; ``company``: no person, and without an address."""
    card = Card(display_name=f"n{number}", company=f"i{number}", notes=f"b{number}")
    if company:
        return replace(card, phones={Phone.BUSINESS: f"+49 30 {number}"})
    return replace(card, given_name="Ann", surname=f"n{number}", emails=(_address(number),))


def _address(number: int) -> str:
    return f"a{number}@contoso.example"


def _first_address(card: Card, number: int) -> Card:
    return replace(card, emails=(_address(number), *card.emails[1:]))


def _another_address(card: Card, number: int) -> Card:
    return replace(card, emails=(*card.emails, _address(number)))


def _address_less(card: Card, number: int) -> Card | None:
    if not card.emails:
        return None
    at = number % len(card.emails)
    return replace(card, emails=card.emails[:at] + card.emails[at + 1 :])


def _phone(card: Card, number: int) -> Card:
    return replace(card, phones={**card.phones, tuple(Phone)[number % len(Phone)]: f"+49 170 {number}"})


def _phone_less(card: Card, number: int) -> Card | None:
    if not card.phones:
        return None
    gone = sorted(card.phones)[number % len(card.phones)]
    return replace(card, phones={kind: text for kind, text in card.phones.items() if kind is not gone})


def _place(card: Card, number: int) -> Card:
    place = tuple(Place)[number % len(Place)]
    return replace(card, places={**card.places, place: Address(street=f"Street {number}", city="Köln")})


def _place_less(card: Card, number: int) -> Card | None:
    return replace(card, places=dict(list(card.places.items())[1:])) if card.places else None


def less(content: Content) -> Content:
    """What a system holds that knows three mail addresses, no birthdays, and no second telephone without a first."""
    assert isinstance(content, Card)
    return replace(contacts_fit.graph(content), birthday=None)


EDITS: Final[Mapping[str, Callable[[Card, int], Card | None]]] = {
    "name": lambda card, number: replace(card, display_name=f"n{number}", surname=f"n{number}"),
    "notes": lambda card, number: replace(card, notes=f"b{number}"),
    "no notes": lambda card, _: replace(card, notes=""),
    "first address": _first_address,
    "another address": _another_address,
    "an address less": _address_less,
    "telephone": _phone,
    "a telephone less": _phone_less,
    "place": _place,
    "a place less": _place_less,
    "birthday": lambda card, number: replace(card, birthday=date(1950, 1, 1) + timedelta(days=number)),
    "no birthday": lambda card, _: replace(card, birthday=None),
    "categories": lambda card, number: replace(card, categories=(f"c{number}",)),
}
"""By its name, what ``number`` makes of a contact; None where that cannot be."""
_KEPT: Final = ("display_name", "surname", "notes", "birthday", "categories", "place ")


def book(fields: Fields) -> set[tuple[str, str]]:
    """What was typed, by its name: each mail address and each telephone for itself, wherever it stands."""
    kept = {(name, text) for name, text in fields.items() if name.startswith(_KEPT)}
    kept |= {("phone", text) for name, text in fields.items() if name.startswith("phone ")}
    return kept | {("emails", each) for each in json.loads(fields.get("emails") or "[]")}
