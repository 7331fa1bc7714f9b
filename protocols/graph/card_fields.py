"""A contact of a mailbox in Microsoft 365 as a Card, and what has to be sent to make it so."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from protocols.graph.contact_fields import EXTENDED, STAMP, listed, mapping, objects, properties
from protocols.graph.people import text
from protocols.model import card_words as words
from protocols.model.card import Address, Card, Phone, Place

_NAMES: Final = MappingProxyType(
    {
        "display_name": "displayName",
        "given_name": "givenName",
        "middle_name": "middleName",
        "surname": "surname",
        "nickname": "nickName",
        "prefix": "title",
        "suffix": "generation",
    }
)
_TEXTS: Final = MappingProxyType(
    {
        **_NAMES,
        "company": "companyName",
        "department": "department",
        "title": "jobTitle",
        "office": "officeLocation",
        "web_page": "businessHomePage",
    }
)
"""By field of a Card, its property (Graph, resource type contact)."""
_LISTS: Final = MappingProxyType(
    {
        "businessPhones": (Phone.BUSINESS, Phone.BUSINESS_2),
        "homePhones": (Phone.HOME, Phone.HOME_2),
    }
)
# [MS-OXPROPS] has these (PidTagBusinessFaxNumber and so on), a contact of Graph has no names for them
_EXTENDED: Final = MappingProxyType(
    {
        Phone.BUSINESS_FAX: "String 0x3A24",
        Phone.HOME_FAX: "String 0x3A25",
        Phone.PAGER: "String 0x3A21",
        Phone.OTHER: "String 0x3A1F",
    }
)
_SENSITIVITY: Final = "Integer 0x36"  # PidTagSensitivity: 0 none, 1 personal, 2 private, 3 confidential
_PLACES: Final = MappingProxyType(
    {Place.BUSINESS: "businessAddress", Place.HOME: "homeAddress", Place.OTHER: "otherAddress"}
)
_PARTS: Final = MappingProxyType(
    {
        "street": "street",
        "city": "city",
        "state": "state",
        "postal_code": "postalCode",
        "country": "countryOrRegion",
    }
)
_SELECTED: Final = (
    *("id", "changeKey", "parentFolderId", "lastModifiedDateTime", "fileAs", "emailAddresses", "mobilePhone"),
    *("birthday", "personalNotes", "categories"),
    *_TEXTS.values(),
    *_LISTS,
    *_PLACES.values(),
)
_WANTED: Final = " or ".join(f"id eq '{one}'" for one in (STAMP, *_EXTENDED.values(), _SENSITIVITY))
ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {"$select": ",".join(_SELECTED), "$expand": f"{EXTENDED}($filter={_WANTED})"}
)
"""The query that has all told of a contact that is read of it."""


def card(entry: Mapping[str, Any]) -> tuple[Card, frozenset[str]]:
    """The contact, and the fields of it that are not told whole: texts that are too long, mail addresses among which
    are some that only its own organisation knows."""
    extended = properties(entry)
    emails, others = words.emails(each.get("address") for each in objects(entry.get("emailAddresses")))
    notes, is_cut = words.cut(words.lines(entry.get("personalNotes")))
    places = {place: _address(mapping(entry.get(name))) for place, name in _PLACES.items()}
    found = Card(
        **{field: words.line(entry.get(name)) for field, name in _TEXTS.items()},
        emails=emails,
        phones=_phones(entry, extended),
        places={place: told for place, told in places.items() if words.said(told)},
        birthday=words.day(entry.get("birthday")),
        notes=notes,
        categories=words.categories(listed(entry.get("categories"))),
        private=extended.get(_SENSITIVITY.lower()) in ("2", "3"),
    )
    return found, frozenset(name for name, is_so in (("emails", others), ("notes", is_cut)) if is_so)


def fresh(wanted: Card, *, stamp: str) -> dict[str, Any]:
    """The body that makes a new contact with this stamp. It files under the name that it shows."""
    body = {name: value for name, value in _body({}, wanted, _ALL).items() if value not in (None, [], {})}
    extended = _properties(
        wanted, {f"phone {kind}" for kind in wanted.phones} | ({"private"} if wanted.private else set())
    )
    body[EXTENDED] = [{"id": STAMP, "value": stamp}, *extended]
    return body | ({"fileAs": wanted.display_name} if wanted.display_name else {})


def changed(there: Mapping[str, Any], wanted: Card, changes: Collection[str]) -> dict[str, Any]:
    """The body that makes the fields ``changes`` (calsync.items.Fields) of ``there`` as in ``wanted``, and nothing
    else. The name to show is always sent, or Graph would make one of the other names (Graph, Update contact)."""
    body = _body(there, wanted, changes)
    before = text(there.get("displayName"))
    if "displayName" in body and text(there.get("fileAs")) in ("", before):
        body["fileAs"] = wanted.display_name
    return {"displayName": before, **body} if body else {}


def after(answer: Mapping[str, Any], sent: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there after a write: the ``answer`` to it, which tells no extended property, with those that were
    ``sent`` and those that were there ``before``."""
    told = {str(each.get("id")).lower(): each for at in (before, sent) for each in objects(at.get(EXTENDED))}
    return {**answer, EXTENDED: list(told.values())}


