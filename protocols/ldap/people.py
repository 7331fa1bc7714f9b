"""Reads who is in an Active Directory: users, groups, rooms and equipment, and why others are left out."""

from dataclasses import dataclass
from enum import Enum
from sys import intern
from typing import Final

from protocols.ldap.addresses import read
from protocols.ldap.attributes import COUNTRY_CODE, FIELDS, HIDDEN, MANAGER, PHOTO, STAMPS
from protocols.ldap.names import guid_text, parted
from protocols.ldap.replies import Found
from protocols.model.person import Field, Kind, Person
from protocols.model.stamps import is_stamp

FILTER: Final = (
    "(&(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=contact)"
    "(&(objectClass=group)(|(mail=*)(proxyAddresses=*))))(!(isCriticalSystemObject=TRUE)))"
)
"""Whoever could be somebody: groups only with an address, and neither computers nor the directory's own accounts."""
_DETAILS, _DISPLAY, _CONTROL = "msExchRecipientTypeDetails", "msExchRecipientDisplayType", "userAccountControl"
ATTRIBUTES: Final = (
    "objectGUID", "objectClass", "mail", "proxyAddresses", "legacyExchangeDN", *FIELDS.values(), COUNTRY_CODE, MANAGER,
    "adminDescription", _CONTROL, HIDDEN, _DETAILS, _DISPLAY,
)  # fmt: skip
_DISABLED: Final = 0x2  # ACCOUNTDISABLE, [MS-ADTS] 2.2.16
_ROOM, _EQUIPMENT, _SHARED, _LINKED = 16, 32, 4, 2  # RecipientTypeDetails
_REMOTE: Final = {8_589_934_592: _ROOM, 17_179_869_184: _EQUIPMENT, 34_359_738_368: _SHARED}
_KINDS: Final = {_ROOM: Kind.ROOM, _EQUIPMENT: Kind.EQUIPMENT}
_SHOWN_AS: Final = {7: Kind.ROOM, 8: Kind.EQUIPMENT}
_REPEATED: Final = frozenset(FIELDS) - {Field.DISPLAY_NAME, Field.PHONE, Field.MOBILE, Field.HOME_PHONE, Field.NOTES}
"""What many people have alike, so that one copy of each text is kept."""
_OFF_BY_NATURE: Final = frozenset({_ROOM, _EQUIPMENT, _SHARED, _LINKED})


class Out(Enum):
    """Why an object is nobody of this organisation; galsync has its own words for it."""

    CONTACT = "contact"
    OURS = "ours"
    BAD_ADDRESS = "bad-address"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody, with what stands there by distinguished name: the manager, the members, the groups."""

    dn: str
    person: Person
    manager: str = ""
    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def read_person(found: Found, *, stamp: str = "", attributes: tuple[str, ...] = ()) -> Read | Out:
    """Who ``found`` is, with ``attributes`` more. ``stamp`` is a further attribute that may hold our stamp.

    Every mail user with an account counts as somebody of this organisation, whoever's the mailbox is.
    """
    try:
        return _read(found, stamp, attributes)
    except ValueError:  # broken UTF-8, or an objectGUID that is none
        return Out.GARBLED


def stamp_of(found: Found, *further: str) -> str:
    """The stamp of whichever sync that the object carries, "" for none. Raises ValueError for broken UTF-8."""
    texts = (found.text(name) for name in (*STAMPS, *further) if name)
    return next((text for text in texts if is_stamp(text)), "")


def texts_of(found: Found, *, but: str = "") -> dict[Field, str]:
    """The fields that an object has, without that in the attribute ``but``. Raises ValueError for broken UTF-8."""
    texts = {
        key: intern(text) if key in _REPEATED else text
        for key, name in FIELDS.items()
        if name != but and (text := found.text(name).strip())
    }
    if Field.COUNTRY not in texts and (code := found.text(COUNTRY_CODE).strip()):
        texts[Field.COUNTRY] = code
    return texts


def _read(found: Found, stamp: str, attributes: tuple[str, ...]) -> Read | Out:
    if stamp_of(found, stamp):
        return Out.OURS
    classes = {name.lower() for name in found.texts("objectClass")}
    if "contact" in classes:
        return Out.CONTACT
    addresses = read(found.texts("proxyAddresses"), found.text("mail"), found.text("legacyExchangeDN"))
    if addresses.unread:
        return Out.BAD_ADDRESS
    details = found.number(_DETAILS) or 0
    details = _REMOTE.get(details, details)
    person = Person(
        anchor=guid_text(found.octets("objectGUID")),
        kind=Kind.GROUP if "group" in classes else _kind(details, found.number(_DISPLAY)),
        primary=addresses.primary,
        aliases=addresses.aliases,
        x500=addresses.x500,
        sip=addresses.sip,
        texts=texts_of(found),
        unit=intern(parted(found.dn)[1]),
        attributes={name: text for name in attributes if (text := found.text(name).strip())},
        disabled=bool((found.number(_CONTROL) or 0) & _DISABLED) and details not in _OFF_BY_NATURE,
        photo=found.octets(PHOTO),
        hidden=found.true(HIDDEN),
    )
    return Read(found.dn, person, found.text(MANAGER), *(tuple(found.texts(name)) for name in ("member", "memberOf")))


def _kind(details: int, shown_as: int | None) -> Kind:
    """A synchronised object is shown as what its second octet says: 0x80000706 is a room (EXCHANGE display types)."""
    shown = shown_as or 0
    shown = (shown >> 8) & 0xFF if shown < 0 else shown
    return _KINDS.get(details) or _SHOWN_AS.get(shown, Kind.USER)
