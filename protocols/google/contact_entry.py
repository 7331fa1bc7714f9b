"""A shared contact as an Atom entry of the Google Data protocol: which element holds which field."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from protocols.model.mailbox import canonical
from protocols.model.person import DISPENSABLE, Field

ATOM: Final = "{http://www.w3.org/2005/Atom}"
GD: Final = "{http://schemas.google.com/g/2005}"
GCONTACT: Final = "{http://schemas.google.com/contact/2008}"
NAMESPACES: Final = {"atom": ATOM[1:-1], "gd": GD[1:-1], "gContact": GCONTACT[1:-1]}
MOST_BYTES: Final = 2048
"""Of the data of one contact (domain-shared-contacts, troubleshoot: 2 KB). Whether Google counts the names of the
elements as well is unconfirmed: what it finds too large it refuses, and that is told."""
_KIND: Final = "http://schemas.google.com/g/2005#kind", "http://schemas.google.com/contact/2008#contact"
_REL: Final = "http://schemas.google.com/g/2005#"
_STAMP, _X500 = "busyline", "busyline-x500"  # names of extended properties, of which a contact has ten at most
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OF_SERVER: Final = frozenset(f"{ATOM}{name}" for name in ("id", "updated", "link", "title", "author", "category"))
_WORDS: Final = frozenset({"rel", "primary", "type", "name", "key", "label"})


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field stands: elements inside each other, each a name with attributes; ``value`` is the attribute of the
    innermost that holds the text, "" where its content does."""

    path: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    value: str = ""


def _inside(parent: str, name: str, value: str = "", **attributes: str) -> Slot:
    return Slot(((f"{GD}{parent}", tuple(attributes.items())), (f"{GD}{name}", ())), value)


def _alone(name: str, value: str = "", **attributes: str) -> Slot:
    return Slot(((name, tuple(attributes.items())),), value)


_WORK: Final = f"{_REL}work"
SLOTS: Final[Mapping[Field, Slot]] = {
    Field.DISPLAY_NAME: _inside("name", "fullName"),
    Field.GIVEN_NAME: _inside("name", "givenName"),
    Field.SURNAME: _inside("name", "familyName"),
    Field.INITIALS: _alone(f"{GCONTACT}initials"),
    Field.COMPANY: _inside("organization", "orgName", rel=_WORK),
    Field.DEPARTMENT: _inside("organization", "orgDepartment", rel=_WORK),
    Field.TITLE: _inside("organization", "orgTitle", rel=_WORK),
    Field.OFFICE: _inside("organization", "where", "valueString", rel=_WORK),
    Field.PHONE: _alone(f"{GD}phoneNumber", rel=_WORK),
    Field.MOBILE: _alone(f"{GD}phoneNumber", rel=f"{_REL}mobile"),
    Field.FAX: _alone(f"{GD}phoneNumber", rel=f"{_REL}work_fax"),
    Field.PAGER: _alone(f"{GD}phoneNumber", rel=f"{_REL}pager"),
    Field.HOME_PHONE: _alone(f"{GD}phoneNumber", rel=f"{_REL}home"),
    Field.STREET: _inside("structuredPostalAddress", "street", rel=_WORK),
    Field.CITY: _inside("structuredPostalAddress", "city", rel=_WORK),
    Field.STATE: _inside("structuredPostalAddress", "region", rel=_WORK),
    Field.POSTAL_CODE: _inside("structuredPostalAddress", "postcode", rel=_WORK),
    Field.COUNTRY: _inside("structuredPostalAddress", "country", rel=_WORK),
    Field.MANAGER: _alone(f"{GCONTACT}relation", rel="manager"),
    Field.WEB_PAGE: _alone(f"{GCONTACT}website", "href", rel="work"),
    Field.NOTES: _alone(f"{ATOM}content", type="text"),
    **{
        Field(f"extra_{number}"): _alone(f"{GCONTACT}userDefinedField", "value", key=f"Extra {number}")
        for number in range(1, 16)
    },
}
"""By field, its element (gdata/docs/2.0/elements, contacts/v3/reference); a test walks the fields."""

FIRST_TO_GO: Final = (*DISPENSABLE, Field.GIVEN_NAME, Field.SURNAME)
"""What is left out of a contact that is too large, one after the other; then X500 names and further addresses, the last
first, and in the end the display name is cut. The address and the stamp stay whatever happens."""


def blank() -> etree._Element:
    """An entry that says nothing."""
    entry = etree.Element(f"{ATOM}entry", nsmap=NAMESPACES)
    etree.SubElement(entry, f"{ATOM}category", scheme=_KIND[0], term=_KIND[1])
    return entry


def texts(entry: etree._Element) -> dict[Field, str]:
    """The fields of ``entry``, none of them empty."""
    found = {}
    for field, slot in SLOTS.items():
        element = _at(entry, slot)
        text = "" if element is None else (element.get(slot.value) if slot.value else element.text) or ""
        if text.strip():
            found[field] = text
    return found


def put(entry: etree._Element, field: Field, text: str) -> None:
    """``entry`` says ``text`` in ``field`` from now on; nothing where it is "". What XML cannot say is left out."""
    slot, clean = SLOTS[field], _NOT_XML.sub("", text)
    if not clean:
        _take_away(_at(entry, slot), entry)
        return
    element: etree._Element = entry
    for name, attributes in slot.path:
        inner = _child(element, name, attributes)
        element = etree.SubElement(element, name, dict(attributes)) if inner is None else inner
    if slot.value:
        element.set(slot.value, clean)
    else:
        element.text = clean


