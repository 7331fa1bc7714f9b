"""Reads a user or a group of Microsoft 365 as a person of the address book."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from types import MappingProxyType
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.proxies import proxies
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from protocols.model.stamps import is_stamp, stamp_line

PROPERTIES: Final[Mapping[Field, str]] = MappingProxyType(
    {
        Field.DISPLAY_NAME: "displayName",
        Field.GIVEN_NAME: "givenName",
        Field.SURNAME: "surname",
        Field.COMPANY: "companyName",
        Field.DEPARTMENT: "department",
        Field.TITLE: "jobTitle",
        Field.OFFICE: "officeLocation",
        Field.MOBILE: "mobilePhone",
        Field.FAX: "faxNumber",
        Field.STREET: "streetAddress",
        Field.CITY: "city",
        Field.STATE: "state",
        Field.POSTAL_CODE: "postalCode",
        Field.COUNTRY: "country",
    }
)
"""The fields that are one text of a user each."""
_REPEATED: Final = frozenset(  # many have the same: a hundred thousand people are kept in memory once each
    {Field.GIVEN_NAME, Field.COMPANY, Field.DEPARTMENT, Field.TITLE, Field.OFFICE, Field.STREET, Field.CITY,
     Field.STATE, Field.POSTAL_CODE, Field.COUNTRY}
)  # fmt: skip
EXTENSIONS: Final = "onPremisesExtensionAttributes"
EXTRAS: Final[Mapping[Field, str]] = MappingProxyType(
    {Field(f"extra_{number}"): f"extensionAttribute{number}" for number in range(1, 16)}
)
_EXTRA_FIELDS: Final = {name: key for key, name in EXTRAS.items()}
USER: Final = (
    "id",
    "userPrincipalName",
    "userType",
    "accountEnabled",
    "mail",
    "proxyAddresses",
    "businessPhones",
    "onPremisesDistinguishedName",
    "employeeType",
    EXTENSIONS,
    *PROPERTIES.values(),
)
"""What is asked of every user. Without showInAddressList: Microsoft says not to use it in Graph (user resource)."""
GROUP_TYPES: Final = "groupTypes"
"""An attribute of groups alone, always told: "Unified" where it is one of Microsoft 365 (Graph, group resource)."""
GROUP: Final = ("id", "displayName", "description", "mail", "proxyAddresses", GROUP_TYPES)
"""What is asked of every group."""
EXTERNAL: Final = "#ext#@"
"""In the userPrincipalName of whoever was invited, guest or member, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is read beside users: it is fixed for a chain of changes, so that another wish begins a new one.

    ``domains`` are the organisation's own: whose address lies in another is a contact (a mail user); empty for not to
    tell by that. ``members`` are those of groups, ``memberships`` the groups of users. ``attributes``
    are further properties of users, by Graph's names.
    """

    groups: bool = True
    members: bool = False
    memberships: bool = False
    rooms: bool = True
    manager: bool = False
    domains: frozenset[str] = frozenset()
    attributes: tuple[str, ...] = ()

    @property
    def user(self) -> tuple[str, ...]:
        """The properties of a user, each once."""
        return tuple(dict.fromkeys((*USER, *(name for name in self.attributes if name != GROUP_TYPES))))

    @property
    def follows(self) -> bool:
        """Whether it matters who is in which group."""
        return self.groups and (self.members or self.memberships)

    @property
    def mark(self) -> str:
        """Differs where a chain of another wish cannot be gone on with: who did not change would stay as they were."""
        wishes = ("groups", "members", "memberships", "rooms", "manager")
        return ",".join((*self.user, *(name for name in wishes if getattr(self, name)), *sorted(self.domains)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody of the directory: ``person`` is of the kind CONTACT where they are of another organisation.

    ``stamp`` is the text of this product's stamp, "" where there is none; ``unreadable`` an address that is none;
    ``manager`` the id of the manager where Graph told it.
    """

    person: Person
    stamp: str = ""
    unreadable: str = field(default="", repr=False)
    manager: str = ""


