"""Reads what changed in a folder of an Exchange mailbox: whose changes they are is not told, only what to look at."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, first, text_of
from protocols.ews.contact_fields import identity
from protocols.ews.mailbox_access import MailboxAccess, judged
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason

MOST: Final = 512
"""Changes in one call (SyncFolderItems: MaxChangesReturned)."""
_MOST_CALLS: Final = 10_000
_EXPIRED: Final = frozenset({"ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound"})
_KEPT: Final = frozenset({"Create", "Update", "ReadFlagChange"})


class ExpiredStateError(Exception):
    """The server does not know the state (any more): begin with "", which tells everything."""


@dataclass(frozen=True, slots=True)
class Told:
    """One item that is there: its ItemId, its ChangeKey, and the element that it is told as ("Contact",
    "CalendarItem", "DistributionList")."""

    key: str
    version: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one call told. ``there`` are items new or changed, ``gone`` the ItemIds of those that are not in the folder
    any more; ``state`` is where the next call goes on; ``last``: nothing more has changed."""

    there: tuple[Told, ...] = ()
    gone: tuple[str, ...] = ()
    state: str = field(default="", repr=False)
    last: bool = True


async def changes(access: MailboxAccess, folder: str, state: str, *, as_of: datetime) -> AsyncIterator[Round]:
    """What changed in ``folder`` (its id as an element) since ``state``, call by call; "" tells everything.

    Not for public folders, which have no such states (EWS, public folder access). Raises ExpiredStateError, and
    PeerError: INCOMPLETE where a later call is refused or says nothing new, GARBLED for half an answer.
    """
    for number in range(_MOST_CALLS):
        before = state
        body = (
            "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
            f"<m:SyncFolderId>{folder}</m:SyncFolderId>"
            f"{f'<m:SyncState>{escaped(state)}</m:SyncState>' if state else ''}"
            f"<m:MaxChangesReturned>{MOST}</m:MaxChangesReturned>"
        )
        [message] = await access.ask("SyncFolderItems", body, 1, as_of=as_of)
        if (error := judged(message)) is not None:
            if state and number == 0 and error.detail in _EXPIRED:
                raise ExpiredStateError
            raise error
        told = _round(message)
        if not told.last and (told.state == before or not (told.there or told.gone)):
            raise PeerError(Reason.INCOMPLETE, "the changes of the folder do not go on")
        state = told.state
        yield told
        if told.last:
            return
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_CALLS * MOST} changes in one folder")


def _round(message: etree._Element) -> Round:
    parts = children(message)
    state, last = text_of(parts.get("SyncState")), text_of(parts.get("IncludesLastItemInRange"))
    if not state or last not in ("true", "false", "1", "0"):
        raise PeerError(Reason.GARBLED, "changes of a folder without their state, or without an end")
    there: dict[str, Told] = {}
    gone: dict[str, None] = {}
    for change in parts.get("Changes", ()):
        word = _name(change)
        if word == "Delete":
            key, _ = identity(change)
            gone[key] = None
            there.pop(key, None)
        elif word in _KEPT:
            one = _told(change, word)
            there[one.key] = one
            gone.pop(one.key, None)
    return Round(there=tuple(there.values()), gone=tuple(gone), state=state, last=last in ("true", "1"))


def _told(change: etree._Element, word: str) -> Told:
    """A new or changed item is inside; of one that was read only its id is told."""
    item = change if word == "ReadFlagChange" or first(change, "ItemId") is not None else next(iter(change), None)
    if item is None:
        raise PeerError(Reason.GARBLED, "a change without its item")
    return Told(*identity(item), "" if item is change else _name(item))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
