"""Writes to the events of one Google calendar, each request so that Google mails nobody."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import orjson

from protocols.errors import PeerError
from protocols.google.calendar_reading import EVENT, Calendar, Json, problem_reason
from protocols.google.errors import problem
from protocols.google.listing import readable
from protocols.google.writing import STALE, Refusal, refused
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason

SCOPE: Final = "https://www.googleapis.com/auth/calendar.events"
"""What writing takes; it holds all that reading does."""
SILENT: Final = {"sendUpdates": "none"}
"""Nobody is told: with every method that would."""
DUPLICATE: Final = Refusal(Reason.PEER_FAILED, "something with this iCalUID is there already")
GONE: Final = Refusal(Reason.NO_SUCH_MAILBOX, "it is not there any more: it is looked at again", stale=True)
_READ_ONLY: Final = (
    'the calendar may not be written to: share it with the account, with the right "Make changes to events", and see'
    " that its scopes hold calendar.events"
)
_ORGANISED: Final = Refusal(Reason.FORBIDDEN, "Google lets nobody but its organiser change this event")
_OF_THE_EVENT: Final = (b"forbiddenForNonOrganizer", b"eventTypeRestriction")
_INVITES: Final = frozenset({"attendees", "organizer", "attendeesOmitted", "guestsCanInviteOthers"})

Result: TypeAlias = Json | Refusal


async def create(calendar: Calendar, body: Mapping[str, Any]) -> Result:
    """A private copy by events.import, which has no way to mail anybody; DUPLICATE where its iCalUID is taken."""
    return await _written(calendar, "POST", "import", body)


async def change(calendar: Calendar, key: str, body: Mapping[str, Any], etag: str) -> Result:
    """What ``body`` says and nothing else, where the event still has this ``etag`` ("" for whichever it has)."""
    return await _written(calendar, "PATCH", key, body, etag=etag)


async def delete(calendar: Calendar, key: str, etag: str) -> Refusal | None:
    """None where it is gone now, whoever removed it."""
    result = await _written(calendar, "DELETE", key, None, etag=etag)
    return result if isinstance(result, Refusal) and result is not GONE else None


async def _written(
    calendar: Calendar, method: str, path: str, body: Mapping[str, Any] | None, *, etag: str = ""
) -> Result:
    if body is not None and _INVITES & body.keys():
        raise ValueError("an event is never written with people in it")
    silent = {} if path == "import" else SILENT
    url = calendar.url(path, silent | ({} if body is None else {"fields": EVENT}))
    fields = {"Accept": "application/json"} | ({"If-Match": etag} if etag else {})
    fields |= {} if body is None else {"Content-Type": "application/json"}
    request = HttpRequest(method, url, Headers(fields), b"" if body is None else orjson.dumps(body))
    try:
        response = await calendar.send(request)
        failure = problem(response, calendar.as_of)
        if failure is not None:
            return _refusal(response, failure, calendar)
        return _told(response, needed=body is not None)
    except PeerError as error:
        return refused(error, doubt=True)


def _told(response: HttpResponse, *, needed: bool) -> Json:
    if not needed:
        return {}
    told = readable(response.body)
    if "error" in told or not told.get("id"):
        raise PeerError(Reason.GARBLED, f"HTTP {response.status}, and no event in it")
    return told


def _refusal(response: HttpResponse, failure: PeerError, calendar: Calendar) -> Refusal:
    reason = problem_reason(response, calendar)
    if reason is Reason.GARBLED:  # by something that stands between us and Google: who knows what it let pass
        return refused(failure, doubt=True, status=response.status)
    if response.status == 412:
        return STALE
    if response.status == 409:
        return DUPLICATE
    if reason is Reason.NO_SUCH_MAILBOX:
        return GONE
    if reason is Reason.NO_ACCESS:
        organised = any(word in response.body for word in _OF_THE_EVENT)
        return _ORGANISED if organised else Refusal(Reason.NO_ACCESS, _READ_ONLY)
    return refused(failure, doubt=response.status >= 500, status=response.status)
