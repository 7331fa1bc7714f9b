"""Reads, makes, changes and deletes appointments in one calendar of an Exchange server, a batch at a time.

Nothing that is sent here makes a server mail anybody: each write says SendToNone, and none can name an attendee.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.calendar_reading import Appointment, Unreadable, read, with_occurrences
from protocols.ews.calendar_shape import OCCURRENCE_SHAPE, SHAPE
from protocols.ews.contacts import Result, item_in, results
from protocols.ews.mailbox_access import NO_ITEM, MailboxAccess, all_judged
from protocols.ews.text import quoted
from protocols.model.freebusy import Reason

MOST: Final = 50
"""Items in one call."""
GONE: Final = frozenset({*NO_ITEM, "ErrorCalendarOccurrenceIsDeletedFromRecurrence"})
STALE: Final = frozenset({"ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorInvalidChangeKey"})
_SPOILT: Final = frozenset(
    {
        "ErrorItemCorrupt",
        "ErrorCorruptData",
        "ErrorContentConversionFailed",
        "ErrorMimeContentInvalid",
        "ErrorCalendarInvalidRecurrence",
        "ErrorCalendarInvalidPropertyState",
        "ErrorCalendarInvalidPropertyValue",
        "ErrorMessageSizeExceeded",
    }
)
"""What Exchange says of one item that it cannot tell; the others beside it are well."""
_TOO_MUCH: Final = frozenset({Reason.GARBLED, Reason.TOO_MANY_ENTRIES})
"""What one item can do to an answer: a character that no XML has, or more text than is taken."""
_BARE: Final = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"


T = TypeVar("T")
Told: TypeAlias = Appointment | Unreadable | None


async def some(
    access: MailboxAccess, keys: Sequence[str], *, as_of: datetime, zone: str = "UTC", owners: Collection[str] = ()
) -> Mapping[str, Told]:
    """What stands under ``keys``, each series with its exceptions; None for what is not there. Raises PeerError.

    ``zone`` and ``owners`` as in :func:`protocols.ews.calendar_reading.read`.
    """
    found: dict[str, Told] = {}
    for key, told in (await elements(access, keys, SHAPE, as_of=as_of)).items():
        found[key] = read(told, zone=zone, owners=owners) if isinstance(told, etree._Element) else told
    series = [each for each in found.values() if isinstance(each, Appointment) and each.moved]
    if series:
        moved = [one.key for each in series for one in each.moved]
        occurrences = await elements(access, moved, OCCURRENCE_SHAPE, as_of=as_of)
        found |= {each.key: _whole(each, occurrences, owners) for each in series}
    return found


def _whole(
    there: Appointment, occurrences: Mapping[str, etree._Element | Unreadable | None], owners: Collection[str]
) -> Told:
    told: dict[str, etree._Element | None] = {}
    for each in there.moved:
        one = occurrences[each.key]
        if isinstance(one, Unreadable):
            return Unreadable(there.key, f"an occurrence of it: {one.words}", there.version)
        told[each.key] = one
    return with_occurrences(there, told, owners=owners)


async def create(access: MailboxAccess, folder: str, bodies: Sequence[str], *, as_of: datetime) -> list[Result]:
    """Makes items in ``folder`` (its id as an element), in one call; a result each, in order. Raises PeerError."""
    if not bodies:
        return []
    body = f"<m:SavedItemFolderId>{folder}</m:SavedItemFolderId><m:Items>{''.join(bodies)}</m:Items>"
    attributes = 'MessageDisposition="SaveOnly" SendMeetingInvitations="SendToNone"'
    return results(await access.ask("CreateItem", body, len(bodies), as_of=as_of, attributes=attributes))


async def update(
    access: MailboxAccess, changes: Sequence[str], *, as_of: datetime, strict: bool = True
) -> list[Result]:  # fmt: skip
    """Does changes (protocols.ews.calendar_writing), in one call; with ``strict`` none of what somebody else changed
    meanwhile. A result each, in order. Raises PeerError."""
    if not changes:
        return []
    resolution = "NeverOverwrite" if strict else "AlwaysOverwrite"
    attributes = (
        f'ConflictResolution="{resolution}" MessageDisposition="SaveOnly" '
        'SendMeetingInvitationsOrCancellations="SendToNone"'
    )
    body = f"<m:ItemChanges>{''.join(changes)}</m:ItemChanges>"
    return results(await access.ask("UpdateItem", body, len(changes), as_of=as_of, attributes=attributes))


async def delete(
    access: MailboxAccess, ids: Sequence[str], *, as_of: datetime, kind: str = "MoveToDeletedItems"
) -> list[PeerError | None]:
    """Deletes items, or occurrences, by the elements that name them, in one call; None for what is gone, by us or
    before. ``kind`` is the DeleteType. Raises PeerError."""
    if not ids:
        return []
    attributes = f'DeleteType="{kind}" SendMeetingCancellations="SendToNone"'
    body = f"<m:ItemIds>{''.join(ids)}</m:ItemIds>"
    messages = await access.ask("DeleteItem", body, len(ids), as_of=as_of, attributes=attributes)
    return [None if error is not None and error.detail in GONE else error for error in all_judged(messages)]


def in_parts(those: Sequence[T], most: int = MOST) -> Iterator[Sequence[T]]:
    """As many as go into one call, in order."""
    return (those[start : start + most] for start in range(0, len(those), most))


def item_id(key: str, version: str = "") -> str:
    """An item by its key, as an element."""
    changed = f' ChangeKey="{quoted(version)}"' if version else ""
    return f'<t:ItemId Id="{quoted(key)}"{changed}/>'


async def elements(
    access: MailboxAccess, keys: Sequence[str], shape: str, *, as_of: datetime, most: int = MOST
) -> dict[str, etree._Element | Unreadable | None]:
    """The items of any kind under ``keys`` with what ``shape`` (an m:ItemShape) asks for, ``most`` in one call; None
    for what is not there. One that cannot be told, or whose text no XML has, is Unreadable, and spoils no other. Raises
    PeerError."""
    found: dict[str, etree._Element | Unreadable | None] = {}
    wanted = list(dict.fromkeys(keys))
    for some_of_them in in_parts(wanted, most):
        found |= await _part(access, some_of_them, shape, as_of)
    return found


async def _part(
    access: MailboxAccess, keys: Sequence[str], shape: str, as_of: datetime
) -> dict[str, etree._Element | Unreadable | None]:
    """One call; where its answer cannot be read, the items are asked for in smaller parts, so that the one that does
    it is left alone."""
    try:
        return await _asked(access, keys, shape, as_of)
    except PeerError as error:
        if error.reason not in _TOO_MUCH:
            raise
    if len(keys) > 1:
        middle = len(keys) // 2
        return await _part(access, keys[:middle], shape, as_of) | await _part(access, keys[middle:], shape, as_of)
    [key] = keys
    told = (await _asked(access, keys, _BARE, as_of))[key]  # raises where it is not the item that cannot be read
    words = "it holds more than can be taken, or characters that no XML has"
    return {key: Unreadable(key, words) if isinstance(told, etree._Element) else told}


async def _asked(
    access: MailboxAccess, keys: Sequence[str], shape: str, as_of: datetime
) -> dict[str, etree._Element | Unreadable | None]:
    body = f"{shape}<m:ItemIds>{''.join(item_id(key) for key in keys)}</m:ItemIds>"
    messages = await access.ask("GetItem", body, len(keys), as_of=as_of)
    found: dict[str, etree._Element | Unreadable | None] = {}
    for key, message, error in zip(keys, messages, all_judged(messages), strict=True):
        if error is None:
            found[key] = item_in(message)
        elif error.detail in GONE:
            found[key] = None
        elif error.detail in _SPOILT:
            found[key] = Unreadable(key, f"Exchange cannot tell it ({error.detail})")
        else:
            raise error
    return found
