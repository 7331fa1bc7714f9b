"""Turns a contact into flat fields of canonical text, and such fields back into it."""

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Final

from calsync.event_fields import packed
from calsync.items import Fields
from protocols.model.card import Address, Card, Phone, Place

PHONE: Final = "phone "
"""What the name of a telephone's field begins with."""
PLACE: Final = "place "
"""And that of a postal address."""
_TEXTS: Final = tuple(each.name for each in fields(Card) if each.type in (str, "str"))
_LISTS: Final = ("emails", "categories")


def card_fields(card: Card) -> dict[str, str]:
    """The fields of ``card``; what is not said is left out."""
    found = {name: text for name in _TEXTS if (text := getattr(card, name))}
    found |= {name: packed(texts) for name in _LISTS if (texts := getattr(card, name))}
    found |= {PHONE + phone: number for phone, number in sorted(card.phones.items()) if number}
    for place, address in sorted(card.places.items()):
        if said := {name: text for name, text in asdict(address).items() if text}:
            found[PLACE + place] = packed(said)
    found |= {"birthday": card.birthday.isoformat()} if card.birthday else {}
    return found | ({"private": "true"} if card.private else {})


def card(fields: Fields) -> Card:
    """The card of which :func:`card_fields` makes ``fields``. Raises ValueError for what no card can be."""
    return Card(
        **{name: fields.get(name, "") for name in _TEXTS},
        emails=tuple(json.loads(fields.get("emails", "[]"))),
        categories=tuple(json.loads(fields.get("categories", "[]"))),
        phones={Phone(name.removeprefix(PHONE)): text for name, text in fields.items() if name.startswith(PHONE)},
        places={
            Place(name.removeprefix(PLACE)): Address(**json.loads(text))
            for name, text in fields.items()
            if name.startswith(PLACE)
        },
        birthday=date.fromisoformat(fields["birthday"]) if "birthday" in fields else None,
        private="private" in fields,
    )