_ALL: Final = frozenset((*_TEXTS, "emails", "birthday", "notes", "categories", "private")) | {
    *(f"phone {one}" for one in Phone),
    *(f"place {one}" for one in Place),
}


def _body(there: Mapping[str, Any], wanted: Card, changes: Collection[str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: getattr(wanted, each) or None for each, name in _TEXTS.items() if each in changes}
    for name, kinds in _LISTS.items():
        if any(f"phone {kind}" in changes for kind in kinds):
            body[name] = _numbers(listed(there.get(name)), kinds, wanted, changes)
    for place, name in _PLACES.items():
        if f"place {place}" in changes:
            body[name] = _parts(wanted.places.get(place, Address()))
    others: dict[str, tuple[str, Any]] = {
        f"phone {Phone.MOBILE}": ("mobilePhone", wanted.phones.get(Phone.MOBILE)),
        "emails": ("emailAddresses", _mailboxes(there, wanted)),
        "birthday": ("birthday", words.instant(wanted.birthday) if wanted.birthday else None),
        "notes": ("personalNotes", wanted.notes or None),
        "categories": ("categories", list(wanted.categories)),
    }
    body |= dict(told for each, told in others.items() if each in changes)
    extended = _properties(wanted, changes)
    return body | ({EXTENDED: extended} if extended else {})


def _properties(wanted: Card, changes: Collection[str]) -> list[dict[str, str]]:
    told = {f"phone {kind}": (one, wanted.phones.get(kind, "")) for kind, one in _EXTENDED.items()}
    told["private"] = (_SENSITIVITY, "2" if wanted.private else "0")
    return [{"id": one, "value": value} for each, (one, value) in told.items() if each in changes]


def _numbers(there: Sequence[str], kinds: Sequence[Phone], wanted: Card, changes: Collection[str]) -> list[str]:
    """The list with the numbers of these kinds in their places. One without the one before it moves up: Graph tells no
    gaps."""
    told = [*there[: len(kinds)], *[""] * (len(kinds) - len(there))]
    for number, kind in enumerate(kinds):
        if f"phone {kind}" in changes:
            told[number] = wanted.phones.get(kind, "")
    return [each for each in (*told, *there[len(kinds) :]) if each]


def _parts(address: Address) -> dict[str, Any]:
    told = {name: getattr(address, each) or None for each, name in _PARTS.items()}
    return told if any(told.values()) else {}


def _mailboxes(there: Mapping[str, Any], wanted: Card) -> list[dict[str, str]]:
    """The addresses; those that stay keep the name that somebody gave them."""
    before = {
        text(each.get("address")).lower(): text(each.get("name")) for each in objects(there.get("emailAddresses"))
    }
    name = wanted.display_name
    return [{"name": before.get(each.lower()) or name or each, "address": each} for each in wanted.emails]


def _phones(entry: Mapping[str, Any], extended: Mapping[str, str]) -> dict[Phone, str]:
    told = {Phone.MOBILE: words.line(entry.get("mobilePhone"))}
    for name, kinds in _LISTS.items():
        numbers = [number for number in map(words.line, listed(entry.get(name))) if number]
        told |= dict(zip(kinds, numbers, strict=False))
    told |= {kind: words.line(extended.get(one.lower())) for kind, one in _EXTENDED.items()}
    return {kind: told[kind] for kind in Phone if told.get(kind)}


def _address(entry: Mapping[str, Any]) -> Address:
    told = {each: words.line(entry.get(name)) for each, name in _PARTS.items() if each != "street"}
    return Address(street=words.lines(entry.get("street")), **told)
