"""Which attribute of Active Directory holds which field of a person, and where our stamp may stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from protocols.model.person import Field

FIELDS: Final[Mapping[Field, str]] = MappingProxyType(
    {
        Field.DISPLAY_NAME: "displayName",
        Field.GIVEN_NAME: "givenName",
        Field.SURNAME: "sn",
        Field.INITIALS: "initials",
        Field.COMPANY: "company",
        Field.DEPARTMENT: "department",
        Field.TITLE: "title",
        Field.OFFICE: "physicalDeliveryOfficeName",
        Field.PHONE: "telephoneNumber",
        Field.MOBILE: "mobile",
        Field.FAX: "facsimileTelephoneNumber",
        Field.PAGER: "pager",
        Field.HOME_PHONE: "homePhone",
        Field.STREET: "streetAddress",
        Field.CITY: "l",
        Field.STATE: "st",
        Field.POSTAL_CODE: "postalCode",
        Field.COUNTRY: "co",
        Field.WEB_PAGE: "wWWHomePage",
        Field.NOTES: "info",
        **{Field(f"extra_{number}"): f"extensionAttribute{number}" for number in range(1, 16)},
    }
)
"""Every field but the manager, whom the directory names by a distinguished name."""
COUNTRY_CODE: Final = "c"
MANAGER: Final = "manager"
EXCHANGE_STAMP: Final = "extensionAttribute15"
PLAIN_STAMP: Final = "adminDescription"
"""An attribute of every object in every Active Directory ([MS-ADA1] 2.4), for directories without Exchange."""
HIDDEN: Final = "msExchHideFromAddressLists"
LISTS: Final = "showInAddressBook"
TARGET: Final = "targetAddress"
NICKNAME: Final = "mailNickname"
MEMBER: Final = "member"
PHOTO: Final = "thumbnailPhoto"
DESCRIPTION: Final = "description"
"""Of a group, one text: the stamp is its last line as well, for Entra tells Graph of no other place of a stamp."""
STAMPS: Final = (PLAIN_STAMP, *(f"extensionAttribute{number}" for number in range(1, 16)))
"""Where a stamp of any sync is looked for."""
_WRITTEN: Final = (
    *FIELDS.values(), COUNTRY_CODE, MANAGER, PLAIN_STAMP, HIDDEN, LISTS, TARGET, NICKNAME, "proxyAddresses", "mail",
    "legacyExchangeDN", "msExchRecipientDisplayType", "msExchRecipientTypeDetails", "msExchVersion", "internetEncoding",
    PHOTO,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schema:
    """The attributes that the directory's schema knows, of those that are ever written; in lower case."""

    names: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether ``name`` can be written."""
        return name.lower() in self.names

    @property
    def exchange(self) -> bool:
        """Whether the schema was extended by Exchange."""
        return self.knows(TARGET) and self.knows(HIDDEN)

    @property
    def stamp(self) -> str:
        """Where our stamp stands unless the administrator says otherwise: extensionAttribute15, which reaches Microsoft
        365 through directory synchronisation, so that it is seen there as well; adminDescription without Exchange."""
        return EXCHANGE_STAMP if self.knows(EXCHANGE_STAMP) else PLAIN_STAMP

    @property
    def missing(self) -> tuple[str, ...]:
        """What is left out of everything that is written, because the schema does not know it."""
        return tuple(name for name in _WRITTEN if not self.knows(name))


def known_filter() -> str:
    """What matches the schema's own objects for the attributes that are ever written."""
    return f"(|{''.join(f'(lDAPDisplayName={name})' for name in _WRITTEN)})"
