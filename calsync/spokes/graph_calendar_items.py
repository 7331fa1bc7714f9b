"""Events of Microsoft 365 as items of a hub, and what its refusals mean for a write."""

from dataclasses import replace
from typing import Final

from calsync.event_fields import field_of
from calsync.items import Item, Unread
from calsync.spoke import Act, Failed
from protocols.errors import PeerError
from protocols.graph.batch import Answer
from protocols.graph.calendar_event import Told, Unreadable
from protocols.graph.contacts import missing
from protocols.model.freebusy import Reason

INVITED: Final = "others are invited"
GONE: Final = Failed(
    reason=Reason.PEER_FAILED, words="the event is not there any more: it is looked at again", stale=True, gone=True
)
STALE: Final = Failed(
    reason=Reason.PEER_FAILED, words="somebody else changed the event meanwhile: it is looked at again", stale=True
)
GUARDED: Final = Failed(
    reason=Reason.FORBIDDEN, words="others take part in it: nothing is written, so that nobody is mailed", guarded=True
)
CUT: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="the event holds what cannot be told whole (a text that is too long, or an online meeting in it): it is left"
    " as it is",
    refused=True,
)
NO_EVENT: Final = Failed(
    reason=Reason.FORBIDDEN, words="only events are written here: check the kind of the hub", refused=True
)
_DOING: Final = {Act.CREATE: "making the event", Act.UPDATE: "writing the event", Act.DELETE: "deleting the event"}
_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the application's secret or certificate",
    Reason.NO_ACCESS: "not allowed: the application needs Calendars.ReadWrite, a scope that has this mailbox in it, and"
    " a calendar that may be changed",
    Reason.THROTTLED: "Outlook asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox or calendar any more: check the spoke's settings",
}
_SURE: Final = frozenset(_REMEDIES)
_NEVER: Final = frozenset({400, 413, 422})
"""What Graph does not take now it will not take the next time either."""


def item_of(told: Told, mark: str = "") -> Item:
    """What stands there; ``mark`` is our stamp where the answer did not tell it."""
    uid = told.uid
    return Item(
        key=told.key,
        version=told.version,
        content=told.event,
        uid=uid,
        mark=told.stamp or mark,
        guarded=INVITED if told.others else "",
        cut=told.cut | set(map(field_of, told.cut_at)),
        frail=frozenset(field_of(original) for original, each in told.instances.items() if each.frail),
        changed_at=told.changed_at,
        maker=uid.rpartition("@")[2] if "@" in uid else "",
    )


def unread_of(told: Unreadable) -> Unread:
    """What stands there and cannot be read."""
    return Unread(told.key, told.words)


def stamped(told: Told, stamp: str) -> Told:
    """With the stamp that another answer told."""
    return replace(told, stamp=stamp)


def refusal(act: Act, answer: Answer, *, doubt: bool = False) -> Failed:
    """Why a write was not done. ``doubt``: something of it may stand there, whatever the answer."""
    error = answer.failure or PeerError(Reason.GARBLED, "an answer that says neither yes nor no")
    if act is not Act.CREATE and answer.status == 404:
        return GONE
    if act is not Act.CREATE and answer.status == 412:
        return STALE
    told = unsure(act, error, doubt=doubt or answer.doubt or answer.status == 409)
    return replace(told, refused=True, doubt=False) if answer.status in _NEVER and not doubt else told


def unsure(act: Act, error: PeerError, *, doubt: bool = False) -> Failed:
    """What ``error`` means for a write."""
    known = missing(error)
    remedy = _REMEDIES.get(known.reason, "it is tried again; where it stays so, look at the calendar by hand")
    return Failed(
        reason=known.reason,
        words=f"{_DOING[act]}: {remedy} ({known})",
        retry_after=known.retry_after,
        doubt=doubt and known.reason not in _SURE,
    )
