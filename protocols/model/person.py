"""What an address book tells of somebody: who it is, under which addresses, and how to reach them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from protocols.model.mailbox import Mailbox


class Kind(Enum):
    """What stands behind an entry of an address book."""

    USER = "user"
    GROUP = "group"
    ROOM = "room"
    EQUIPMENT = "equipment"
    CONTACT = "contact"
    """Somebody of another organisation: a contact, or a guest. Never read from a source: see ``Reading``."""


class Field(StrEnum):
    """What is told of a person in words; what a directory does not say is not there, and never ""."""

    DISPLAY_NAME = "display_name"
    GIVEN_NAME = "given_name"
    SURNAME = "surname"
    INITIALS = "initials"
    COMPANY = "company"
    DEPARTMENT = "department"
    TITLE = "title"
    OFFICE = "office"
    PHONE = "phone"
    """At work, in the digits and signs that the directory keeps."""
    MOBILE = "mobile"
    FAX = "fax"
    PAGER = "pager"
    HOME_PHONE = "home_phone"
    STREET = "street"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    """A name or two letters (ISO 3166-1), as the directory keeps it."""
    MANAGER = "manager"
    """The manager's SMTP address."""
    WEB_PAGE = "web_page"
    NOTES = "notes"
    EXTRA_1 = "extra_1"
    """extensionAttribute1, CustomAttribute1; and so on to 15."""
    EXTRA_2 = "extra_2"
    EXTRA_3 = "extra_3"
    EXTRA_4 = "extra_4"
    EXTRA_5 = "extra_5"
    EXTRA_6 = "extra_6"
    EXTRA_7 = "extra_7"
    EXTRA_8 = "extra_8"
    EXTRA_9 = "extra_9"
    EXTRA_10 = "extra_10"
    EXTRA_11 = "extra_11"
    EXTRA_12 = "extra_12"
    EXTRA_13 = "extra_13"
    EXTRA_14 = "extra_14"
    EXTRA_15 = "extra_15"


DISPENSABLE: Final = (
    *(Field(f"extra_{number}") for number in range(15, 0, -1)),
    Field.NOTES,
    Field.MANAGER,
    Field.WEB_PAGE,
    Field.PAGER,
    Field.HOME_PHONE,
    Field.FAX,
    Field.STREET,
    Field.STATE,
    Field.POSTAL_CODE,
    Field.COUNTRY,
    Field.CITY,
    Field.INITIALS,
    Field.OFFICE,
    Field.DEPARTMENT,
    Field.TITLE,
    Field.MOBILE,
    Field.PHONE,
    Field.COMPANY,
)
"""What goes first where all that is told of somebody is too long; the names never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One user, group or room of a source.

    ``anchor`` is the source's own name of the object, which outlives every change of its address (objectGUID, id).
    ``primary`` is None where the source tells no address that can be read. ``aliases`` are the further SMTP addresses,
    canonical; ``x500`` the distinguished names of Exchange (legacyExchangeDN first) without their ``X500:``; ``sip``
    the address for calls. ``unit`` is the organisational unit, as the directory writes it; ``groups`` the addresses of
    the groups whose member it is, where they were asked for; ``members`` a group's own members by address.
    ``attributes`` are further ones of the source under its own names, as far as they were asked for.
    """

    anchor: str
    kind: Kind
    primary: Mailbox | None
    aliases: tuple[str, ...] = ()
    x500: tuple[str, ...] = ()
    sip: str = ""
    texts: Mapping[Field, str] = field(default_factory=dict)
    unit: str = ""
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    photo: bytes = field(default=b"", repr=False)
    disabled: bool = False
    hidden: bool = False

    def __post_init__(self) -> None:
        if not self.anchor:
            raise ValueError("a person without an anchor")
        if not all(self.texts.values()):
            raise ValueError(f"a field of {self.anchor} is empty: leave it out")
