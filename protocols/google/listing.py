"""Turns the pages of one of Google's JSON listings: all of them, one after the other, or an error."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.spoilt_json import readable as readable_by

MOST_PAGES: Final = 2_000
DIRECTORY: Final = "admin#directory#"
"""How the answers of the Directory API say what they are; those of the People API say nothing."""
_OF_A_LISTING: Final = frozenset({"nextPageToken", "nextSyncToken", "totalItems", "totalPeople"})
"""All that a page of the People API has beside its entries (people/v1, ListConnectionsResponse)."""


async def pages(
    send: Send, url: str, key: str, query: Mapping[str, str], *, as_of: datetime, kind: str = DIRECTORY
) -> AsyncIterator[list[dict[str, Any]]]:
    """The entries under ``key``, page by page, in Google's order.

    Of none, Google leaves the key out of an answer: that is believed of one whose ``kind`` begins as given; for "", of
    an API that has none, of one that says nothing but what it says of a listing. Raises PeerError: what ``send``
    raises; the first page's own; INCOMPLETE for a later page that did not come, and for fewer entries than the last
    ``totalItems`` tells, where there is one; GARBLED for half a page, for an error that says success, or for the same
    page token twice.
    """
    token = ""
    seen: set[str] = set()
    count = total = 0
    for number in range(MOST_PAGES):
        asked = {**query, **({"pageToken": token} if token else {})}
        page = await _page(send, f"{url}?{urlencode(asked, quote_via=quote)}", as_of, first=number == 0)
        entries, total = _entries(page, key, kind), _total(page, total)
        count += len(entries)
        yield entries
        token = page.get("nextPageToken") or ""
        if not token and count < total:
            raise PeerError(Reason.INCOMPLETE, f"{count} of {total} {key}")
        if not token:
            return
        if not isinstance(token, str) or token in seen:
            raise PeerError(Reason.GARBLED, "a page with a strange token")
        seen.add(token)
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {MOST_PAGES} pages of {key}")


def readable(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``; broken UTF-8 and half surrogates in its texts become U+FFFD, so that one name that
    is spoilt does not hide everybody else. Raises PeerError(GARBLED) for anything else, half an answer included."""
    return readable_by(body, json_object)


async def _page(send: Send, url: str, as_of: datetime, *, first: bool) -> dict[str, Any]:
    response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
    failure = problem(response, as_of)
    if failure is None:
        page = readable(response.body)
        if "error" not in page:
            return page
        failure = PeerError(Reason.GARBLED, f"HTTP {response.status}, and an error in it")
    if first:
        raise failure
    raise PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)


def _entries(page: dict[str, Any], key: str, kind: str) -> list[dict[str, Any]]:
    is_one = str(page.get("kind", "")).startswith(kind) if kind else page.keys() <= _OF_A_LISTING
    entries = page.get(key, [] if is_one else None)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PeerError(Reason.GARBLED, f"a page without its {key}")
    return entries


def _total(page: dict[str, Any], before: int) -> int:
    """How many entries all pages have, as the last one that tells it does: it changes while they are read."""
    total = page.get("totalItems")
    return total if isinstance(total, int) and not isinstance(total, bool) else before