def addresses(entry: etree._Element) -> tuple[str, ...]:
    """The mail addresses, canonical, the primary one first; what is no address is left out."""
    emails = sorted(entry.iterchildren(f"{GD}email"), key=lambda email: email.get("primary") != "true")
    return tuple(dict.fromkeys(filter(None, (_canonical(email.get("address", "")) for email in emails))))


def put_addresses(entry: etree._Element, primary: str, others: Iterable[str]) -> None:
    """``entry`` has these addresses from now on and no more; what else stands with one that stays is kept."""
    before = {_canonical(email.get("address", "")): email for email in entry.iterchildren(f"{GD}email")}
    for email in list(entry.iterchildren(f"{GD}email")):
        entry.remove(email)
    for address in dict.fromkeys((primary, *others)):
        rel = _WORK if address == primary else f"{_REL}other"
        email = before[address] if address in before else etree.Element(f"{GD}email", rel=rel, address=address)
        email.set("primary", "true" if address == primary else "false")
        entry.append(email)


def stamp(entry: etree._Element) -> str:
    """The text of our stamp; "" where there is none."""
    return _property(entry, _STAMP)


def put_stamp(entry: etree._Element, text: str) -> None:
    """``entry`` carries this stamp."""
    _put_property(entry, _STAMP, text)


def x500(entry: etree._Element) -> tuple[str, ...]:
    """The X500 names that are kept with the contact, without ``X500:``: Google does nothing with them."""
    return tuple(filter(None, _property(entry, _X500).split("\n")))


def put_x500(entry: etree._Element, names: Iterable[str]) -> None:
    """``entry`` keeps these X500 names from now on and no more."""
    _put_property(entry, _X500, "\n".join(name.replace("\n", " ") for name in names))


def weight(entry: etree._Element) -> int:
    """How many bytes of data ``entry`` is: its texts and the values of its attributes, as they are serialised, without
    what says which kind of thing they are and what the server itself says of every entry."""
    texts = [element.text or "" for child in entry if child.tag not in _OF_SERVER for element in child.iter()]
    values = [
        str(value)
        for child in entry
        if child.tag not in _OF_SERVER
        for element in child.iter()
        for name, value in element.items()
        if name not in _WORDS
    ]
    return sum(len(escape(text).encode()) for text in (*texts, *values))


def fit(entry: etree._Element) -> tuple[str, ...]:
    """Makes ``entry`` as small as :data:`MOST_BYTES`, as :data:`FIRST_TO_GO` says; the names of what was left out."""
    gone: list[str] = []
    for name in _steps(entry):
        if weight(entry) <= MOST_BYTES:
            break
        _lighten(entry, name)
        gone.append(name)
    over = weight(entry) - MOST_BYTES
    if over > 0 and (name := texts(entry).get(Field.DISPLAY_NAME, "")):
        put(entry, Field.DISPLAY_NAME, _shortened(name, over))
        gone.append(Field.DISPLAY_NAME.value)
    return tuple(gone)


def _steps(entry: etree._Element) -> Iterator[str]:
    yield from (field.value for field in FIRST_TO_GO if field in texts(entry))
    yield from ("x500" for _ in x500(entry))
    yield from ("aliases" for _ in addresses(entry)[1:])


def _lighten(entry: etree._Element, name: str) -> None:
    if name == "x500":
        put_x500(entry, x500(entry)[:-1])
    elif name == "aliases":
        kept: Sequence[str] = addresses(entry)[:-1]
        put_addresses(entry, kept[0], kept[1:])
    else:
        put(entry, Field(name), "")


def _shortened(name: str, over: int) -> str:
    """``name`` without its end, at least ``over`` bytes of its serialised form."""
    while name and over > 0:
        over -= len(escape(name[-1]).encode())
        name = name[:-1]
    return name.rstrip() or "-"


def _canonical(address: str) -> str:
    try:
        return canonical(address)
    except ValueError:
        return ""


def _child(parent: etree._Element, name: str, attributes: Iterable[tuple[str, str]]) -> etree._Element | None:
    wanted = tuple(attributes)
    return next((one for one in parent.iterchildren(name) if all(one.get(k) == v for k, v in wanted)), None)


def _at(entry: etree._Element, slot: Slot) -> etree._Element | None:
    element: etree._Element | None = entry
    for name, attributes in slot.path:
        element = None if element is None else _child(element, name, attributes)
    return element


def _take_away(element: etree._Element | None, entry: etree._Element) -> None:
    """The element goes, and whatever it stood in and is empty now."""
    while element is not None and element is not entry:
        parent = element.getparent()
        if parent is None:
            return
        parent.remove(element)
        element = parent if len(parent) == 0 and not (parent.text or "").strip() else None


def _property(entry: etree._Element, name: str) -> str:
    element = _child(entry, f"{GD}extendedProperty", (("name", name),))
    return "" if element is None else element.get("value", "")


def _put_property(entry: etree._Element, name: str, value: str) -> None:
    element = _child(entry, f"{GD}extendedProperty", (("name", name),))
    if not value:
        _take_away(element, entry)
        return
    if element is None:
        element = etree.SubElement(entry, f"{GD}extendedProperty", name=name)
    element.set("value", _NOT_XML.sub("", value))