def user(entry: Mapping[str, Any], asked: Asked, *, rooms: frozenset[str] = frozenset()) -> Listed:
    """One user; a room where its address is among ``rooms``. Raises PeerError(GARBLED) where it has no id.

    Graph does not tell legacyExchangeDN: X500 names are those of proxyAddresses. The account of a room is blocked from
    signing in as a rule, so that a room is never disabled; that of a shared mailbox is disabled as Graph tells it.
    """
    found = proxies(entry.get("mail"), entry.get("proxyAddresses"))
    kind = Kind.USER
    if is_external(entry) or (asked.domains and found.primary and found.primary.domain not in asked.domains):
        kind = Kind.CONTACT
    elif found.primary is not None and found.primary.address in rooms:
        kind = Kind.ROOM
    person = Person(
        anchor=identity(entry),
        kind=kind,
        primary=found.primary,
        aliases=found.aliases,
        x500=found.x500,
        sip=found.sip,
        texts=dict(texts(entry)),
        unit=intern(_unit(text(entry.get("onPremisesDistinguishedName")))),
        attributes={name: told for name in asked.attributes if (told := _attribute(entry.get(name)))},
        disabled=entry.get("accountEnabled") is False and kind is not Kind.ROOM,
    )
    manager = entry.get("manager")
    return Listed(
        person=person,
        stamp=stamp(entry),
        unreadable=found.unreadable,
        manager=text(manager.get("id")) if isinstance(manager, dict) else _told_manager(entry),
    )


def group(entry: Mapping[str, Any], members: tuple[str, ...] = ()) -> Listed:
    """One group. Graph shows no extension attribute of a group: its stamp is a line of its description that is nothing
    else, as our writers to Exchange Online and Active Directory put it there. That Entra shows the ``description`` of
    a synchronised group is unconfirmed. An owner who writes such a line hides their own group, and nobody else's.

    Raises PeerError(GARBLED) where it has no id.
    """
    found = proxies(entry.get("mail"), entry.get("proxyAddresses"))
    name, note = text(entry.get("displayName")), text(entry.get("description"))
    told = {Field.DISPLAY_NAME: name, Field.NOTES: note}
    person = Person(
        anchor=identity(entry),
        kind=Kind.GROUP,
        primary=found.primary,
        aliases=found.aliases,
        x500=found.x500,
        texts={key: value for key, value in told.items() if value},
        members=members,
        attributes={GROUP_TYPES: " ".join(types)} if (types := _types(entry.get(GROUP_TYPES))) else {},
    )
    return Listed(person=person, stamp=stamp_line(note), unreadable=found.unreadable)


def texts(entry: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    """The fields of a user that say something."""
    phones = entry.get("businessPhones")
    if isinstance(phones, list) and phones and (phone := text(phones[0])):  # Graph keeps one at most
        yield Field.PHONE, phone
    for key, name in PROPERTIES.items():
        if told := text(entry.get(name)):
            yield key, intern(told) if key in _REPEATED else told
    for name, value in extensions(entry).items():
        if value and name in _EXTRA_FIELDS and (told := text(value)):
            yield _EXTRA_FIELDS[name], told


def stamp(entry: Mapping[str, Any]) -> str:
    """This product's stamp, in any of the attributes that may carry it; in the name of a guest left half made."""
    places = [*filter(None, extensions(entry).values()), entry.get("employeeType")]
    if is_external(entry):
        places.append(entry.get("displayName"))
    return next((told for value in places if is_stamp(told := text(value))), "")


def extensions(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """extensionAttribute1 to 15 of a user, as far as they are there."""
    extras = entry.get(EXTENSIONS)
    return extras if isinstance(extras, dict) else {}


def is_external(entry: Mapping[str, Any]) -> bool:
    """Whether the user is a guest, or was invited from elsewhere as a member (cross-tenant synchronisation)."""
    guest = text(entry.get("userType")).lower() == "guest"
    return guest or EXTERNAL in text(entry.get("userPrincipalName")).lower()


def identity(entry: Mapping[str, Any]) -> str:
    """The object's id. Raises PeerError(GARBLED)."""
    told = entry.get("id")
    if not isinstance(told, str) or not told:
        raise PeerError(Reason.GARBLED, "an object of the directory without its id")
    return told


def address(entry: Mapping[str, Any]) -> Mailbox | None:
    """The primary address of any object of the directory; None where it has none that can be read."""
    return proxies(entry.get("mail"), entry.get("proxyAddresses")).primary


def text(value: Any) -> str:
    """``value`` without white space around it; "" for what is no text."""
    return value.strip() if isinstance(value, str) else ""


def _types(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _attribute(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else text(value)


def _told_manager(entry: Mapping[str, Any]) -> str:
    told = entry.get("manager@delta")
    left = (
        [each for each in told if isinstance(each, dict) and "@removed" not in each] if isinstance(told, list) else []
    )
    return text(left[-1].get("id")) if left else ""


def _unit(name: str) -> str:
    """The distinguished name of what the object lies in: a comma may be escaped (RFC 4514 2.4)."""
    place = 0
    while (place := name.find(",", place)) >= 0:
        if (len(name[:place]) - len(name[:place].rstrip("\\"))) % 2 == 0:
            return name[place + 1 :]
        place += 1
    return ""
