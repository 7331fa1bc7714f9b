"""A contact as the simulated Exchange keeps it: a value for each property, read from requests, written to answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from simulation.exchange.soap import NS, SoapFault

Path: TypeAlias = tuple[str, ...]
"""A property: its URI; its URI and index; "ext" with set, name and type; or "tag" with tag and type."""

# ContactItemType of the published schema is a sequence: a server refuses elements out of this order.
_ITEM: Final = (
    "ItemClass", "Subject", "Sensitivity", "Body", "Attachments", "Categories", "Importance", "ReminderIsSet",
    "ReminderMinutesBeforeStart", "ExtendedProperty", "Culture", "LastModifiedTime",
)  # fmt: skip
_CONTACT: Final = (
    "FileAs", "FileAsMapping", "DisplayName", "GivenName", "Initials", "MiddleName", "Nickname", "CompanyName",
    "EmailAddresses", "PhysicalAddresses", "PhoneNumbers", "AssistantName", "Birthday", "BusinessHomePage",
    "Department", "Generation", "JobTitle", "Manager", "OfficeLocation", "PostalAddressIndex", "Profession",
    "SpouseName", "Surname",
)  # fmt: skip
_ORDER: Final = (*_ITEM, *_CONTACT)
_ARRAYS: Final = {
    "EmailAddresses": "contacts:EmailAddress",
    "PhysicalAddresses": "contacts:PhysicalAddress",
    "PhoneNumbers": "contacts:PhoneNumber",
}
CHANGED: Final = ("item:LastModifiedTime",)
_PARTS: Final = ("Street", "City", "State", "CountryOrRegion", "PostalCode")


@dataclass(slots=True)
class Item:
    """``element`` is Contact or DistributionList; ``version`` grows with every change, the last of which was at
    ``changed``."""

    key: str
    element: str = "Contact"
    version: int = 1
    values: dict[Path, str] = field(default_factory=dict)
    changed: str = field(default="", compare=False)

    @property
    def told(self) -> dict[Path, str]:
        """All that may be asked of it."""
        return {**self.values, CHANGED: self.changed} if self.changed else self.values


def local(element: etree._Element) -> str:
    """The name of ``element`` without its namespace."""
    return str(etree.QName(element).localname)


def values_of(contact: etree._Element) -> dict[Path, str]:
    """What a t:Contact of a request says. Raises SoapFault where the schema does not allow it."""
    names = [local(child) for child in contact]
    if any(name not in _ORDER for name in names) or names != sorted(names, key=_ORDER.index):
        raise SoapFault("ErrorSchemaValidation")
    found: dict[Path, str] = {}
    for child in contact:
        for path, text in _read(child):
            if path in found:
                raise SoapFault("ErrorSchemaValidation")
            found[path] = text
    return found


def paths_of(properties: etree._Element | None) -> list[Path]:
    """The properties named by URIs."""
    return [path_of(uri) for uri in properties] if properties is not None else []


def path_of(uri: etree._Element) -> Path:
    """The property that a FieldURI, an IndexedFieldURI or an ExtendedFieldURI names."""
    name = local(uri)
    if name == "FieldURI":
        return (uri.get("FieldURI", ""),)
    if name == "IndexedFieldURI":
        return uri.get("FieldURI", ""), uri.get("FieldIndex", "")
    if name == "ExtendedFieldURI" and uri.get("PropertyTag"):
        return "tag", uri.get("PropertyTag", "").lower(), uri.get("PropertyType", "")
    if name == "ExtendedFieldURI":
        return "ext", uri.get("PropertySetId", "").lower(), uri.get("PropertyName", ""), uri.get("PropertyType", "")
    raise SoapFault("ErrorSchemaValidation")


def written(item: Item, wanted: list[Path], extra: str = "") -> str:
    """The item as an element of an answer, with what is ``wanted`` of it; ``extra`` follows its id."""
    told = {path: text for path, text in item.told.items() if path in wanted}
    inside = "".join(_element(name, told) for name in _ORDER)
    return f"<t:{item.element}>{item_id(item)}{extra}{inside}</t:{item.element}>"


def item_id(item: Item) -> str:
    """Its ItemId."""
    return f'<t:ItemId Id={quoteattr(item.key)} ChangeKey="{item.version}"/>'


def extended(values: dict[Path, str]) -> str:
    """The ExtendedProperty elements for those of ``values`` that are such."""
    return "".join(
        f"<t:ExtendedProperty>{_uri(path)}<t:Value>{_escaped(text)}</t:Value></t:ExtendedProperty>"
        for path, text in values.items()
        if path[0] in ("ext", "tag")
    )


def _uri(path: Path) -> str:
    if path[0] == "tag":
        return f'<t:ExtendedFieldURI PropertyTag="{path[1]}" PropertyType="{path[2]}"/>'
    return f'<t:ExtendedFieldURI PropertySetId="{path[1]}" PropertyName={quoteattr(path[2])} PropertyType="{path[3]}"/>'


def read_extended(child: etree._Element) -> tuple[Path, str]:
    """Path and value of an ExtendedProperty."""
    uri = child.find("t:ExtendedFieldURI", NS)
    if uri is None:
        raise SoapFault("ErrorSchemaValidation")
    return path_of(uri), child.findtext("t:Value", "", NS)


def _read(child: etree._Element) -> Iterator[tuple[Path, str]]:
    name = local(child)
    if name == "ExtendedProperty":
        yield read_extended(child)
    elif name == "Categories":
        yield ("item:Categories",), "\n".join(each.text or "" for each in child)
    elif name in _ARRAYS:
        for entry in child:
            yield from _entry(_ARRAYS[name], entry)
    elif name == "BusinessHomePage" and " " in (child.text or ""):  # xs:anyURI
        raise SoapFault("ErrorSchemaValidation")
    else:
        yield (f"{'contacts' if name in _CONTACT else 'item'}:{name}",), child.text or ""


def _entry(uri: str, entry: etree._Element) -> Iterator[tuple[Path, str]]:
    key = entry.get("Key", "")
    if not key:
        raise SoapFault("ErrorSchemaValidation")
    parts = [local(part) for part in entry]
    if any(part not in _PARTS for part in parts) or parts != sorted(parts, key=_PARTS.index):
        raise SoapFault("ErrorSchemaValidation")
    if not parts:
        yield (uri, key), entry.text or ""
    for part in entry:
        yield (f"{uri}:{local(part)}", key), part.text or ""


def _element(name: str, told: dict[Path, str]) -> str:
    if name == "ExtendedProperty":
        return extended(told)
    if name in _ARRAYS:
        return _array(name, told)
    path = (f"{'contacts' if name in _CONTACT else 'item'}:{name}",)
    if path not in told:
        return ""
    if name == "Categories":
        each = "".join(f"<t:String>{_escaped(text)}</t:String>" for text in told[path].split("\n"))
        return f"<t:Categories>{each}</t:Categories>"
    kind = ' BodyType="Text"' if name == "Body" else ""
    return f"<t:{name}{kind}>{_escaped(told[path])}</t:{name}>"


def _array(name: str, told: dict[Path, str]) -> str:
    uri, keys = _ARRAYS[name], dict.fromkeys(path[1] for path in told if path[0].startswith(_ARRAYS[name]))
    entries = []
    for key in keys:
        parts = [
            f"<t:{part}>{_escaped(told[(f'{uri}:{part}', key)])}</t:{part}>"
            for part in _PARTS
            if (f"{uri}:{part}", key) in told
        ]
        inside = "".join(parts) or _escaped(told[(uri, key)])
        entries.append(f"<t:Entry Key={quoteattr(key)}>{inside}</t:Entry>")
    return f"<t:{name}>{''.join(entries)}</t:{name}>" if entries else ""


def _escaped(text: str) -> str:
    return escape(text, {"\r": "&#13;"})
