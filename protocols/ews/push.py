"""Asks an Exchange server to tell of changes in a folder by calling a URL, and reads what it says there.

Sources: EWS reference, Subscribe operation, PushSubscriptionRequest, StatusFrequency, SubscriptionStatus; [MS-OXWSNTIF]
2.2.4.8, 3.1.4.4; ResponseCode. A push subscription cannot be ended by Unsubscribe (ErrorInvalidSubscription): it ends
with the answer to one of its calls, when nobody has answered for about StatusFrequency, or with the server's process.
One request is for one public folder ("Handling notification-related errors in EWS"), or for folders of a mailbox whose
owner asks (ErrorSubscriptionDelegateAccessNotSupported). Unconfirmed, for lack of a capture: that the first call, a
StatusEvent, follows at once; how soon a change in a public folder is told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, first, named, text_of
from protocols.ews.mailbox_access import MailboxAccess, judged
from protocols.ews.names import SOAP, M
from protocols.ews.operation import code_of
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, local_name, parse

EVENTS: Final = ("CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent")
"""What is told of a folder: whatever can become of its items."""
FREQUENCY: Final = timedelta(minutes=30)
"""StatusFrequency, its default: so often it calls where nothing changes, and so long it tries again (after 30 s, then
after twice as long each time) where nobody answers."""
_MOST: Final = 50_000
"""Elements of a call: some thousand events."""
_HEAD: Final = frozenset({"SubscriptionId", "PreviousWatermark", "MoreEvents"})
_STATUS: Final = "StatusEvent"
_REMOVALS: Final = frozenset({"DeletedEvent", "MovedEvent"})


class Sort(Enum):
    """What a notification says; of what changed only that something did is used."""

    CHANGED = "changed"
    REMOVED = "removed"
    """Something changed, and something may be gone: an item was deleted, or moved out or in."""
    STATUS = "status"
    """The subscription lives, and nothing changed."""
    ENDED = "ended"
    """The server failed to tell, or knows the subscription no more: it takes a new one."""


async def subscribe(access: MailboxAccess, folder: str, url: str, *, as_of: datetime) -> str:
    """To be told at ``url`` of changes in ``folder`` (its id as an element); the SubscriptionId.

    The messages hold no secret of ours: whatever proves them has to stand in ``url``, which may be called before this
    returns. Raises PeerError.
    """
    types = "".join(f"<t:EventType>{each}</t:EventType>" for each in EVENTS)
    body = (
        f"<m:PushSubscriptionRequest><t:FolderIds>{folder}</t:FolderIds><t:EventTypes>{types}</t:EventTypes>"
        f"<t:StatusFrequency>{FREQUENCY // timedelta(minutes=1)}</t:StatusFrequency><t:URL>{escaped(url)}</t:URL>"
        "</m:PushSubscriptionRequest>"
    )
    [message] = await access.ask("Subscribe", body, 1, as_of=as_of)
    if (error := judged(message)) is not None:
        raise error
    key = text_of(children(message).get("SubscriptionId"))
    if not key:
        raise PeerError(Reason.GARBLED, "a subscription without its SubscriptionId")
    return key


def read(body: bytes) -> Sequence[Sort]:
    """The notifications of one call (SendNotification), in order, at least one. What is in doubt is a change. Raises
    PeerError(GARBLED) for what is no such call."""
    try:
        root = parse(body, max_nodes=_MOST)
    except XmlRefused as refused:
        raise PeerError(Reason.GARBLED, f"not XML: {refused}") from None
    inside = first(root, "Body") if local_name(root) == "Envelope" else None
    call = first(inside, "SendNotification") if inside is not None else None
    array = first(call, "ResponseMessages") if call is not None else None
    messages = named(array, "SendNotificationResponseMessage") if array is not None else []
    if not messages:
        raise PeerError(Reason.GARBLED, "a call that tells of no changes")
    return [_sort(message) for message in messages]


def result(*, goes_on: bool) -> bytes:
    """The answer to a call: whether the server shall go on, or forget the subscription."""
    status = "OK" if goes_on else "Unsubscribe"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}"><s:Body>'
        f"<m:SendNotificationResult><m:SubscriptionStatus>{status}</m:SubscriptionStatus></m:SendNotificationResult>"
        "</s:Body></s:Envelope>"
    ).encode()


def _sort(message: etree._Element) -> Sort:
    if code_of(message) != "NoError":
        return Sort.ENDED
    notification = first(message, "Notification")
    parts = [local_name(part) for part in notification] if notification is not None else []
    events = {name for name in parts if name not in _HEAD}
    if events & _REMOVALS:
        return Sort.REMOVED
    return Sort.STATUS if events == {_STATUS} else Sort.CHANGED
