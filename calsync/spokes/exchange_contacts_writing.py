"""Does a batch of writes to one folder of contacts of an Exchange server: looks before, and reads what was written."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from xml.sax.saxutils import unescape

from calsync.items import Item, Unread
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.contacts_writing import CUT, GONE, NO_CONTACT, STALE, UNREADABLE, failed
from calsync.spokes.exchange_calendar_asking import Opened
from protocols.errors import PeerError
from protocols.ews import contacts
from protocols.ews.card_fields import CardContact, change, fresh
from protocols.ews.card_items import Told, in_pieces, some
from protocols.ews.contacts import Done, is_gone, is_stale
from protocols.ews.mailbox_access import MailboxAccess
from protocols.model.card import Card
from protocols.model.freebusy import Reason

_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "refused: check the account's password, and its role ApplicationImpersonation with its scope",
    Reason.NO_ACCESS: "not allowed: the account needs the rights of an editor in the folder",
    Reason.THROTTLED: "Exchange asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox or folder any more: check the spoke's settings",
}
_REFUSED: Final = ("ErrorSchemaValidation", "ErrorInvalidPropertySet", "ErrorPropertyValidationFailure")
_DOING: Final = {
    Act.CREATE: "making the contact",
    Act.UPDATE: "writing the contact",
    Act.DELETE: "deleting the contact",
}


@dataclass(slots=True)
class _Work:
    """By the numbers of the writes: what became of them already, and what has to be sent for the others."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    gone: dict[int, Done] = field(default_factory=dict)
    other: dict[int, tuple[Done, str]] = field(default_factory=dict)
    new: dict[int, str] = field(default_factory=dict)
    written: dict[int, Done] = field(default_factory=dict)


def item_of(told: CardContact) -> Item:
    """What stands there."""
    return Item(
        key=told.key,
        version=told.version,
        content=told.card,
        mark=told.stamp,
        cut=told.cut,
        changed_at=told.changed_at,
    )


async def items(access: MailboxAccess, keys: Sequence[str], *, as_of: datetime) -> dict[str, Item | Unread | None]:
    """What stands under each of ``keys``; None where nothing does. Raises PeerError."""
    return {key: _shown(each) for key, each in (await some(access, keys, as_of=as_of)).items()}


def _shown(told: Told) -> Item | Unread | None:
    if told is None:
        return None
    return item_of(told) if isinstance(told, CardContact) else Unread(told.key, told.words)


async def write(
    opened: Callable[[], Awaitable[Opened]], writes: Sequence[Write], *, clock: Callable[[], datetime]
) -> list[Outcome]:
    """One outcome for each, in order. A failure is one of them, never raised."""
    now = clock()
    try:
        at = await opened()
        keys = [each.key for each in writes if each.act is not Act.CREATE]
        current = await some(at.access, keys, as_of=now)
    except PeerError as error:
        return [failed(error, "looking at the contacts", _REMEDIES)] * len(writes)
    work = _Work()
    for number, each in enumerate(writes):
        _judge(work, number, each, current.get(each.key))
    # what is thrown away in a mailbox can be had back; public folders have no deleted items of their own
    delete = partial(contacts.delete, at.access, as_of=now, kind="SoftDelete" if at.public else "MoveToDeletedItems")
    gone = await in_pieces(delete, list(work.gone.values()))
    for number, refusal in zip(work.gone, gone, strict=True):
        work.outcomes[number] = Written(None) if refusal is None else _refused(refusal, Act.DELETE)
    updated = await in_pieces(partial(contacts.update, at.access, as_of=now), list(work.other.values()))
    _note(work, list(work.other), updated, Act.UPDATE)
    created = await in_pieces(
        partial(contacts.create, at.access, _id_in(at.folder), as_of=now), list(work.new.values())
    )
    _note(work, list(work.new), created, Act.CREATE)
    await _read_back(work, at, now)
    return [work.outcomes[number] for number in range(len(writes))]


def _id_in(element: str) -> str:
    """The id in a FolderId; "" for the folder that every mailbox has."""
    _, found, rest = element.partition('<t:FolderId Id="')
    return unescape(rest.partition('"')[0]) if found else ""


def _judge(work: _Work, number: int, each: Write, there: Told) -> None:
    wanted = each.content if each.act is not Act.DELETE and isinstance(each.content, Card) else None
    if each.act is not Act.DELETE and wanted is None:
        work.outcomes[number] = NO_CONTACT
    elif each.act is Act.CREATE and wanted is not None:
        work.new[number] = fresh(wanted, stamp=each.mark, token=each.token)
    elif there is None:
        work.outcomes[number] = Written(None) if each.act is Act.DELETE else GONE
    elif not isinstance(there, CardContact):
        work.outcomes[number] = UNREADABLE
    elif there.version != each.version:
        work.outcomes[number] = STALE
    elif wanted is None:
        work.gone[number] = Done(there.key, there.version)
    elif each.changes and each.changes <= there.cut:
        work.outcomes[number] = CUT
    elif updates := change(there, wanted, each.changes - there.cut):
        work.other[number] = (Done(there.key, there.version), updates)
    else:
        work.outcomes[number] = Written(item_of(there))


def _note(work: _Work, numbers: Sequence[int], results: Sequence[Done | PeerError], act: Act) -> None:
    for number, result in zip(numbers, results, strict=True):
        if isinstance(result, PeerError):
            work.outcomes[number] = _refused(result, act)
        else:
            work.written[number] = result


async def _read_back(work: _Work, at: Opened, now: datetime) -> None:
    """Exchange says no more of a write than its id and its version."""
    if not work.written:
        return
    try:
        found = await some(at.access, [each.key for each in work.written.values()], as_of=now)
    except PeerError as error:
        lost = failed(error, "reading what was written", _REMEDIES)
        told = Failed(reason=lost.reason, words=lost.words, retry_after=lost.retry_after, doubt=True)
        work.outcomes |= dict.fromkeys(work.written, told)
        return
    for number, done in work.written.items():
        work.outcomes[number] = _stands(_shown(found.get(done.key)), done)


def _stands(there: Item | Unread | None, done: Done) -> Outcome:
    if there is None:
        return GONE
    return Written(there, later=there.version != done.version) if isinstance(there, Item) else UNREADABLE


def _refused(error: PeerError, act: Act) -> Outcome:
    if is_stale(error):
        return STALE
    if is_gone(error) and act is not Act.CREATE:
        return Written(None) if act is Act.DELETE else GONE
    of_one = error.detail.startswith("Error")  # and not of the whole call: Exchange says what became of it
    unsure = not of_one or error.detail.startswith("ErrorInternalServer")
    told = failed(error, _DOING[act], _REMEDIES, doubt=unsure)
    if any(code in error.detail for code in _REFUSED):
        return Failed(reason=told.reason, words=told.words, refused=True)
    return told
