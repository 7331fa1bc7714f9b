"""Reads a contact of EWS as texts and addresses, and says what has to be sent to make it so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, first, named, text_of
from protocols.ews.contact_paths import FIELDS, FILE_AS, MAIL, NOTES, PATHS, STAMP, Path, our_own
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

__all__ = ["FIELDS", "Contact", "change", "contact", "extended", "fresh", "identity", "joined", "update_of"]
_ENTRIES: Final = MappingProxyType({"PhoneNumbers": "PhoneNumber", "PhysicalAddresses": "PhysicalAddress"})
_BY_URI: Final = {path.uri: key for key, path in PATHS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as Exchange told it: ``key`` its ItemId, ``version`` its ChangeKey, ``stamp`` the text of a stamp of
    this product, "" for none. ``addresses`` are canonical, the first one is shown first; ``unreadable`` is one that is
    none. ``places`` says which of the three places for an address is taken, by what."""

    key: str
    version: str
    stamp: str
    address: Mailbox | None
    addresses: tuple[str, ...]
    texts: Mapping[Field, str]
    file_as: str = ""
    places: tuple[str, str, str] = field(default=("", "", ""), repr=False)
    unreadable: str = field(default="", repr=False)


def identity(element: etree._Element, name: str = "ItemId") -> tuple[str, str]:
    """Id and ChangeKey of an item (or, by ``name``, of a folder). Raises PeerError(GARBLED) where it has none."""
    found = first(element, name)
    key = found.get("Id", "") if found is not None else ""
    if found is None or not key:
        raise PeerError(Reason.GARBLED, f"an object without its {name}")
    return key, found.get("ChangeKey", "")


def contact(element: etree._Element) -> Contact:
    """Raises PeerError(GARBLED) where the contact has no id."""
    key, version = identity(element)
    parts = children(element)
    places = _places(parts.get("EmailAddresses"))
    boxes, wrong = _mailboxes(places)
    return Contact(
        key=key,
        version=version,
        stamp=extended(element, STAMP),
        address=boxes[0] if boxes else None,
        addresses=tuple(dict.fromkeys(box.address for box in boxes)),
        texts=dict(_texts(parts)),
        file_as=text_of(parts.get("FileAs")),
        places=places,
        unreadable=wrong,
    )


def extended(element: etree._Element, name: str) -> str:
    """The value of one of our own properties; "" where there is none."""
    for each in named(element, "ExtendedProperty"):
        uri = first(each, "ExtendedFieldURI")
        if uri is not None and uri.get("PropertyName", "").lower() == name.lower():
            return text_of(first(each, "Value"))
    return ""


def fresh(texts: Mapping[Field, str], address: str, *, stamp: str, category: str = "") -> str:
    """A new contact as an element. It files under the name that it shows."""
    name = texts.get(Field.DISPLAY_NAME, "") or address.partition("@")[0]
    told = [(PATHS[key], text) for key, text in texts.items() if key in PATHS and text and key is not Field.NOTES]
    told += [(FILE_AS, name), (MAIL[0], address)]
    if not texts.get(Field.DISPLAY_NAME):
        told.append((PATHS[Field.DISPLAY_NAME], name))
    notes = NOTES.element(texts[Field.NOTES]) if texts.get(Field.NOTES) else ""
    filed = f"<t:Categories><t:String>{escaped(category)}</t:String></t:Categories>" if category else ""
    rest = joined(path.element(text) for path, text in sorted(told, key=lambda pair: pair[0].rank))
    return f"<t:Contact>{notes}{filed}{our_own(STAMP, stamp)}{rest}</t:Contact>"


def change(there: Contact, texts: Mapping[Field, str], address: str = "") -> str:
    """The updates (of an ItemChange) that write ``texts`` ("" empties) and, where given, ``address``, and nothing else
    of ``there``. The name under which it is filed follows the name to show as long as the two are the same."""
    updates = [update_of(PATHS[key], text) for key, text in texts.items() if key in PATHS]
    before = there.texts.get(Field.DISPLAY_NAME, "")
    name = texts.get(Field.DISPLAY_NAME, before)
    if name and name != before and there.file_as in ("", before):
        updates.append(update_of(FILE_AS, name))
    if address:
        updates.append(update_of(MAIL[0], address))
        same = [number for number in (1, 2) if there.places[number].strip().lower() == address]
        updates += [update_of(MAIL[number], "") for number in same]
    return "".join(updates)


def update_of(path: Path, text: str) -> str:
    """What writes one property, or empties it for ""."""
    if not text:
        return f"<t:DeleteItemField>{path.uri}</t:DeleteItemField>"
    return f"<t:SetItemField>{path.uri}<t:Contact>{path.element(text)}</t:Contact></t:SetItemField>"


def joined(parts: Iterable[str]) -> str:
    """Properties as they are written, one after the other: entries of one array belong into one element, and the parts
    of one entry into one entry."""
    whole = "".join(parts)
    for array in ("EmailAddresses", "PhysicalAddresses", "PhoneNumbers"):
        whole = whole.replace(f"</t:{array}><t:{array}>", "")
    for key in ("Business", "Home", "Other"):
        start = f'<t:Entry Key="{key}">'
        head, _, rest = whole.partition(start)
        whole = head + start + rest.replace(f"</t:Entry>{start}", "") if rest else head
    return whole


def _texts(parts: Mapping[str, etree._Element]) -> Iterator[tuple[Field, str]]:
    for key, path in PATHS.items():
        element = parts.get(_name_of(path))
        if element is None:
            continue
        text = (element.text or "") if key is not Field.NOTES else (element.text or "").rstrip("\r\n")
        if text.strip():
            yield key, text
    for array, uri in _ENTRIES.items():
        entries = parts.get(array)
        for entry in named(entries, "Entry") if entries is not None else ():
            yield from _entry_texts(entry, uri)


def _entry_texts(entry: etree._Element, uri: str) -> Iterator[tuple[Field, str]]:
    index = entry.get("Key", "")
    told = [("", entry.text or "")] if not len(entry) else [(f":{_tag(each)}", each.text or "") for each in entry]
    for part, text in told:
        key = _BY_URI.get(f'<t:IndexedFieldURI FieldURI="contacts:{uri}{part}" FieldIndex="{index}"/>')
        if key is not None and text.strip():
            yield key, text


def _name_of(path: Path) -> str:
    """The element of a plain property; "" for an entry."""
    return path.uri.rpartition(":")[2].removesuffix('"/>') if path.uri.startswith("<t:FieldURI") else ""


def _tag(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _places(array: etree._Element | None) -> tuple[str, str, str]:
    told = {each.get("Key"): text_of(each) for each in named(array, "Entry")} if array is not None else {}
    one, two, three = (told.get(f"EmailAddress{number}", "") for number in (1, 2, 3))
    return one, two, three


def _mailboxes(places: tuple[str, str, str]) -> tuple[list[Mailbox], str]:
    boxes, wrong = [], ""
    for told in filter(None, places):
        try:
            boxes.append(Mailbox.parse(told))
        except ValueError:
            wrong = wrong or told[:100]
    return boxes, wrong
