"""How long a text may be in an address book: what is longer is cut here, before the address book refuses it."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from galsync.entries import Form
from protocols.model.invisible import is_mark
from protocols.model.person import DISPENSABLE, Field

_EXTRAS: Final = tuple(name for name in Field if name.startswith("extra_"))

LIMITS: Final[Mapping[Field, int]] = MappingProxyType(
    dict.fromkeys(_EXTRAS, 1024)  # onPremisesExtensionAttributes of Graph's user resource, the narrowest
    | {  # rangeUpper of the attribute in [MS-ADA1] and [MS-ADA3]; Graph's user resource has the same or more
        Field.DISPLAY_NAME: 256,  # displayName
        Field.GIVEN_NAME: 64,  # givenName
        Field.SURNAME: 64,  # sn
        Field.INITIALS: 6,  # initials
        Field.COMPANY: 64,  # company
        Field.DEPARTMENT: 64,  # department
        Field.TITLE: 128,  # title
        Field.OFFICE: 128,  # physicalDeliveryOfficeName
        Field.PHONE: 64,  # telephoneNumber
        Field.MOBILE: 64,  # mobile
        Field.FAX: 64,  # facsimileTelephoneNumber
        Field.PAGER: 64,  # pager
        Field.HOME_PHONE: 64,  # homePhone
        Field.STREET: 1024,  # streetAddress
        Field.CITY: 128,  # l
        Field.STATE: 128,  # st
        Field.POSTAL_CODE: 40,  # postalCode
        Field.COUNTRY: 128,  # co
        Field.MANAGER: 320,  # an address
        Field.WEB_PAGE: 2048,  # wWWHomePage
        Field.NOTES: 1024,  # info
    }
)
"""By field, in the units of UTF-16 that a directory counts."""

_OF_A_GUEST: Final = frozenset(
    {
        Field.DISPLAY_NAME,
        Field.GIVEN_NAME,
        Field.SURNAME,
        Field.COMPANY,
        Field.DEPARTMENT,
        Field.TITLE,
        Field.OFFICE,
        Field.STREET,
        Field.CITY,
        Field.STATE,
        Field.POSTAL_CODE,
        Field.COUNTRY,
    }
)
HOLDS: Final[Mapping[Form, frozenset[Field]]] = MappingProxyType(
    dict.fromkeys(Form, frozenset(Field))
    | {
        Form.GUEST: _OF_A_GUEST,  # Graph restricts the phones and has no notes; it has no more texts of a user
        Form.GROUP: frozenset({Field.DISPLAY_NAME, Field.NOTES, *_EXTRAS}),  # class group in [MS-ADSC]
    }
)
"""The fields that a form has at all; the others never become part of such an entry."""

X500: Final = frozenset({Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP})
"""The forms that can answer to an X500 address."""
ALIASES: Final = frozenset(Form) - {Form.GUEST}  # Graph's proxyAddresses are read-only
"""The forms that can have further SMTP addresses."""

PHOTO: Final[Mapping[Form, int]] = MappingProxyType(
    dict.fromkeys(Form, 102_400)  # rangeUpper of thumbnailPhoto in [MS-ADA3]
    | {Form.CONTACT: 4_000_000, Form.SHARED_CONTACT: 0, Form.GROUP: 0}  # PATCH of a photo in Graph: 4 MB
)
"""Octets of a photo; 0 where the form has none."""
SMALL: Final = min(filter(None, PHOTO.values()))
"""What every form takes that has a photo at all."""

IN_ALL: Final = 1536  # octets: "2 KB data per contact" of a domain shared contact hold its address and stamp, too


def fit(texts: dict[Field, str], form: Form, cut: Counter[str]) -> None:
    """Cut in ``texts`` what is longer than ``form`` takes, and count it in ``cut`` by field."""
    for name, text in texts.items():
        if len(text) * 2 > LIMITS[name]:  # else it fits, whatever is in it
            short = shortened(text, LIMITS[name])
            if short is not text:
                texts[name] = short
                cut[name] += 1
    if form is Form.SHARED_CONTACT:
        _fit_in_all(texts, cut)


def _fit_in_all(texts: dict[Field, str], cut: Counter[str]) -> None:
    size = sum(len(text.encode()) for text in texts.values())
    for name in DISPENSABLE:
        if size <= IN_ALL:
            return
        if text := texts.pop(name, ""):
            size -= len(text.encode())
            cut[name] += 1


def shortened(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` units of UTF-16, cut where a character ends with its marks; itself if it fits."""
    units = 0
    for place, sign in enumerate(text):
        units += 2 if sign > "\uffff" else 1
        if units > limit:
            return text[: _between(text, place)].rstrip()
    return text


def _between(text: str, place: int) -> int:
    """The nearest place up to ``place`` that is not within a character; ``place`` where none is near."""
    for near in range(place, max(place - 16, 0), -1):
        if not _joined(text[near - 1], text[near]):
            return near
    return place


def _joined(before: str, sign: str) -> bool:
    """Whether ``sign`` belongs to the character before it, as near as is needed to UAX #29."""
    return "\u200d" in (before, sign) or "\U0001f3fb" <= sign <= "\U0001f3ff" or is_mark(sign)
