"""Where each field of a contact stands in EWS: the names of its properties, and the order in which they are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from protocols.ews.text import escaped, quoted
from protocols.model.person import Field

_SET: Final = "9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9"  # the set of named properties that is ours, in every dialect
STAMP: Final = "BusylineStamp"
"""The property in which a contact carries its stamp."""
LIST: Final = "BusylineList"
"""The property in which a folder says whose list it holds."""


@dataclass(frozen=True, slots=True)
class Path:
    """One property: ``uri`` as it is asked for and changed, ``element`` as it is written, ``rank`` in the order of the
    schema (ContactItemType, an xs:sequence)."""

    uri: str
    element: Callable[[str], str]
    rank: int


def ours(name: str) -> str:
    """The URI of one of our own properties."""
    return f'<t:ExtendedFieldURI PropertySetId="{_SET}" PropertyName="{name}" PropertyType="String"/>'


def our_own(name: str, text: str) -> str:
    """One of our own properties with its value."""
    return f"<t:ExtendedProperty>{ours(name)}<t:Value>{escaped(text)}</t:Value></t:ExtendedProperty>"


def plain(uri: str, rank: int) -> Path:
    """A property of its own element."""
    name = uri.partition(":")[2]
    return Path(f'<t:FieldURI FieldURI="{uri}"/>', lambda text: f"<t:{name}>{escaped(text)}</t:{name}>", rank)


def entry(uri: str, array: str, key: str, rank: int, part: str = "") -> Path:
    """A property that is an entry of ``array``; ``part`` is the element within an entry that has several."""

    def element(text: str) -> str:
        inside = f"<t:{part}>{escaped(text)}</t:{part}>" if part else escaped(text)
        return f'<t:{array}><t:Entry Key="{quoted(key)}">{inside}</t:Entry></t:{array}>'

    full = f"{uri}:{part}" if part else uri
    return Path(f'<t:IndexedFieldURI FieldURI="{full}" FieldIndex="{quoted(key)}"/>', element, rank)


def _phone(key: str, rank: int) -> Path:
    return entry("contacts:PhoneNumber", "PhoneNumbers", key, rank)


def _place(part: str, rank: int) -> Path:
    return entry("contacts:PhysicalAddress", "PhysicalAddresses", "Business", rank, part)


def _body(text: str) -> str:
    return f'<t:Body BodyType="Text">{escaped(text)}</t:Body>'


NOTES: Final = Path('<t:FieldURI FieldURI="item:Body"/>', _body, 0)
FILE_AS: Final = plain("contacts:FileAs", 10)
MAIL: Final = tuple(
    entry("contacts:EmailAddress", "EmailAddresses", f"EmailAddress{number}", 20 + number) for number in (1, 2, 3)
)
PATHS: Final[Mapping[Field, Path]] = MappingProxyType(
    {
        Field.NOTES: NOTES,
        Field.DISPLAY_NAME: plain("contacts:DisplayName", 11),
        Field.GIVEN_NAME: plain("contacts:GivenName", 12),
        Field.INITIALS: plain("contacts:Initials", 13),
        Field.COMPANY: plain("contacts:CompanyName", 14),
        Field.STREET: _place("Street", 30),
        Field.CITY: _place("City", 31),
        Field.STATE: _place("State", 32),
        Field.COUNTRY: _place("CountryOrRegion", 33),
        Field.POSTAL_CODE: _place("PostalCode", 34),
        Field.FAX: _phone("BusinessFax", 40),
        Field.PHONE: _phone("BusinessPhone", 41),
        Field.HOME_PHONE: _phone("HomePhone", 42),
        Field.MOBILE: _phone("MobilePhone", 43),
        Field.PAGER: _phone("Pager", 44),
        Field.WEB_PAGE: plain("contacts:BusinessHomePage", 50),
        Field.DEPARTMENT: plain("contacts:Department", 51),
        Field.TITLE: plain("contacts:JobTitle", 52),
        Field.OFFICE: plain("contacts:OfficeLocation", 53),
        Field.SURNAME: plain("contacts:Surname", 54),
    }
)
FIELDS: Final = frozenset(PATHS)
"""What a contact can hold."""
SHAPE: Final = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>"
    f"{''.join(path.uri for path in (*PATHS.values(), FILE_AS, *MAIL))}{ours(STAMP)}"
    "</t:AdditionalProperties></m:ItemShape>"
)
"""Asks for all that is read of a contact, and for no more."""
