"""Finds recipients of Exchange Online by its cmdlets: everybody, some by Guid or address, or one."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.admin_recipients import (
    CONTACT,
    EVERY,
    GROUP,
    GROUP_MAIL,
    GROUP_PERSONAL,
    GUEST,
    MAIL,
    MAIL_USER,
    MANAGER,
    PERSONAL,
    Recipient,
    recipient,
    text,
    with_personal,
)
from protocols.graph.cmdlets import Cmdlet, Endpoint, called, pages
from protocols.http import Send
from protocols.model.freebusy import Reason

ALL: Final = {"ResultSize": "Unlimited"}
MAIL_OF: Final = {
    CONTACT: "Get-MailContact",
    MAIL_USER: "Get-MailUser",
    GUEST: "Get-MailUser",
    GROUP: "Get-DistributionGroup",
}
PERSONAL_OF: Final = {CONTACT: "Get-Contact", MAIL_USER: "Get-User", GROUP: "Get-Group"}
_SELECT: Final = {"Get-DistributionGroup": GROUP_MAIL, "Get-Group": ("Guid", *GROUP_PERSONAL)}
_PERSONAL: Final = ("Guid", *PERSONAL, MANAGER)
_ALONE: Final = {"Get-User": MAIL_USER, "Get-Group": GROUP}
"""Which kind is asked of a cmdlet that would tell of mailboxes and security groups as well."""
_PAIRS: Final = (
    ("Get-MailContact", "Get-Contact"),
    ("Get-MailUser", "Get-User"),
    ("Get-DistributionGroup", "Get-Group"),
)
_MOST_TESTS: Final = 10  # of one filter, which has to fit
_QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")  # PowerShell takes each of these for a single quote


async def everything(send: Send, endpoint: Endpoint, *, as_of: datetime) -> AsyncIterator[Recipient]:
    """Every recipient, each once; what bears a stamp with all its fields. All of them or PeerError."""
    seen: set[str] = set()
    for mail, personal in _PAIRS:
        async for each in _joined(send, endpoint, mail, personal, as_of):
            if each.key not in seen:  # pages may overlap where somebody is added meanwhile
                seen.add(each.key)
                yield each
    late: list[str] = []
    async for page in pages(send, endpoint, Cmdlet("Get-Recipient", ALL, EVERY), as_of=as_of):
        for row in page:
            each = recipient(row, mail=False)
            if each.key in seen:
                continue
            seen.add(each.key)
            if each.kind in MAIL_OF:
                late.append(each.key)  # came meanwhile
            else:
                yield each
    for each in await some(send, endpoint, late, (), as_of=as_of):
        yield each


async def some(
    send: Send, endpoint: Endpoint, keys: Sequence[str], addresses: Iterable[str], *, as_of: datetime
) -> list[Recipient]:
    """Who has one of the Guids, or answers to one of the addresses (as in Recipient.addresses), each once.

    Raises PeerError.
    """
    wanted, among = frozenset(addresses), frozenset(keys)
    tests = [f"Guid -eq '{quoted(key)}'" for key in dict.fromkeys(keys)]
    tests += [test for address in sorted(wanted) for test in _tests(address)]
    found: dict[str, Recipient] = {}
    for row in await _filtered(send, endpoint, "Get-Recipient", tests, EVERY, as_of):
        each = recipient(row, mail=False)
        if each.key in among or not wanted.isdisjoint(each.addresses):
            found[each.key] = each
    for mail in dict.fromkeys(MAIL_OF.values()):
        kinds = {kind for kind, name in MAIL_OF.items() if name == mail}
        mine = [f"Guid -eq '{quoted(each.key)}'" for each in found.values() if each.kind in kinds]
        rows = await _filtered(send, endpoint, mail, mine, _SELECT.get(mail, MAIL), as_of)
        told = {each.key: each for each in map(recipient, rows)}
        for key in [key for key, each in found.items() if each.kind in kinds]:
            full = await _full(send, endpoint, told[key], as_of) if key in told else None
            if full is None:  # it went meanwhile
                del found[key]
            else:
                found[key] = full
    return list(found.values())


async def one(send: Send, endpoint: Endpoint, kind: str, key: str, *, as_of: datetime) -> Recipient | PeerError:
    """The contact, mail user or group with this Guid, without what Get-Contact tells; NO_SUCH_MAILBOX where there is
    none.

    A failure is returned.
    """
    mail = MAIL_OF[kind]
    rows = await called(send, endpoint, Cmdlet(mail, {"Identity": key}, _SELECT.get(mail, MAIL)), as_of=as_of)
    if isinstance(rows, PeerError):
        return rows
    try:
        return next(iter(map(recipient, rows)), None) or PeerError(Reason.NO_SUCH_MAILBOX, MAIL_OF[kind])
    except PeerError as error:
        return error


async def stands(send: Send, endpoint: Endpoint, key: str, *, as_of: datetime) -> bool | PeerError:
    """Whether there is any recipient with this Guid, of whatever kind. A failure is returned."""
    rows = await called(send, endpoint, Cmdlet("Get-Recipient", {"Identity": key}, EVERY), as_of=as_of)
    if isinstance(rows, PeerError):
        return False if rows.reason is Reason.NO_SUCH_MAILBOX else rows
    return bool(rows)


async def who_has(
    send: Send, endpoint: Endpoint, addresses: Iterable[str], *, as_of: datetime
) -> list[Recipient] | PeerError:
    """Who answers to one of these addresses. A failure is returned."""
    try:
        return await some(send, endpoint, (), addresses, as_of=as_of)
    except PeerError as error:
        return error


async def keys_of(
    send: Send, endpoint: Endpoint, addresses: Iterable[str], *, as_of: datetime
) -> dict[str, Recipient] | PeerError:
    """Who has each of these SMTP addresses, as Get-Recipient alone tells of them; of two, whose main one it is.

    A failure is returned.
    """
    wanted = frozenset(addresses)
    tests = [test for address in sorted(wanted) for test in _tests(address)]
    try:
        rows = await _filtered(send, endpoint, "Get-Recipient", tests, EVERY, as_of)
        found = [recipient(row, mail=False) for row in rows]
    except PeerError as error:
        return error
    having = {address: each for each in found for address in each.addresses & wanted}
    return having | {each.address.address: each for each in found if each.address and each.address.address in wanted}


async def named(send: Send, endpoint: Endpoint, names: Iterable[str], *, as_of: datetime) -> dict[str, str]:
    """The address of each recipient with one of these names, by the name in lower case. Raises PeerError."""
    tests = [f"Name -eq '{quoted(name)}'" for name in sorted(names)]
    found = map(_little, await _filtered(send, endpoint, "Get-Recipient", tests, EVERY, as_of))
    return {each.name.lower(): each.address.address for each in found if each.address}


async def members(send: Send, endpoint: Endpoint, key: str, *, as_of: datetime) -> list[Recipient] | PeerError:
    """The members of the group with this Guid, those without any address, too. A failure is returned."""
    cmdlet = Cmdlet("Get-DistributionGroupMember", {"Identity": key, **ALL}, EVERY)
    rows = await called(send, endpoint, cmdlet, as_of=as_of)
    if isinstance(rows, PeerError):
        return rows
    try:
        return list(map(_little, rows))
    except PeerError as error:
        return error


async def hidden_guests(send: Send, endpoint: Endpoint, *, as_of: datetime) -> frozenset[str]:
    """The ids in the directory of all guests that the address lists do not show. Raises PeerError."""
    test = f"RecipientTypeDetails -eq '{GUEST}' -and HiddenFromAddressListsEnabled -eq $true"
    select = ("ExternalDirectoryObjectId",)
    cmdlet = Cmdlet("Get-MailUser", {"Filter": test, **ALL}, select)
    return frozenset(
        [text(row.get(select[0])) async for page in pages(send, endpoint, cmdlet, as_of=as_of) for row in page]
    )


def _little(row: Mapping[str, Any]) -> Recipient:
    """A row of which nothing but its Guid is sure: somebody without mail has no addresses."""
    return recipient({"EmailAddresses": [], "RecipientTypeDetails": "", **row}, mail=False)


def quoted(value: str) -> str:
    """``value`` inside the single quotes of a filter."""
    return _QUOTES.sub(r"\1\1", value)


async def _joined(
    send: Send, endpoint: Endpoint, mail: str, personal: str, as_of: datetime
) -> AsyncIterator[Recipient]:  # fmt: skip
    """Contacts, mail users and guests, or groups: those that bear a stamp as soon as their fields come."""
    waiting: dict[str, Recipient] = {}
    async for page in pages(send, endpoint, Cmdlet(mail, ALL, _SELECT.get(mail, MAIL)), as_of=as_of):
        told = list(map(recipient, page))
        waiting |= {each.key: each for each in told if _has_more(each)}
        for each in told:
            if not _has_more(each):
                yield each
    if not waiting:
        return
    kinds = {"RecipientTypeDetails": [_ALONE[personal]]} if personal in _ALONE else {}
    select = _SELECT.get(personal, _PERSONAL)
    async for page in pages(send, endpoint, Cmdlet(personal, {**ALL, **kinds}, select), as_of=as_of):
        for row in page:
            if (known := waiting.pop(text(row.get("Guid")), None)) is not None:
                yield with_personal(known, row)
    for left in waiting.values():  # it went meanwhile, or its fields are not told yet
        if (full := await _full(send, endpoint, left, as_of)) is not None:
            yield full


def _has_more(each: Recipient) -> bool:
    return each.stamped and each.kind in PERSONAL_OF


async def _full(send: Send, endpoint: Endpoint, each: Recipient, as_of: datetime) -> Recipient | None:
    """With its fields; None where it is not there any more."""
    if not _has_more(each):
        return each
    personal = PERSONAL_OF[each.kind]
    cmdlet = Cmdlet(personal, {"Identity": each.key}, _SELECT.get(personal, _PERSONAL))
    rows = await called(send, endpoint, cmdlet, as_of=as_of)
    if isinstance(rows, PeerError):
        if rows.reason is Reason.NO_SUCH_MAILBOX:
            return None
        raise rows
    return with_personal(each, rows[0]) if rows else None


async def _filtered(
    send: Send, endpoint: Endpoint, name: str, tests: Sequence[str], select: tuple[str, ...], as_of: datetime
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for part in _parts(tests):
        cmdlet = Cmdlet(name, {"Filter": " -or ".join(part), **ALL}, select)
        async for page in pages(send, endpoint, cmdlet, as_of=as_of):
            rows += page
    return rows


def _parts(tests: Sequence[str]) -> Iterator[Sequence[str]]:
    return (tests[start : start + _MOST_TESTS] for start in range(0, len(tests), _MOST_TESTS))


def _tests(address: str) -> Iterator[str]:
    """An address without a prefix is SMTP; what a contact sends mail on to need not be one of its own."""
    prefix = "" if ":" in address else "smtp:"
    yield f"EmailAddresses -eq '{prefix}{quoted(address)}'"
    if prefix:
        yield f"ExternalEmailAddress -eq '{prefix}{quoted(address)}'"
