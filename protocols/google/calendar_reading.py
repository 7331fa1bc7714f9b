"""Reads the events of one Google calendar as they stand: by a listing, by what changed since, or one by one."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.google.calendar_event import Frame, frame
from protocols.google.errors import problem
from protocols.google.freebusy import api
from protocols.google.listing import readable
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

API_URL: Final = "https://www.googleapis.com"
SCOPE: Final = "https://www.googleapis.com/auth/calendar.events.readonly"
"""What reading takes, and being told of changes (calendar/v3: events.list, get, instances, watch)."""
PAGE_SIZE: Final = 500  # events; 2,500 with long descriptions would be more than an answer may have bytes
MAX_PAGES: Final = 2_000
_PERSON: Final = "email,displayName,self"
EVENT: Final = (
    "id,status,etag,updated,iCalUID,summary,description,location,start,end,originalStartTime,recurringEventId,"
    f"recurrence,transparency,visibility,eventType,workingLocationProperties(type),locked,organizer({_PERSON}),"
    f"attendees({_PERSON},responseStatus),attendeesOmitted,reminders,extendedProperties(private)"
)
"""What is asked for of an event, wherever it comes from: so that it is the same from everywhere."""
_LISTING: Final = f"kind,nextPageToken,nextSyncToken,timeZone,accessRole,defaultReminders,items({EVENT})"
_KIND: Final = "calendar#events"
_GONE: Final = frozenset({404, 410})
_NO_CALENDAR: Final = (
    "no calendar {} is there for this account: copy its id from its settings (Integrate calendar), and share it with it"
)

Json: TypeAlias = dict[str, Any]


class TokenExpiredError(PeerError):
    """The sync token is not good any more: the calendar is to be read whole."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar (calendarId), how it is reached, and the time by which Retry-After is read."""

    send: Send = field(repr=False)
    key: str
    as_of: datetime
    api_url: str = API_URL

    def url(self, path: str = "", query: Mapping[str, str] | None = None) -> str:
        """The address of its events, or of what lies below them."""
        below = "".join(f"/{quote(part, safe='')}" for part in path.split("/") if part)
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        return f"{api(self.api_url)}/calendars/{quote(self.key, safe='@')}/events{below}{asked}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its events, what the calendar says of itself, and on the last page the token for what comes later."""

    events: tuple[Json, ...]
    frame: Frame
    sync_token: str = field(default="", repr=False)


async def listed(
    calendar: Calendar, *, sync_token: str = "", uid: str = "", size: int = PAGE_SIZE
) -> AsyncIterator[Listed]:
    """All that is there, series as such and their exceptions as events of their own, cancelled ones included; since
    ``sync_token`` what changed, and what was deleted with the status ``cancelled``; of ``uid`` alone what bears that
    iCalUID, deleted ones included (that cancelled occurrences bear it too is unconfirmed).

    Raises PeerError: the first page's own, NO_ACCESS where the calendar shows no more than when somebody is busy,
    INCOMPLETE for a later page that did not come, TokenExpiredError.
    """
    query = {"singleEvents": "false", "maxResults": str(size), "fields": _LISTING}
    query |= {"iCalUID": uid, "showDeleted": "true"} if uid else {}
    query |= {"syncToken": sync_token} if sync_token else {}
    seen: set[str] = set()
    token = ""
    for number in range(MAX_PAGES):
        page = await _page(calendar, query | ({"pageToken": token} if token else {}), first=number == 0)
        events, token = page.get("items", []), page.get("nextPageToken") or ""
        strange = not isinstance(events, list) or not all(isinstance(each, dict) and each.get("id") for each in events)
        if strange or not isinstance(token, str) or token in seen:
            raise PeerError(Reason.GARBLED, "a page without its events, or with a strange token")
        seen.add(token)
        last = page.get("nextSyncToken") if not token else ""
        yield Listed(tuple(events), _frame(page), last if isinstance(last, str) else "")
        if not token:
            return
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {MAX_PAGES} pages of events")


async def look(calendar: Calendar) -> Frame:
    """What the calendar says of itself. Raises PeerError, NO_SUCH_MAILBOX where it is not there any more."""
    async for page in listed(calendar, size=1):
        return page.frame
    raise PeerError(Reason.INCOMPLETE, "a listing without a page")


async def event(calendar: Calendar, key: str) -> Json | None:
    """One event, an instance of a series included; None where there is none (or no such calendar: Google says the same
    of both). A deleted one has the status ``cancelled``. Raises PeerError."""
    response = await calendar.send(_get(calendar.url(key, {"fields": EVENT})))
    if response.status in _GONE and problem_reason(response, calendar) is Reason.NO_SUCH_MAILBOX:
        return None
    return _object(response, calendar)


async def instance(calendar: Calendar, key: str, start: str) -> Json | None:
    """The occurrence of the series ``key`` that would begin at ``start`` (RFC 3339, or a day) if nobody had moved it;
    None where it has none. Raises PeerError."""
    query = {"originalStart": start, "showDeleted": "true", "maxResults": "5", "fields": f"items({EVENT})"}
    response = await calendar.send(_get(calendar.url(f"{key}/instances", query)))
    if response.status in _GONE and problem_reason(response, calendar) is Reason.NO_SUCH_MAILBOX:
        return None
    found = _object(response, calendar).get("items", [])
    return next((each for each in found if isinstance(each, dict) and each.get("id")), None)


def problem_reason(response: HttpResponse, calendar: Calendar) -> Reason | None:
    """What an answer's error means; 410 of a single event is as 404."""
    failure = problem(response, calendar.as_of)
    if failure is None:
        return None
    return Reason.NO_SUCH_MAILBOX if response.status == 410 and b'"error"' in response.body else failure.reason


def _get(url: str) -> HttpRequest:
    return HttpRequest("GET", url, Headers({"Accept": "application/json"}))


async def _page(calendar: Calendar, query: Mapping[str, str], *, first: bool) -> Json:
    response = await calendar.send(_get(calendar.url(query=query)))
    failure = problem(response, calendar.as_of)
    if failure is not None:
        # 400: a token that Google cannot read (unconfirmed); what else is wrong shows when the calendar is read whole
        if response.status in (400, 410) and "syncToken" in query and failure.reason is not Reason.GARBLED:
            raise TokenExpiredError(Reason.PEER_FAILED, "the sync token is not good any more")
        if first and failure.reason is Reason.NO_SUCH_MAILBOX:
            raise PeerError(failure.reason, _NO_CALENDAR.format(calendar.key))
        if first:
            raise failure
        raise PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)
    page = _object(response, calendar)
    if page.get("kind") != _KIND:
        raise PeerError(Reason.GARBLED, "an answer that is no listing of events")
    return page


def _frame(page: Json) -> Frame:
    told = frame(page)
    if told.role == "freeBusyReader":
        raise PeerError(
            Reason.NO_ACCESS,
            "the calendar shows only when somebody is busy: share it with the account, with all details of events",
        )
    return told


def _object(response: HttpResponse, calendar: Calendar) -> Json:
    failure = problem(response, calendar.as_of)
    if failure is not None:
        raise failure
    told = readable(response.body)
    if "error" in told:
        raise PeerError(Reason.GARBLED, f"HTTP {response.status}, and an error in it")
    return told
