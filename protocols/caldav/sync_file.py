"""Fetches a file that somebody publishes, whole and only where it has changed (RFC 9110 8.8, 13.1)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse, Send, retry_after
from protocols.model.freebusy import Reason

MOST_BYTES: Final = 32 * 1024 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HOPS: Final = 4
_ASKING: Final = frozenset({"If-None-Match", "If-Modified-Since"})
_OLD_ENOUGH: Final = timedelta(seconds=60)
_STATUSES: Final = {
    401: Reason.UNAUTHORIZED,
    403: Reason.NO_ACCESS,
    404: Reason.NO_CALENDAR,
    410: Reason.NO_CALENDAR,
    408: Reason.TIMEOUT,
    429: Reason.THROTTLED,
    503: Reason.THROTTLED,
    504: Reason.TIMEOUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was last seen. ``state`` is what the server calls this state of it, "" where it says nothing that
    can be relied on: a header to ask with, a colon, and its value."""

    data: bytes = field(repr=False)
    state: str = ""


async def fetch(send: Send, url: str, *, state: str = "", as_of: datetime) -> File | None:
    """The file at ``url``; None where it is still in the ``state`` that was seen before.

    Raises PeerError: NO_CALENDAR where nothing is there, INCOMPLETE where it is larger than 32 MB, and what a server
    may fail with. A redirect is followed within its origin.
    """
    headers = Headers({"Accept": "text/calendar, text/*;q=0.5"})
    name, _, value = state.partition(":")
    if name in _ASKING and value:
        headers = headers.set(name, value)
    response = await _followed(send, url, headers)
    if response.status == 304 and state:
        return None
    if response.status != 200:
        reason = _STATUSES.get(response.status, Reason.PEER_FAILED)
        words = f"the file: HTTP {response.status}"
        raise PeerError(reason, words, retry_after=retry_after(response.headers, as_of))
    if len(response.body) > MOST_BYTES:
        raise PeerError(Reason.INCOMPLETE, f"the file is larger than {MOST_BYTES // 1024 // 1024} MB")
    return File(data=response.body, state=_state(response.headers))


def _state(told: Headers) -> str:
    """Last-Modified counts whole seconds: within the same one a file may change once more (RFC 9110 8.8.2.2)."""
    if etag := told.get("ETag", "").strip():
        return f"If-None-Match:{etag}"
    text = told.get("Last-Modified", "").strip()
    try:
        age = parsedate_to_datetime(told.get("Date", "")) - parsedate_to_datetime(text)
    except (ValueError, TypeError):  # none, no dates, or one of them without its zone
        return ""
    return f"If-Modified-Since:{text}" if age >= _OLD_ENOUGH else ""


async def _followed(send: Send, url: str, headers: Headers) -> HttpResponse:
    place = url
    for _ in range(_HOPS):
        response = await send(HttpRequest("GET", place, headers))
        if response.status not in _REDIRECTS:
            return response
        onward = urljoin(place, response.headers.get("Location", ""))
        if urlsplit(onward)[:2] != urlsplit(place)[:2]:
            words = "a redirect to another server is not followed: write the address it leads to"
            raise PeerError(Reason.GARBLED, words)
        place = onward.partition("#")[0]
    raise PeerError(Reason.GARBLED, "the redirects do not end")
