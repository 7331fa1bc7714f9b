"""Writes mail contacts and mail users into an Active Directory: what a new one is made of."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from protocols.ldap.addresses import proxy
from protocols.ldap.attributes import COUNTRY_CODE, FIELDS, HIDDEN, LISTS, MANAGER, NICKNAME, PHOTO, TARGET, Schema
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

_NOT_IN_A_NICKNAME: Final = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")  # RFC 5322 3.2.3, as Exchange allows it
_DOTS: Final = re.compile(r"\.{2,}")
_MAX_NICKNAME: Final = 64
_CONTACT, _USER = "64", "128"  # MailContact, MailUser in msExchRecipientTypeDetails
_DISABLED_ACCOUNT: Final = "514"  # NORMAL_ACCOUNT and ACCOUNTDISABLE, [MS-ADTS] 2.2.16
_EXCHANGE: Final = {
    "msExchRecipientDisplayType": "6",  # a mail user of elsewhere, or a contact
    "msExchVersion": "44220983382016",  # Exchange 2010, which every later version takes
    "internetEncoding": "1310720",  # leaves the format of mail to the message
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody of elsewhere as they shall stand here: a contact, or with ``account`` a user who cannot sign in.

    ``aliases`` are SMTP addresses and ``X500:`` names, ``stamp`` is the text of our stamp, ``manager`` a distinguished
    name of this directory or "". ``photo`` is a picture of at most 100 kB, b"" for none.
    """

    account: bool
    address: Mailbox
    aliases: tuple[str, ...] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    hidden: bool = False
    stamp: str
    manager: str = ""
    photo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How this directory is written: what its schema knows, where the stamp stands (the schema's default where empty),
    and the address lists (distinguished names) that somebody who is shown belongs to."""

    schema: Schema
    stamp_in: str = ""
    lists: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """The attribute that holds the stamp."""
        return self.stamp_in or self.schema.stamp


def added(
    recipient: Recipient, manner: Manner, *, nickname: str, account_name: str = "", password: str = ""
) -> dict[str, list[bytes]]:
    """The attributes of a new object; those that the schema does not know are left out (``Schema.missing``).

    ``account_name`` (sAMAccountName) and ``password`` are for accounts: the password is kept nowhere, and the account
    is disabled.
    """
    texts = {
        "mail": recipient.address.address,
        TARGET: f"SMTP:{recipient.address.address}",
        NICKNAME: nickname,
        manner.stamp: recipient.stamp,
        MANAGER: recipient.manager,
        "msExchRecipientTypeDetails": _USER if recipient.account else _CONTACT,
        **_EXCHANGE,
        **written(recipient.texts),
        **hiding(recipient.hidden),
    }
    several = {
        "proxyAddresses": proxies(recipient.address, recipient.aliases),
        LISTS: () if recipient.hidden else manner.lists,
    }
    known: dict[str, list[bytes]] = {"objectClass": [b"user" if recipient.account else b"contact"]}
    known |= {name: [text.encode()] for name, text in texts.items() if text and manner.schema.knows(name)}
    known |= {name: [v.encode() for v in values] for name, values in several.items() if values}
    if recipient.photo and manner.schema.knows(PHOTO):
        known[PHOTO] = [recipient.photo]
    if recipient.account:
        known |= _account(account_name, password)
    return known


def _account(name: str, password: str) -> dict[str, list[bytes]]:
    # [MS-ADTS] 3.1.1.3.1.5.1: unicodePwd is the password in quotes, UTF-16, and travels protected alone
    return {
        "sAMAccountName": [name.encode()],
        "userAccountControl": [_DISABLED_ACCOUNT.encode()],
        "unicodePwd": [f'"{password}"'.encode("utf-16-le")],
    }


def written(texts: Mapping[Field, str]) -> dict[str, str]:
    """Attributes by name for fields; "" where an attribute shall be empty. The manager is not among them."""
    attributes = {FIELDS[key]: text for key, text in texts.items() if key in FIELDS}
    if Field.COUNTRY in texts:
        code = texts[Field.COUNTRY]
        attributes[COUNTRY_CODE] = code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else ""
    return attributes


def hiding(hidden: bool) -> dict[str, str]:
    """What hides somebody from the address lists; "" to take it away."""
    return {HIDDEN: "TRUE" if hidden else ""}


def proxies(address: Mailbox, aliases: tuple[str, ...]) -> tuple[str, ...]:
    """proxyAddresses with the primary first; none twice in any letter case."""
    found = {f"smtp:{address.address}": f"SMTP:{address.address}"}
    for alias in aliases:
        text = proxy(alias)
        found.setdefault(text.lower(), text)
    return tuple(found.values())


def nickname(address: Mailbox, anchor: str = "") -> str:
    """A mailNickname for somebody; with ``anchor`` another one, which nobody else gets."""
    plain = _DOTS.sub(".", _NOT_IN_A_NICKNAME.sub("_", address.local)).strip(".") or "contact"
    tail = f".{digest(anchor)[:8]}" if anchor else ""
    return plain[: _MAX_NICKNAME - len(tail)].rstrip(".") + tail


def account_name(stamp: str) -> str:
    """A sAMAccountName (at most 20 characters, [MS-ADA3] 2.222) that belongs to one stamp."""
    return f"bl-{digest(stamp)[:17]}"


def digest(text: str) -> str:
    """Hexadecimal digits that stand for ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()
