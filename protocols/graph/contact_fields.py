"""Reads a contact of a mailbox as texts and addresses, and says what has to be sent to make it so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from protocols.graph.people import identity, text
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

_SET: Final = "String {9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9} Name"
STAMP: Final = f"{_SET} BusylineStamp"
"""Where the stamp of a contact stands: a named property of a set of ours (Graph, extended properties overview)."""
LIST: Final = f"{_SET} BusylineList"
"""Where a folder says whose list it holds."""
_TEXTS: Final[Mapping[Field, str]] = MappingProxyType(
    {
        Field.DISPLAY_NAME: "displayName",
        Field.GIVEN_NAME: "givenName",
        Field.SURNAME: "surname",
        Field.INITIALS: "initials",
        Field.COMPANY: "companyName",
        Field.DEPARTMENT: "department",
        Field.TITLE: "jobTitle",
        Field.OFFICE: "officeLocation",
        Field.MOBILE: "mobilePhone",
        Field.WEB_PAGE: "businessHomePage",
        Field.NOTES: "personalNotes",
    }
)
_LISTS: Final = MappingProxyType({Field.PHONE: "businessPhones", Field.HOME_PHONE: "homePhones"})
_ADDRESS: Final = "businessAddress"
_PARTS: Final = MappingProxyType(
    {
        Field.STREET: "street",
        Field.CITY: "city",
        Field.STATE: "state",
        Field.POSTAL_CODE: "postalCode",
        Field.COUNTRY: "countryOrRegion",
    }
)
_EXTENDED: Final = MappingProxyType(
    # PidTagBusinessFaxNumber and PidTagPagerTelephoneNumber [MS-OXPROPS]: a contact of Graph has no names for them
    {Field.FAX: "String 0x3A24", Field.PAGER: "String 0x3A21"}
)
EXTENDED: Final = "singleValueExtendedProperties"
FIELDS: Final = frozenset((*_TEXTS, *_LISTS, *_PARTS, *_EXTENDED))
"""What a contact can hold."""
SELECT: Final = ",".join(("id", "changeKey", "fileAs", "emailAddresses", *_TEXTS.values(), *_LISTS.values(), _ADDRESS))
_WANTED: Final = " or ".join(f"id eq '{one}'" for one in (STAMP, *_EXTENDED.values()))
EXPAND: Final = f"{EXTENDED}($filter={_WANTED})"
"""Extended properties are told only where they are asked for one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as Graph told it: ``key`` its immutable id, ``version`` its etag, ``stamp`` the text of a stamp of this
    product, "" for none. ``addresses`` are canonical, the first one is shown first; ``unreadable`` is one that is none.
    """

    key: str
    version: str
    stamp: str
    address: Mailbox | None
    addresses: tuple[str, ...]
    texts: Mapping[Field, str]
    entry: Mapping[str, Any] = field(repr=False)
    unreadable: str = field(default="", repr=False)


def contact(entry: Mapping[str, Any]) -> Contact:
    """Raises PeerError(GARBLED) where the contact has no id."""
    extended = properties(entry)
    boxes, wrong = _mailboxes(entry)
    return Contact(
        key=identity(entry),
        version=version(entry),
        stamp=extended.get(STAMP.lower(), ""),
        address=boxes[0] if boxes else None,
        addresses=tuple(dict.fromkeys(box.address for box in boxes)),
        texts=dict(_texts(entry, extended)),
        entry=entry,
        unreadable=wrong,
    )


def version(entry: Mapping[str, Any]) -> str:
    """The etag, by which a change finds out that somebody else was quicker; "" where none was told."""
    told = text(entry.get("@odata.etag"))
    key = text(entry.get("changeKey"))
    return told or (f'W/"{key}"' if key else "")


def fresh(texts: Mapping[Field, str], address: str, *, stamp: str, category: str = "") -> dict[str, Any]:
    """The body that makes a new contact. It files under the name that it shows."""
    body = changed(None, {key: value for key, value in texts.items() if value})
    name = texts.get(Field.DISPLAY_NAME, "") or address.partition("@")[0]
    body |= {"displayName": name, "fileAs": name, "emailAddresses": [{"name": name, "address": address}]}
    if category:
        body["categories"] = [category]
    body[EXTENDED] = [{"id": STAMP, "value": stamp}, *body.get(EXTENDED, ())]
    return body


def changed(there: Contact | None, texts: Mapping[Field, str], address: str = "") -> dict[str, Any]:
    """The body that writes ``texts`` ("" empties) and, where given, ``address``, and nothing else of ``there``.

    Further telephone numbers and addresses stay. The name to show is always sent, or Graph would make one of the other
    names (Graph, Update contact: displayName).
    """
    entry = there.entry if there is not None else {}
    body: dict[str, Any] = {_TEXTS[key]: value or None for key, value in texts.items() if key in _TEXTS}
    for key, name in _LISTS.items():
        if key in texts:
            body[name] = [*([texts[key]] if texts[key] else ()), *listed(entry.get(name))[1:]]
    parts = {name: texts[key] or None for key, name in _PARTS.items() if key in texts}
    if parts:
        body[_ADDRESS] = {**mapping(entry.get(_ADDRESS)), **parts}
    extended = [{"id": one, "value": texts[key]} for key, one in _EXTENDED.items() if key in texts]
    if extended:
        body[EXTENDED] = extended
    if there is not None:
        body |= _named(there, texts, address)
    return body


def _named(there: Contact, texts: Mapping[Field, str], address: str) -> dict[str, Any]:
    """The names that follow from the name to show, and the addresses."""
    stands = there.entry.get("displayName")
    before = text(stands)
    name = texts.get(Field.DISPLAY_NAME, stands if before else "") or (there.address.local if there.address else before)
    body: dict[str, Any] = {"displayName": name}
    is_new = text(name) != before
    if is_new and text(there.entry.get("fileAs")) in ("", before):
        body["fileAs"] = name
    told = [each for each in objects(there.entry.get("emailAddresses")) if text(each.get("address"))]
    if address or (is_new and told and text(told[0].get("name")) in ("", before)):
        first = {"name": name, "address": address or told[0]["address"]}
        rest = [each for each in told[1:] if text(each.get("address")).lower() != address]
        body["emailAddresses"] = [first, *rest]
    return body


def _texts(entry: Mapping[str, Any], extended: Mapping[str, str]) -> Iterator[tuple[Field, str]]:
    place = mapping(entry.get(_ADDRESS))
    told: dict[Field, Any] = {key: entry.get(name) for key, name in _TEXTS.items()}
    told |= {key: next(iter(listed(entry.get(name))), "") for key, name in _LISTS.items()}
    told |= {key: place.get(name) for key, name in _PARTS.items()}
    told |= {key: extended.get(one.lower()) for key, one in _EXTENDED.items()}
    for key, value in told.items():
        if isinstance(value, str) and value.strip():
            yield key, value


def properties(entry: Mapping[str, Any]) -> dict[str, str]:
    """The extended properties of an object by id in lower case: how Exchange spells an id is not said."""
    told = ((text(each.get("id")).lower(), each.get("value")) for each in objects(entry.get(EXTENDED)))
    return {one: value for one, value in told if isinstance(value, str)}


def _mailboxes(entry: Mapping[str, Any]) -> tuple[list[Mailbox], str]:
    boxes, wrong = [], ""
    for each in objects(entry.get("emailAddresses")):
        told = text(each.get("address"))
        try:
            boxes.append(Mailbox.parse(told))
        except ValueError:
            wrong = wrong or told[:100]
    return boxes, wrong


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in ``value``, none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def listed(value: Any) -> list[str]:
    """The texts in ``value``, none where it is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """``value`` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
