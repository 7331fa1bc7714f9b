"""Fetches a large collection of Graph page by page, so that it is never in memory as a whole: all pages or an error."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from protocols.errors import PeerError
from protocols.graph.errors import json_object, people_object, problem
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

_MOST_PAGES: Final = 50_000  # of a hundred objects at least, more than any directory has
# 410 is what directories answer; the codes are of services that answer 400 or 404 (Graph, delta query: token duration).
_EXPIRED: Final = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "directory_expiredpagetoken"})


class Expired(Exception):  # noqa: N818 - not an error: the reading begins anew
    """The token is not good any more."""


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of one page; ``token`` is the whole delta link, which the last page of a chain has."""

    values: list[dict[str, Any]]
    token: str = field(default="", repr=False)


async def pages(send: Send, url: str, *, as_of: datetime) -> AsyncIterator[Page]:
    """Every page of the collection at ``url``; an empty page goes on like any other where a next one is named.

    Pages lie on the origin of ``url`` alone. Raises Expired, and PeerError: what ``send`` raises, what the first page
    fails with, INCOMPLETE where a later one does not come, GARBLED for a page that leads back or elsewhere.
    """
    seen = {url}
    page_url = url
    for number in range(_MOST_PAGES):
        response = await send(HttpRequest("GET", page_url, Headers({"Accept": "application/json"})))
        failure = problem(response, as_of)
        if failure is not None:
            if _is_expired(response):
                raise Expired
            raise failure if number == 0 else _lost(failure)
        try:
            page = people_object(response.body)
            values = _values(page)
        except PeerError as half:
            raise half if number == 0 else _lost(half) from None
        following = page.get("@odata.nextLink")
        yield Page(values, "" if following else _token(page, url))
        if following is None:
            return
        if not isinstance(following, str) or following in seen or origin(following) != origin(url):
            raise PeerError(Reason.GARBLED, "the next page lies somewhere else, or was there before")
        seen.add(following)
        page_url = following
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages")


async def unbroken(send: Send, url: str, *, as_of: datetime) -> AsyncIterator[Page]:
    """As :func:`pages`, for who does not ask for changes: a page that is too old by now is one that did not come.

    Raises PeerError, and never Expired.
    """
    try:
        async for page in pages(send, url, as_of=as_of):
            yield page
    except Expired:
        raise PeerError(Reason.INCOMPLETE, "a page is not there any more: it was asked for too late") from None


def origin(url: str) -> tuple[str, str]:
    """Scheme and host with port, in lower case; empty where ``url`` is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme.lower(), parts.netloc.lower()


def _token(page: dict[str, Any], url: str) -> str:
    token = page.get("@odata.deltaLink", "")
    if not isinstance(token, str) or (token and origin(token) != origin(url)):
        raise PeerError(Reason.GARBLED, "the changes lie somewhere else")
    return token


def _values(page: dict[str, Any]) -> list[dict[str, Any]]:
    values = page.get("value")
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise PeerError(Reason.GARBLED, "a page without its value")
    return values


def _is_expired(response: HttpResponse) -> bool:
    if response.status == 410:
        return True
    if response.status not in (400, 404):
        return False
    try:
        error = json_object(response.body).get("error")
    except PeerError:
        return False
    return isinstance(error, dict) and str(error.get("code", "")).lower() in _EXPIRED


def _lost(failure: PeerError) -> PeerError:
    reason = failure.reason if failure.reason is Reason.THROTTLED else Reason.INCOMPLETE
    return PeerError(reason, f"a later page: {failure}", retry_after=failure.retry_after)
