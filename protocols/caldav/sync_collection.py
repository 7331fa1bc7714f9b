"""What a calendar says of itself: whether it is still there, its zone, and how its changes are told."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from protocols.caldav.dav import CALDAV, DAV, propfind
from protocols.caldav.errors import check
from protocols.caldav.listing import zone_of
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.places import same_place
from protocols.caldav.sync_requests import CTAG, KIND, REPORTS, SYNC_TOKEN
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.freebusy import Reason

_ZONES: Final = (f"{CALDAV}calendar-timezone", f"{CALDAV}calendar-timezone-id")
_PRIVILEGES: Final = f"{DAV}current-user-privilege-set"
_WRITING: Final = (f"{DAV}write", f"{DAV}write-content", f"{DAV}bind", f"{DAV}all")
_NEVER_EXPIRES: Final = re.compile(r"data:,\d+")
"""DAViCal's tokens (1.1, sync-collection and new_sync_token): it forgets them after a week, and then tells all that is
there as if it were what changed, so that nobody learns what was deleted meanwhile; nor does it ever tell what was being
written while it gave the token out."""
_GONE: Final = "the calendar is not there any more: write the address of one that is, or remove the spoke"
_NONE = (
    "what lies at this address is no calendar: where it is the home of some, write the address of one of them, as its "
    "properties tell it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """``tells``: it knows what changed since a token (RFC 6578), and says so when it does not. ``ctag`` is another as
    soon as anything in it is, "" where the server has none. ``writable`` as far as the server tells."""

    zone: tzinfo | None = None
    tells: bool = False
    ctag: str = ""
    writable: bool = True


async def look_at(send: Send, url: str, as_of: datetime) -> Calendar:
    """What the calendar at ``url`` says of itself. Raises PeerError, NO_CALENDAR where there is none (any more)."""
    response = await send(propfind(url, KIND, REPORTS, SYNC_TOKEN, CTAG, _PRIVILEGES, *_ZONES))
    try:
        check(response, as_of, 207, what="a calendar")
        found = decode(response, url)
    except PeerError as error:
        raise gone(error) from None
    own = next((each for each in found if same_place(each.url, url)), found[0] if len(found) == 1 else None)
    if own is None or own.is_absent:
        raise PeerError(Reason.NO_CALENDAR, _GONE)
    kind = own.properties.get(KIND)
    if kind is not None and kind.find(f"{CALDAV}calendar") is None:
        raise PeerError(Reason.NO_CALENDAR, _NONE)
    return Calendar(zone=zone_of(own), tells=_tells(own), ctag=_ctag(own), writable=_writable(own))


def gone(error: PeerError) -> PeerError:
    """The error, in the words of a calendar: one that is not there is no mailbox that is not there."""
    return PeerError(Reason.NO_CALENDAR, _GONE) if error.reason is Reason.NO_SUCH_MAILBOX else error


def _tells(own: Resource) -> bool:
    reports, token = own.properties.get(REPORTS), own.text(SYNC_TOKEN).strip()
    named = reports is not None and reports.find(f".//{DAV}sync-collection") is not None
    return (named or bool(token)) and not _NEVER_EXPIRES.fullmatch(token)


def _ctag(own: Resource) -> str:
    """With DAViCal's token, since its ctag comes of nothing but what was written last, and can come again."""
    ctag, token = own.text(CTAG).strip(), own.text(SYNC_TOKEN).strip()
    return f"{ctag} {token}" if ctag and _NEVER_EXPIRES.fullmatch(token) else ctag


def _writable(own: Resource) -> bool:
    held = own.properties.get(_PRIVILEGES)
    return held is None or any(held.find(f".//{name}") is not None for name in _WRITING)
