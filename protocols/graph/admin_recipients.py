"""Reads the recipients of Exchange Online as its cmdlets tell them: whatever has a mail address there."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.stamps import STAMPED

CONTACT: Final = "MailContact"
MAIL_USER: Final = "MailUser"
GUEST: Final = "GuestMailUser"
GROUP: Final = "MailUniversalDistributionGroup"
CUSTOM: Final = tuple(f"CustomAttribute{number}" for number in range(1, 16))
PERSONAL: Final = (
    "DisplayName",
    "FirstName",
    "LastName",
    "Initials",
    "Company",
    "Department",
    "Title",
    "Office",
    "Phone",
    "MobilePhone",
    "Fax",
    "Pager",
    "HomePhone",
    "StreetAddress",
    "City",
    "StateOrProvince",
    "PostalCode",
    "CountryOrRegion",
    "WebPage",
    "Notes",
)
"""What Get-Contact and Get-User tell of somebody in words."""
MANAGER: Final = "Manager"
"""What both tell beside it: the name (Recipient.name) of another recipient; unconfirmed that it is this name."""
GROUP_PERSONAL: Final = ("DisplayName", "Notes")
"""What Get-Group tells of a group in words."""
EVERY: Final = (
    "Guid",
    "Name",
    "DisplayName",
    "RecipientTypeDetails",
    "EmailAddresses",
    "ExternalEmailAddress",
    "PrimarySmtpAddress",
)
"""What is asked of every recipient."""
MAIL: Final = (
    *EVERY,
    "ExternalDirectoryObjectId",
    "HiddenFromAddressListsEnabled",
    "IsDirSynced",
    "WhenChangedUTC",
    *CUSTOM,
)
"""What is asked of contacts, mail users and guests beside it."""
DESCRIPTION: Final = "Description"
"""Of groups in Exchange Online alone, told as a list: what Graph tells of them as ``description`` (unconfirmed)."""
GROUP_MAIL: Final = (*(name for name in MAIL if name != "ExternalEmailAddress"), DESCRIPTION)
"""What is asked of distribution groups, which send mail on to nowhere else."""
_NEEDED: Final = ("Guid", "RecipientTypeDetails", "EmailAddresses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An object that has mail addresses. ``version`` differs where anything was changed; "" where it was not asked.

    ``key`` is the Guid, ``kind`` the RecipientTypeDetails. ``address`` is where its mail goes: ExternalEmailAddress,
    else PrimarySmtpAddress; ``primary`` the latter. ``addresses`` are all it answers to, in lower case, X500 and SIP
    ones with their prefix. ``texts`` are by the cmdlets' names, without empty ones. ``account`` is its id in the
    directory, ``manager`` the name of their manager. ``description`` is a group's, None where it was not told.
    """

    key: str
    kind: str
    name: str
    address: Mailbox | None
    primary: str
    addresses: frozenset[str]
    texts: Mapping[str, str]
    hidden: bool = False
    synchronised: bool = False
    version: str = ""
    account: str = ""
    manager: str = ""
    description: str | None = None

    @property
    def stamped(self) -> bool:
        """Whether any of this product's stamps may stand on it."""
        return any(self.texts.get(name, "").startswith(STAMPED) for name in ("DisplayName", *CUSTOM))


def recipient(row: Mapping[str, Any], *, mail: bool = True) -> Recipient:
    """One object of Get-MailContact or Get-MailUser; what Get-Contact or Get-User tell of it: :func:`with_personal`.

    Without ``mail`` the row is one of Get-Recipient, which tells less. Raises PeerError(GARBLED) where a property does
    not come that decides whose the object is: what is not told must not be taken for empty.
    """
    if missing := [name for name in (*_NEEDED, *(CUSTOM if mail else ())) if name not in row]:
        raise PeerError(Reason.GARBLED, f"a recipient without its {missing[0]}")
    key = text(row["Guid"])
    if not key:
        raise PeerError(Reason.GARBLED, "a recipient without its Guid")
    external = _bare(text(row.get("ExternalEmailAddress")))
    primary = _bare(text(row.get("PrimarySmtpAddress"))).lower()
    return Recipient(
        key=key,
        kind=text(row["RecipientTypeDetails"]),
        name=text(row.get("Name")),
        address=_mailbox(external) or _mailbox(primary),
        primary=primary,
        addresses=frozenset(_addresses([*_list(row["EmailAddresses"]), external, primary])),
        texts={name: told for name in (*PERSONAL, *CUSTOM) if (told := text(row.get(name)))},
        hidden=row.get("HiddenFromAddressListsEnabled") is True,
        synchronised=row.get("IsDirSynced") is True,
        version=_version(row) if mail else "",
        account=text(row.get("ExternalDirectoryObjectId")),
        description=_description(row),
    )


def with_personal(each: Recipient, row: Mapping[str, Any]) -> Recipient:
    """The same, with what Get-Contact or Get-User tell of it."""
    told = {name: value for name in PERSONAL if (value := text(row.get(name)))}
    return replace(each, texts={**each.texts, **told}, manager=text(row.get(MANAGER)))


def text(value: Any) -> str:
    """``value`` with line ends as we have them: Exchange gives them as Windows does; "" for what is no text."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def _version(row: Mapping[str, Any]) -> str:
    """WhenChangedUTC counts in whole seconds: what was told goes into it, so that two changes in one differ."""
    told = {name: sorted(map(str, each)) if isinstance(each := row.get(name), list) else each for name in MAIL}
    return hashlib.blake2b(orjson.dumps(told), digest_size=8).hexdigest()


def _addresses(told: Iterable[str]) -> Iterator[str]:
    for address in told:
        kind, colon, value = address.lower().partition(":")
        if not colon and kind:
            yield kind
        elif colon and value:
            yield value if kind == "smtp" else f"{kind}:{value}"


def _description(row: Mapping[str, Any]) -> str | None:
    """Null and an empty list say that there is none; where neither comes, nobody knows."""
    if DESCRIPTION not in row:
        return None
    told = row[DESCRIPTION]
    return "\n".join(map(text, told if isinstance(told, list) else [told])).strip()


def _bare(address: str) -> str:
    return address[5:] if address[:5].lower() == "smtp:" else address


def _list(told: Any) -> list[str]:
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def _mailbox(told: str) -> Mailbox | None:
    try:
        return Mailbox.parse(told)
    except ValueError:
        return None
