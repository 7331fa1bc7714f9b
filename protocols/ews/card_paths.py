"""Where each part of a Card stands in EWS: the names of its properties, and the order in which they are written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from protocols.ews.calendar_shape import TOKEN
from protocols.ews.contact_paths import FILE_AS, MAIL, NOTES, STAMP, Path, entry, ours, plain
from protocols.ews.text import escaped
from protocols.model.card import Phone, Place

_PREFIX_TAG: Final = (
    "0x3A45"  # PidTagDisplayNamePrefix [MS-OXPROPS]: CompleteName, where EWS tells it, cannot be written
)
_PREFIX_URI: Final = f'<t:ExtendedFieldURI PropertyTag="{_PREFIX_TAG}" PropertyType="String"/>'


def is_prefix(tag: str) -> bool:
    """Whether a PropertyTag is that of the prefix of a name: servers write it in either letter case."""
    return tag.lower() == _PREFIX_TAG.lower()


def _prefix(text: str) -> str:
    return f"<t:ExtendedProperty>{_PREFIX_URI}<t:Value>{escaped(text)}</t:Value></t:ExtendedProperty>"


def _categories(text: str) -> str:
    """Of several, one a line."""
    told = "".join(f"<t:String>{escaped(each)}</t:String>" for each in text.split("\n"))
    return f"<t:Categories>{told}</t:Categories>"


# The rank is the place in the schema's sequence: those of an item (0 to 9) before those of a contact.
TEXTS: Final[Mapping[str, Path]] = MappingProxyType(
    {
        "prefix": Path(_PREFIX_URI, _prefix, 8),
        "display_name": plain("contacts:DisplayName", 11),
        "given_name": plain("contacts:GivenName", 12),
        "middle_name": plain("contacts:MiddleName", 14),
        "nickname": plain("contacts:Nickname", 15),
        "company": plain("contacts:CompanyName", 16),
        "web_page": plain("contacts:BusinessHomePage", 50),
        "department": plain("contacts:Department", 51),
        "suffix": plain("contacts:Generation", 52),
        "title": plain("contacts:JobTitle", 53),
        "office": plain("contacts:OfficeLocation", 54),
        "surname": plain("contacts:Surname", 55),
    }
)
"""By field of a Card, the property that holds its text."""
BIRTHDAY: Final = plain("contacts:Birthday", 45)
SENSITIVITY: Final = plain("item:Sensitivity", 0)
BODY: Final = Path(NOTES.uri, NOTES.element, 1)
CATEGORIES: Final = Path('<t:FieldURI FieldURI="item:Categories"/>', _categories, 2)
EMAILS: Final = MAIL
KEYS: Final[Mapping[Phone, str]] = MappingProxyType(
    {
        Phone.BUSINESS_FAX: "BusinessFax",
        Phone.BUSINESS: "BusinessPhone",
        Phone.BUSINESS_2: "BusinessPhone2",
        Phone.HOME_FAX: "HomeFax",
        Phone.HOME: "HomePhone",
        Phone.HOME_2: "HomePhone2",
        Phone.MOBILE: "MobilePhone",
        Phone.OTHER: "OtherTelephone",
        Phone.PAGER: "Pager",
    }
)
"""PhoneNumberKeyType, in the order of the schema."""
PHONES: Final = MappingProxyType(
    {phone: entry("contacts:PhoneNumber", "PhoneNumbers", key, 40) for phone, key in KEYS.items()}
)
PLACES: Final = MappingProxyType({Place.BUSINESS: "Business", Place.HOME: "Home", Place.OTHER: "Other"})
PARTS: Final = MappingProxyType(
    {"street": "Street", "city": "City", "state": "State", "country": "CountryOrRegion", "postal_code": "PostalCode"}
)
"""By part of an Address, its element, in the order of the schema."""
ADDRESSES: Final[Mapping[tuple[Place, str], Path]] = MappingProxyType(
    {
        (place, part): entry("contacts:PhysicalAddress", "PhysicalAddresses", key, 30, name)
        for place, key in PLACES.items()
        for part, name in PARTS.items()
    }
)
_ASKED: Final = (*TEXTS.values(), BIRTHDAY, SENSITIVITY, BODY, CATEGORIES, FILE_AS, *EMAILS, *PHONES.values())
SHAPE: Final = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>"
    f"{''.join(path.uri for path in (*_ASKED, *ADDRESSES.values()))}"
    f'<t:FieldURI FieldURI="item:LastModifiedTime"/>{ours(STAMP)}{ours(TOKEN)}'
    "</t:AdditionalProperties></m:ItemShape>"
)
"""Asks for all that is read of a contact, and for no more."""
