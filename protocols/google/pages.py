"""Fetches every page of one calendar's events: all of them or an error, never a part that looks whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.google.freebusy import api
from protocols.google.times import rfc3339
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

PAGE_SIZE = 2500  # the most that events.list gives
MAX_PAGES = 4

_STATUS_FIELDS = (
    "status,transparency,eventType,workingLocationProperties(type),start,end,attendees(self,responseStatus)"
)
_DETAIL_FIELDS = ",summary,location,visibility,recurringEventId,originalStartTime,attendeesOmitted,reminders"
_LIST_FIELDS = "nextPageToken,timeZone,accessRole"
_STANDING = frozenset({Reason.THROTTLED, Reason.UNAUTHORIZED})  # said of us, whichever calendar is asked for


@dataclass(frozen=True, slots=True)
class Listing:
    """All events of a calendar that overlap a window, with what the list says of the calendar itself."""

    items: tuple[Any, ...]
    zone: str | None
    may_read: bool
    default_reminders: bool


async def fetch(
    send: Send, mailbox: Mailbox, window: TimeWindow, *, details: bool, api_url: str, as_of: datetime
) -> Listing | PeerError:
    """Every page, or the error that stands for the calendar: INCOMPLETE where a later page did not come.

    More than :data:`MAX_PAGES` pages are TOO_MANY_ENTRIES. What concerns the peer and not this calendar is raised as
    PeerError: what ``send`` raises, THROTTLED, UNAUTHORIZED, and a first page with a status of 5xx.
    """
    items: list[Any] = []
    token: str | None = None
    page: dict[str, Any] = {}
    for number in range(MAX_PAGES):
        request = encode(mailbox, window, details=details, api_url=api_url, token=token)
        read = await _page(send, request, as_of, first=number == 0)
        if isinstance(read, PeerError):
            return read if number == 0 else _lost_page(read)
        page = read
        items.extend(page["items"])
        token = page.get("nextPageToken")
        if token is None:
            zone = page.get("timeZone")
            return Listing(
                tuple(items),
                zone if isinstance(zone, str) else None,
                page.get("accessRole") != "freeBusyReader",
                bool(page.get("defaultReminders")),
            )
    return PeerError(Reason.TOO_MANY_ENTRIES, f"more than {MAX_PAGES * PAGE_SIZE} events")


def encode(mailbox: Mailbox, window: TimeWindow, *, details: bool, api_url: str, token: str | None) -> HttpRequest:
    """One page's request. Without ``details`` neither subjects nor places leave Google."""
    event_fields = _STATUS_FIELDS + (_DETAIL_FIELDS if details else "")
    query = {
        "singleEvents": "true",
        "timeMin": rfc3339(window.start),
        "timeMax": rfc3339(window.end),
        "maxResults": str(PAGE_SIZE),
        "maxAttendees": "1",  # the calendar's own entry is what matters
        "fields": f"{_LIST_FIELDS}{',defaultReminders' if details else ''},items({event_fields})",
    }
    if token is not None:
        query["pageToken"] = token
    url = f"{api(api_url)}/calendars/{quote(mailbox.address, safe='@')}/events?{urlencode(query)}"
    return HttpRequest("GET", url, Headers({"Accept": "application/json"}))


async def _page(send: Send, request: HttpRequest, as_of: datetime, *, first: bool) -> dict[str, Any] | PeerError:
    response = await send(request)
    failure = problem(response, as_of)
    if failure is not None:
        if failure.reason in _STANDING or (first and response.status >= 500):
            raise failure
        return failure
    page = json_object(response.body)
    token = page.get("nextPageToken")
    if not isinstance(page.get("items"), list) or not (token is None or (isinstance(token, str) and token)):
        return PeerError(Reason.GARBLED, "a page without its items, or with a strange token")
    return page


def _lost_page(failure: PeerError) -> PeerError:
    return PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)
