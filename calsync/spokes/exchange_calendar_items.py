"""Appointments of an Exchange server as items of a hub, and what its refusals mean for a write."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from calsync.event_fields import field_of
from calsync.items import Item, Unread
from calsync.spoke import Act, Failed
from protocols.errors import PeerError
from protocols.ews.calendar_items import GONE as NOT_THERE
from protocols.ews.calendar_items import STALE as OTHERS_WERE_FASTER
from protocols.ews.calendar_items import Told
from protocols.ews.calendar_reading import Appointment
from protocols.model.freebusy import Reason

INVITED: Final = "others are invited"
GONE: Final = Failed(
    reason=Reason.PEER_FAILED, words="the item is not there any more: it is looked at again", stale=True, gone=True
)
STALE: Final = Failed(
    reason=Reason.PEER_FAILED, words="somebody else changed the item meanwhile: it is looked at again", stale=True
)
GUARDED: Final = Failed(
    reason=Reason.FORBIDDEN, words="others take part in it: nothing is written, so that nobody is mailed", guarded=True
)
CUT: Final = Failed(
    reason=Reason.FORBIDDEN, words="a text of it is longer than it was told: it is left as it is", refused=True
)
NO_EVENT: Final = Failed(
    reason=Reason.FORBIDDEN, words="only appointments are written here: check the kind of the hub", refused=True
)
UNREADABLE: Final = Failed(
    reason=Reason.PEER_FAILED, words="what stands there cannot be read, and is left as it is", refused=True
)
_READING: Final = {
    "ErrorImpersonateUserDenied": "the account may not act for this mailbox: give it the role ApplicationImpersonation"
    " with a scope that has the mailbox in it",
    "ErrorAccessDenied": "the account may not look into this folder: let its owner make it a reviewer of the folder, or"
    " an editor to write to it",
    "ErrorNonExistentMailbox": "there is no such mailbox on this server",
    "ErrorPublicFolderServerNotFound": "the request was led to a server that does not hold the public folder: name its"
    " hierarchy_mailbox and content_mailbox, or the Autodiscover that knows them",
    "ErrorPublicFolderRequestProcessingFailed": "the server could not lead the request to the public folder: name its"
    " hierarchy_mailbox and content_mailbox, or the Autodiscover that knows them",
}
HALF: Final = timedelta(hours=1)
"""How long a series that is half written is left to whoever writes it; then it is what it is."""
_DOING: Final = {Act.CREATE: "making the item", Act.UPDATE: "writing the item", Act.DELETE: "deleting the item"}
_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "refused: check the account's password, and its role ApplicationImpersonation with its scope",
    Reason.NO_ACCESS: "not allowed: the account needs the right to make, change and delete items in this folder",
    Reason.THROTTLED: "Exchange asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox or folder any more: check the spoke's settings",
}
_SURE: Final = frozenset(_REMEDIES)
_NEVER: Final = frozenset(
    {
        "ErrorOccurrenceCrossingBoundary",
        "ErrorOccurrenceTimeSpanTooBig",
        "ErrorCalendarInvalidRecurrence",
        "ErrorCalendarInvalidTimeZone",
        "ErrorCalendarDurationIsTooLong",
        "ErrorCalendarEndDateIsEarlierThanStartDate",
        "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
        "ErrorRecurrenceHasNoOccurrence",
        "ErrorRecurrenceEndDateTooBig",
        "ErrorInvalidPropertySet",
        "ErrorInvalidPropertyForOperation",
        "ErrorMessageSizeExceeded",
        "ErrorDataSizeLimitExceeded",
        "fault ErrorSchemaValidation",
    }
)
"""What Exchange does not take now it will not take the next time either."""
_UNSURE_ALONE: Final = frozenset({Reason.GARBLED, Reason.TIMEOUT, Reason.INCOMPLETE})


def shown(told: Told, now: datetime) -> Item | Unread | None:
    """What stands there; of a series that somebody writes just now only that it is there."""
    if told is None:
        return None
    if not isinstance(told, Appointment):
        return Unread(told.key, told.words)
    if told.half and (told.changed_at is None or now - told.changed_at < HALF):
        return Unread(told.key, "its occurrences are being written: the next run reads it, or goes on with it")
    return item_of(told)


def item_of(told: Appointment) -> Item:
    """An item as the hub sees it."""
    return Item(
        key=told.key,
        version=told.version,
        content=told.event,
        uid=told.uid,
        mark=told.stamp,
        guarded=INVITED if told.others else "",
        cut=told.cut | set(map(field_of, told.cut_at)),
        frail=frozenset(map(field_of, told.frail)),
        changed_at=told.changed_at,
        maker=told.uid.rpartition("@")[2] if "@" in told.uid else "",
    )


def split(found: Iterable[Item | Unread | None]) -> tuple[list[Item], list[Unread]]:
    """What can be read, and what cannot; what is gone is neither."""
    every = list(found)
    return [each for each in every if isinstance(each, Item)], [each for each in every if isinstance(each, Unread)]


def all_shown(found: Mapping[str, Told], now: datetime) -> dict[str, Item | Unread | None]:
    """Each under its key."""
    return {key: shown(told, now) for key, told in found.items()}


def in_words(error: PeerError) -> PeerError:
    """The same with what to do, where a folder cannot be looked into."""
    words = next((words for code, words in _READING.items() if error.detail.endswith(code)), None)
    if words is None:
        return error
    return PeerError(error.reason, f"{words} ({error.detail})", retry_after=error.retry_after)


def unsure(act: Act, error: PeerError, *, doubt: bool = False) -> Failed:
    """What the failure of a whole call means for a write; ``doubt``: it may have been done all the same."""
    remedy = _REMEDIES.get(error.reason, "it is tried again; where it stays so, look at the folder by hand")
    refused = error.detail in _NEVER
    return Failed(
        reason=error.reason,
        words=f"{_DOING[act]}: {remedy} ({error})",
        retry_after=error.retry_after,
        doubt=doubt and not refused and error.reason not in _SURE,
        refused=refused,
    )


def refusal(act: Act, error: PeerError) -> Failed:
    """What Exchange says of one item of a batch."""
    if error.detail in OTHERS_WERE_FASTER:
        return STALE
    if error.detail in NOT_THERE and act is not Act.CREATE:
        return GONE
    return unsure(act, error, doubt=error.reason in _UNSURE_ALONE or error.detail.startswith("ErrorInternalServer"))
