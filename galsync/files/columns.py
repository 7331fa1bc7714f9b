"""The names of columns: our own, and what Outlook, Google, Exchange and Active Directory call the same."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from galsync.files.disk import UnreadableError
from protocols.model.person import Field

ANCHOR, STAMP, KIND, ADDRESS = "anchor", "stamp", "kind", "address"
ALIASES, X500, SIP, ALL_ADDRESSES = "aliases", "x500", "sip", "all_addresses"
UNIT, GROUPS, MEMBERS, DISABLED, HIDDEN = "unit", "groups", "members", "disabled", "hidden"
FORM: Final = "form"

OWN: Final = (ANCHOR, KIND, ADDRESS, ALIASES, X500, SIP, *Field, UNIT, GROUPS, MEMBERS, DISABLED, HIDDEN, STAMP)
"""The columns of a file that is written for us, each but ``address`` optional, in any order."""
WRITTEN: Final = (STAMP, FORM, ADDRESS, ALIASES, *Field, MEMBERS, HIDDEN)
"""The columns of a file that we write."""
FIELDS: Final = {key.value: key for key in Field}
"""Fields by the names of their columns, plain strings: a file has millions of cells."""

_ALSO: Final[Mapping[str, Sequence[str]]] = {
    ANCHOR: ("objectGUID", "ExternalDirectoryObjectId", "Guid", "ObjectId", "Object ID", "id"),
    KIND: ("RecipientTypeDetails", "type"),
    ADDRESS: (
        *("E-mail Address", "Email Address", "Email Address [Required]", "email", "mail", "E-mail 1 - Value"),
        *("primaryEmail", "PrimarySmtpAddress", "WindowsEmailAddress", "UserPrincipalName"),
    ),
    ALIASES: ("E-mail 2 Address", "E-mail 2 - Value", "Recovery aliases"),
    X500: ("legacyExchangeDN",),
    ALL_ADDRESSES: ("EmailAddresses", "proxyAddresses"),
    SIP: ("msRTCSIP-PrimaryUserAddress",),
    UNIT: ("OrganizationalUnit", "Org Unit Path", "Org Unit Path [Required]", "orgUnitPath"),
    GROUPS: ("memberOf",),
    MEMBERS: ("member",),
    DISABLED: ("AccountDisabled", "suspended", "Block credential"),
    HIDDEN: ("HiddenFromAddressListsEnabled", "msExchHideFromAddressLists"),
    Field.DISPLAY_NAME: ("Name", "Full Name"),
    Field.GIVEN_NAME: ("First Name", "First Name [Required]"),
    Field.SURNAME: ("Last Name", "Last Name [Required]", "sn", "Family Name"),
    Field.COMPANY: ("Organization 1 - Name", "Organization Name"),
    Field.DEPARTMENT: ("Organization 1 - Department", "Organization Department"),
    Field.TITLE: ("Job Title", "Organization 1 - Title", "Organization Title", "Employee Title"),
    Field.OFFICE: ("Office Location", "physicalDeliveryOfficeName", "Building ID"),
    Field.PHONE: ("Business Phone", "telephoneNumber", "Work Phone", "Phone 1 - Value", "Office Phone"),
    Field.MOBILE: ("Mobile Phone",),
    Field.FAX: ("Business Fax", "facsimileTelephoneNumber", "Work Fax"),
    Field.HOME_PHONE: (),
    Field.STREET: ("Business Street", "StreetAddress", "Street Address", "Address 1 - Street"),
    Field.CITY: ("Business City", "l", "Address 1 - City"),
    Field.STATE: ("Business State", "st", "StateOrProvince", "State or Province", "Address 1 - Region"),
    Field.POSTAL_CODE: ("Business Postal Code", "ZIP", "ZIP or Postal Code", "Address 1 - Postal Code"),
    Field.COUNTRY: ("Business Country/Region", "CountryOrRegion", "co", "Country or Region", "Address 1 - Country"),
    Field.MANAGER: ("Manager's Email", "Manager Email"),
    Field.WEB_PAGE: ("wWWHomePage", "Website 1 - Value"),
    Field.NOTES: ("info",),
    **{Field(f"extra_{n}"): (f"extensionAttribute{n}", f"CustomAttribute{n}") for n in range(1, 16)},
}


def plain(name: str) -> str:
    """The name of a column without what its writers disagree about: letter case, spaces and signs."""
    return re.sub(r"[^0-9a-z]", "", name.lower())


_MEANT: Final = {
    **{plain(also): str(name) for name, names in _ALSO.items() for also in names},
    **{plain(name): str(name) for name in (*OWN, *WRITTEN, ALL_ADDRESSES)},
}


def meanings(header: Sequence[str]) -> tuple[str, ...]:
    """What each column means, "" for one that is not known.

    Where two mean the same the first is taken: several names of one thing stand in one export. Raises UnreadableError
    where there is no column of addresses, or the same name stands twice.
    """
    names = [name.strip() for name in header]
    if twice := sorted(name for name, times in Counter(names).items() if name and times > 1):
        raise UnreadableError(f"the column {twice[0]!r} is there twice: leave one out")
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        meant = _MEANT.get(plain(name), "")
        found.append("" if meant in taken else meant)
        taken.add(meant)
    if ADDRESS not in taken:
        shown = ", ".join(repr(name[:40]) for name in names[:8])
        raise UnreadableError(f"no column of addresses: name one 'address' or 'E-mail Address'; there are {shown}")
    return tuple(found)
