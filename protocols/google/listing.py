"""Turns the pages of one of Google's JSON listings: all of them, one after the other, or an error."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

MOST_PAGES: Final = 2_000
DIRECTORY: Final = "admin#directory#"
"""How the answers of the Directory API say what they are; those of the People API say nothing."""


async def pages(
    send: Send, url: str, key: str, query: Mapping[str, str], *, as_of: datetime, kind: str = DIRECTORY
) -> AsyncIterator[list[dict[str, Any]]]:
    """The entries under ``key``, page by page, in Google's order.

    Of none, Google leaves the key out of an answer: that is believed of one whose ``kind`` begins as given ("" for an
    API that has none). Raises PeerError: what ``send`` raises; the first page's own; INCOMPLETE for a later page that
    did not come; GARBLED for half a page, or for the same page token twice.
    """
    token = ""
    seen: set[str] = set()
    for number in range(MOST_PAGES):
        asked = {**query, **({"pageToken": token} if token else {})}
        page = await _page(send, f"{url}?{urlencode(asked, quote_via=quote)}", as_of, first=number == 0)
        yield _entries(page, key, kind)
        token = page.get("nextPageToken") or ""
        if not token:
            return
        if not isinstance(token, str) or token in seen:
            raise PeerError(Reason.GARBLED, "a page with a strange token")
        seen.add(token)
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {MOST_PAGES} pages of {key}")


def readable(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``; broken UTF-8 and half surrogates in its texts become U+FFFD, so that one name that
    is spoilt does not hide everybody else. Raises PeerError(GARBLED) for anything else, half an answer included."""
    try:
        return json_object(body)
    except PeerError as strict:
        try:
            document = json.loads(body.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise strict from None
    whole = _mended(document)
    if not isinstance(whole, dict):
        raise PeerError(Reason.GARBLED, "the answer is no JSON object")
    return whole


def _mended(value: Any) -> Any:
    """``value`` without half surrogates, which no encoding can write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(each) for key, each in value.items()}
    return value


async def _page(send: Send, url: str, as_of: datetime, *, first: bool) -> dict[str, Any]:
    response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
    failure = problem(response, as_of)
    if failure is None:
        return readable(response.body)
    if first:
        raise failure
    raise PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)


def _entries(page: dict[str, Any], key: str, kind: str) -> list[dict[str, Any]]:
    entries = page.get(key, [] if str(page.get("kind", "")).startswith(kind) else None)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PeerError(Reason.GARBLED, f"a page without its {key}")
    return entries
