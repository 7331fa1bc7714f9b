"""Puts and deletes resources of a calendar, and what a server's answer to that means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from protocols.caldav.dav import CALDAV, DAV
from protocols.caldav.multistatus import text_of
from protocols.caldav.places import within
from protocols.caldav.sync_places import key_of, url_of
from protocols.caldav.sync_requests import create, delete, replace
from protocols.errors import PeerError
from protocols.http import HttpResponse, Send, retry_after
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, parse


class End(Enum):
    """How a write ended."""

    DONE = "done"
    STALE = "another version stands there"
    GONE = "nothing stands there"
    ELSEWHERE = "an event of this UID stands there under another name"
    REFUSED = "the server will never take it"
    FAILED = "it failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """``words`` say what to do; ``elsewhere`` is the key of the event of the same UID, "" where it is not told;
    ``etag`` that of what was written, "" where it is not told (RFC 4791 5.3.4: so where it is not stored as sent)."""

    end: End
    reason: Reason = Reason.PEER_FAILED
    words: str = ""
    retry_after: timedelta | None = None
    elsewhere: str = ""
    etag: str = ""


_UID_CONFLICTS: Final = (  # RFC 4791 5.3.2.1; RFC 6638 3.2.4.1, said of all calendars of an account
    f"{CALDAV}no-uid-conflict",
    f"{CALDAV}unique-scheduling-object-resource",
)
_SABRES_WORDS: Final = "{http://sabredav.org/ns}message"
_REFUSALS: Final = {  # RFC 4791 5.3.2.1
    f"{CALDAV}supported-calendar-data": "the server takes no iCalendar 2.0",
    f"{CALDAV}valid-calendar-data": "the server finds the event misshapen",
    f"{CALDAV}valid-calendar-object-resource": "the server finds the event against its rules",
    f"{CALDAV}supported-calendar-component": "this calendar takes no events",
    f"{CALDAV}max-resource-size": "the event is larger than the server takes",
    f"{CALDAV}min-date-time": "the event is earlier than the server takes",
    f"{CALDAV}max-date-time": "the event is later than the server takes",
    f"{CALDAV}max-instances": "the series has more occurrences than the server takes",
}
_FAILURES: Final = {
    401: (Reason.UNAUTHORIZED, "the server does not accept the credentials: check them"),
    403: (Reason.NO_ACCESS, "the calendar may not be written: give the account the right to, or forbid it the hub"),
    404: (Reason.NO_CALENDAR, "the calendar is not there any more"),
    405: (Reason.NO_ACCESS, "the server lets nobody write here"),
    408: (Reason.TIMEOUT, "the server waited too long"),
    409: (Reason.NO_CALENDAR, "the server finds no calendar there"),
    410: (Reason.NO_CALENDAR, "the calendar is not there any more"),
    423: (Reason.THROTTLED, "the event is locked while somebody writes"),  # by our own as well (Xandikos)
    429: (Reason.THROTTLED, "the server asks for patience"),
    503: (Reason.THROTTLED, "the server asks for patience"),
    504: (Reason.TIMEOUT, "the server got no answer in time"),
    507: (Reason.TOO_MANY_ENTRIES, "there is no room left: raise the quota of the account, or make room"),
}
_TOO_MUCH: Final = {400: "finds it misshapen", 413: "finds it too large", 415: "takes no iCalendar", 422: "refuses it"}


async def put_new(send: Send, url: str, key: str, data: bytes, as_of: datetime) -> Answered:
    """A new resource called ``key``; STALE where one stands there. Raises PeerError where no answer came."""
    return _answered(await send(create(url_of(key, url), data)), url, as_of, missing=False)


async def put(send: Send, url: str, key: str, data: bytes, etag: str, as_of: datetime) -> Answered:
    """Another content for the resource ``key`` that stands there as ``etag``. Raises PeerError as above."""
    return _answered(await send(replace(url_of(key, url), data, etag)), url, as_of, missing=True)


async def remove(send: Send, url: str, key: str, etag: str, as_of: datetime) -> Answered:
    """The resource ``key`` goes, where it stands there as ``etag``. Raises PeerError as above."""
    return _answered(await send(delete(url_of(key, url), etag)), url, as_of, missing=True)


def _answered(response: HttpResponse, url: str, as_of: datetime, *, missing: bool) -> Answered:
    status = response.status
    if 200 <= status < 300:
        return Answered(end=End.DONE, etag=response.headers.get("ETag", "").strip())
    conditions = _conditions(response)
    conflict = next((conditions[name] for name in _UID_CONFLICTS if name in conditions), None)
    if conflict is None and _says_that_it_has_the_uid(status, conditions):
        conflict = ""
    if status == 412 and conflict is None:
        return Answered(end=End.STALE, reason=Reason.INCOMPLETE, words="somebody was faster: it is read again")
    if status in (404, 410) and missing:
        return Answered(end=End.GONE, reason=Reason.INCOMPLETE, words="it is not there any more")
    if conflict is not None:
        words = (
            "an event of the same UID stands in this calendar, its trash bin or another one of the account: remove that"
        )
        return Answered(end=End.ELSEWHERE, words=words, elsewhere=_key(conflict, url))
    return _refused(status, conditions) or _failed(response, conditions, as_of)


def _says_that_it_has_the_uid(status: int, conditions: Mapping[str, str]) -> bool:
    """Older Nextcloud and ownCloud say so in words alone, of what lies in their trash bin, too: "Calendar object
    with uid already exists in this calendar collection." (CalDavBackend::createCalendarObject)"""
    return status == 400 and "uid already exists" in conditions.get(_SABRES_WORDS, "")


def _refused(status: int, conditions: Mapping[str, str]) -> Answered | None:
    named = next((words for name, words in _REFUSALS.items() if name in conditions), "")
    if not named and status in _TOO_MUCH:
        named = f"the server {_TOO_MUCH[status]} (HTTP {status})"
    return Answered(end=End.REFUSED, words=named) if named else None


def _failed(response: HttpResponse, conditions: Mapping[str, str], as_of: datetime) -> Answered:
    reason, words = _FAILURES.get(response.status, (Reason.PEER_FAILED, "the server failed"))
    if f"{DAV}quota-not-exceeded" in conditions or f"{DAV}sufficient-disk-space" in conditions:
        reason, words = _FAILURES[507]
    wait = retry_after(response.headers, as_of)
    return Answered(end=End.FAILED, reason=reason, words=f"{words} (HTTP {response.status})", retry_after=wait)


def _conditions(response: HttpResponse) -> dict[str, str]:
    """The conditions inside a DAV:error (RFC 4918 14.5), and what each refers to, or says."""
    if b"error" not in response.body[:4096] or len(response.body) > 65_536:
        return {}
    try:
        root = parse(response.body)
    except XmlRefused:
        return {}
    if root.tag != f"{DAV}error":
        return {}
    return {str(each.tag): text_of(each.find(f"{DAV}href")) or text_of(each) for each in root}


def _key(reference: str, url: str) -> str:
    try:
        return key_of(within(url, reference), url) if reference else ""
    except PeerError:
        return ""
