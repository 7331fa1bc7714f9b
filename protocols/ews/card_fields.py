"""A contact of EWS as a Card, and what has to be sent to make it so."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from protocols.ews.calendar_shape import TOKEN
from protocols.ews.card_paths import (
    ADDRESSES,
    BIRTHDAY,
    BODY,
    CATEGORIES,
    EMAILS,
    KEYS,
    PARTS,
    PHONES,
    PLACES,
    SENSITIVITY,
    TEXTS,
    is_prefix,
)
from protocols.ews.children import children, first, named, text_of
from protocols.ews.contact_fields import extended, identity, joined, update_of
from protocols.ews.contact_paths import FILE_AS, STAMP, Path, our_own
from protocols.model import card_words as words
from protocols.model.card import Address, Card, Phone

_HIDDEN: Final = frozenset({"Private", "Confidential"})
_NAMES: Final = {field: path.uri.rpartition(":")[2].removesuffix('"/>') for field, path in TEXTS.items()}
"""The elements of the plain texts; of the prefix, which is an extended property, nothing that comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContact:
    """A contact as Exchange told it: ``key`` its ItemId, ``version`` its ChangeKey, ``stamp`` the text of a stamp of
    this product, "" for none. ``cut`` names fields of ``card`` that are not told whole; ``places`` says what stands in
    each of the three places for a mail address."""

    key: str
    version: str
    stamp: str
    card: Card
    cut: frozenset[str] = frozenset()
    changed_at: datetime | None = None
    file_as: str = ""
    places: tuple[str, str, str] = ("", "", "")


def card_contact(element: etree._Element) -> CardContact:
    """Raises PeerError(GARBLED) where the contact has no id."""
    key, version = identity(element)
    parts = children(element)
    boxes = _entries(parts.get("EmailAddresses"))
    one, two, three = (words.line(boxes.get(f"EmailAddress{number}")) for number in (1, 2, 3))
    emails, others = words.emails((one, two, three))
    notes, is_cut = words.cut(words.lines(_text(parts.get("Body"))))
    texts: dict[str, Any] = {field: words.line(_text(parts.get(name))) for field, name in _NAMES.items()}
    card = Card(
        **{**texts, "prefix": _prefix(element)},
        emails=emails,
        phones=_phones(_entries(parts.get("PhoneNumbers"))),
        places=dict(_addresses(parts.get("PhysicalAddresses"))),
        birthday=words.day(text_of(parts.get("Birthday"))),
        notes=notes,
        categories=words.categories(map(text_of, parts.get("Categories", ()))),
        private=text_of(parts.get("Sensitivity")) in _HIDDEN,
    )
    return CardContact(
        key=key,
        version=version,
        stamp=extended(element, STAMP),
        card=card,
        cut=frozenset(name for name, is_so in (("emails", others), ("notes", is_cut)) if is_so),
        changed_at=words.moment(text_of(parts.get("LastModifiedTime"))),
        file_as=text_of(parts.get("FileAs")),
        places=(one, two, three),
    )


def fresh(card: Card, *, stamp: str, token: str) -> str:
    """A new contact with this stamp as an element. It files under the name that it shows."""
    told = [*_texts(card, _ALL, ("", "", "")), *([(FILE_AS, card.display_name)] if card.display_name else [])]
    written = [(path.rank, path.element(text)) for path, text in told if text and path is not SENSITIVITY]
    if card.private:
        written.append((SENSITIVITY.rank, SENSITIVITY.element("Private")))
    written += [(7, our_own(STAMP, stamp)), (7, our_own(TOKEN, token))]
    return f"<t:Contact>{joined(text for _, text in sorted(written, key=lambda pair: pair[0]))}</t:Contact>"


def change(there: CardContact, wanted: Card, changes: Collection[str]) -> str:
    """The updates (of an ItemChange) that make the fields ``changes`` (calsync.items.Fields) as in ``wanted``, and
    nothing else of ``there``; "" where there are none. The name under which it is filed follows the name to show as
    long as the two are the same."""
    updates = [update_of(path, text) for path, text in _texts(wanted, changes, there.places)]
    before = there.card.display_name
    if "display_name" in changes and wanted.display_name != before and there.file_as in ("", before):
        updates.append(update_of(FILE_AS, wanted.display_name))
    return "".join(updates)


_ALL: Final = frozenset(
    (
        *(*TEXTS, "emails", "birthday", "notes", "categories", "private"),
        *(f"phone {each}" for each in Phone),
        *(f"place {each}" for each in PLACES),
    )
)


def _texts(card: Card, changes: Collection[str], taken: tuple[str, str, str]) -> Iterator[tuple[Path, str]]:
    """Each property to be written with its text, "" for none; ``taken`` is what stands in the places for addresses."""
    yield from ((path, getattr(card, field)) for field, path in TEXTS.items() if field in changes)
    yield from ((path, card.phones.get(phone, "")) for phone, path in PHONES.items() if f"phone {phone}" in changes)
    for (place, part), path in ADDRESSES.items():
        if f"place {place}" in changes:
            yield path, getattr(card.places.get(place, Address()), part)
    if "emails" in changes:
        wanted = (*card.emails, "", "", "")[:3]
        yield from ((path, new) for path, new, old in zip(EMAILS, wanted, taken, strict=True) if new != old)
    born = words.instant(card.birthday) if card.birthday else ""
    others = {
        "birthday": (BIRTHDAY, born),
        "notes": (BODY, card.notes),
        "categories": (CATEGORIES, "\n".join(card.categories)),
        "private": (SENSITIVITY, "Private" if card.private else "Normal"),
    }
    yield from (pair for field, pair in others.items() if field in changes)


def _prefix(element: etree._Element) -> str:
    for each in named(element, "ExtendedProperty"):
        uri = first(each, "ExtendedFieldURI")
        if uri is not None and is_prefix(uri.get("PropertyTag", "")):
            return words.line(_text(first(each, "Value")))
    return ""


def _entries(array: etree._Element | None) -> dict[str, str]:
    return {each.get("Key", ""): _text(each) for each in named(array, "Entry")} if array is not None else {}


def _phones(told: Mapping[str, str]) -> dict[Phone, str]:
    numbers = {phone: words.line(told.get(KEYS[phone])) for phone in Phone}
    return {phone: number for phone, number in numbers.items() if number}


def _addresses(array: etree._Element | None) -> Iterator[tuple[Any, Address]]:
    entries = {each.get("Key", ""): each for each in named(array, "Entry")} if array is not None else {}
    for place, key in PLACES.items():
        parts = children(entries[key]) if key in entries else {}
        texts = {part: words.line(_text(parts.get(name))) for part, name in PARTS.items() if part != "street"}
        address = Address(street=words.lines(_text(parts.get("Street"))), **texts)
        if words.said(address):
            yield place, address


def _text(element: etree._Element | None) -> str:
    return (element.text or "") if element is not None else ""
