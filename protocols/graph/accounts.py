"""Reads whatever has a mail address in a Microsoft 365 directory as an account: guests, members, contacts, groups."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import orjson

from protocols.graph.people import EXTERNAL, EXTRAS, PROPERTIES, extensions, identity, text
from protocols.graph.proxies import Proxies, proxies
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from protocols.model.stamps import is_stamp

STAMP: Final = "extensionAttribute15"
"""Where the stamp stands unless the settings say otherwise: Graph writes it for users that are not synchronised, and
Exchange shows it as CustomAttribute15 (Graph, onPremisesExtensionAttributes)."""
STAMPS: Final = re.compile(r"extensionAttribute(?:[1-9]|1[0-5])|employeeType")
"""Where a stamp may stand, whole: texts of users that applications may write and filter by."""
FIELDS: Final[Mapping[Field, str]] = MappingProxyType(
    {key: name for key, name in (*PROPERTIES.items(), *EXTRAS.items()) if key is not Field.MOBILE}
)
"""What is written of a guest. Telephone numbers and further addresses are not: Microsoft lets few applications change
them, and the guests themselves look after them (Graph, Update user: sensitive actions)."""


class Stands(Enum):
    """What an object of the directory is."""

    GUEST = "guest"
    MEMBER = "member"
    CONTACT = "contact"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An object that has mail addresses. ``version`` differs where anything of a guest that is written here differs; of
    others, which never are written, it is "", and ``texts`` has the display name alone.

    ``addresses`` are all it answers to, in lower case, X500 and SIP ones with their prefix; of a guest the address that
    was invited too, which is not its own where somebody else has it. ``half``: its name is a stamp and nothing else is,
    as where its making broke off; but whoever invites a guest may name it so.
    """

    key: str
    stands: Stands
    version: str
    stamp: str
    address: Mailbox | None
    addresses: frozenset[str]
    texts: Mapping[Field, str]
    enabled: bool
    synchronised: bool
    half: bool


def account(collection: str, entry: Mapping[str, Any], stamp_at: str = STAMP) -> Account:
    """One object of ``collection`` (users, contacts, groups). Raises PeerError(GARBLED) where it has no id.

    The name of a guest that is only half made is the stamp, and is not told as a name. Other attributes than
    ``stamp_at`` are texts, whatever they hold.
    """
    found = proxies(entry.get("mail"), entry.get("proxyAddresses"))
    name = text(entry.get("displayName"))
    stamp = text((entry if stamp_at == "employeeType" else extensions(entry)).get(stamp_at))
    guest = text(entry.get("userType")).lower() == "guest"
    half = guest and not is_stamp(stamp) and is_stamp(name)
    other = tuple(_mailboxes(entry.get("otherMails"))) if guest else ()
    named = {} if half or not name else {Field.DISPLAY_NAME: name}
    return Account(
        key=identity(entry),
        stands=(Stands.GUEST if guest else Stands.MEMBER) if collection == "users" else Stands(collection[:-1]),
        version=_version(entry) if guest else "",
        stamp=name if half else stamp,
        address=found.primary or next(iter(other), None),
        addresses=frozenset(_addresses(found, other, entry)),
        texts=dict(_texts(entry, stamp_at)) | named if guest else named,
        enabled=entry.get("accountEnabled") is not False,
        synchronised=entry.get("onPremisesSyncEnabled") is True,
        half=half,
    )


def _texts(entry: Mapping[str, Any], stamp_at: str) -> Iterable[tuple[Field, str]]:
    values = {**entry, **extensions(entry), "displayName": None}
    return ((key, told) for key, each in FIELDS.items() if each != stamp_at and (told := text(values.get(each))))


def _addresses(found: Proxies, other: Sequence[Mailbox], entry: Mapping[str, Any]) -> Iterable[str]:
    yield from (box.address for box in (found.primary, *other) if box is not None)
    yield from found.aliases
    yield from (f"x500:{name.lower()}" for name in found.x500)
    yield from (f"sip:{sip}" for sip in (found.sip,) if sip)
    for box in _mailboxes([entry.get("mail"), entry.get("userPrincipalName")]):
        if EXTERNAL not in box.address:
            yield box.address


def _mailboxes(values: Any) -> Iterable[Mailbox]:
    for value in values if isinstance(values, list) else ():
        try:
            yield Mailbox.parse(value)
        except (ValueError, AttributeError):
            continue


def _version(entry: Mapping[str, Any]) -> str:
    """Graph has no ETag for users: what is written here is compared instead."""
    told = {name: entry.get(name) for name in (*PROPERTIES.values(), "accountEnabled", "mail", "employeeType")}
    told |= dict(extensions(entry))
    known = {name: value for name, value in sorted(told.items()) if value not in (None, "")}
    return hashlib.blake2b(orjson.dumps(known), digest_size=8).hexdigest()
