"""Tells which contacts of a Google user have changed since a token, or all of them with a token (People API)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from protocols.errors import PeerError
from protocols.google.card_person import MASK
from protocols.google.contact_person import entries
from protocols.google.errors import problem
from protocols.google.listing import readable
from protocols.google.personal_contacts import API_URL, PersonalContact, contact_of
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

_PAGE: Final = 1000
_MOST_PAGES: Final = 2_000
_QUERY: Final = {
    "pageSize": str(_PAGE),
    "personFields": MASK,
    "sources": "READ_SOURCE_TYPE_CONTACT",
    "requestSyncToken": "true",
}
"""The same in each request of a chain: a token is good with no other (people/v1, people.connections.list)."""


class ExpiredTokenError(Exception):
    """The token is not good any more: after seven days at the latest (EXPIRED_SYNC_TOKEN)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page. ``gone`` are resource names of contacts that were deleted, or became part of another one; ``token``
    stands on the last page."""

    there: tuple[PersonalContact, ...] = ()
    gone: tuple[str, ...] = ()
    token: str = field(default="", repr=False)


async def changes(send: Send, token: str, *, api_url: str = API_URL, as_of: datetime) -> AsyncIterator[Part]:
    """What changed since ``token``, page by page; with "" every contact.

    What was written in the last minutes may be told late. All of it or PeerError: INCOMPLETE for a later page that does
    not come, and for fewer contacts than Google counts. Raises ExpiredTokenError.
    """
    sync = _sync(token) if token else ""
    page_token, count = "", 0
    for number in range(_MOST_PAGES):
        query = {**_QUERY, **({"syncToken": sync} if sync else {}), **({"pageToken": page_token} if page_token else {})}
        url = f"{api_url.rstrip('/')}/v1/people/me/connections?{urlencode(query, quote_via=quote)}"
        page = await _page(send, url, as_of, is_first=number == 0, expires=bool(sync))
        told = entries(page, "connections")
        count += len(told)
        following = page.get("nextPageToken") or ""
        if not following and not sync and count < _total(page):
            raise PeerError(Reason.INCOMPLETE, f"{count} of {_total(page)} contacts")
        yield _part(told, "" if following else _token(page))
        if not following:
            return
        if not isinstance(following, str) or following == page_token:
            raise PeerError(Reason.GARBLED, "a page with a strange token")
        page_token = following
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages of contacts")


def groups_of(person: Mapping[str, Any]) -> frozenset[str]:
    """The resource names of the contact groups that the contact is in."""
    told = (one.get("contactGroupMembership") for one in entries(person, "memberships"))
    return frozenset(str(one.get("contactGroupResourceName")) for one in told if isinstance(one, dict))


def _part(told: list[dict[str, Any]], token: str) -> Part:
    there: list[PersonalContact] = []
    gone: list[str] = []
    for person in told:
        contact, metadata = contact_of(person), person.get("metadata")
        said = metadata if isinstance(metadata, dict) else {}
        former = said.get("previousResourceNames")
        gone += [str(one) for one in former if one != contact.key] if isinstance(former, list) else []
        if said.get("deleted") is True:
            gone.append(contact.key)
        else:
            there.append(contact)
    return Part(there=tuple(there), gone=tuple(gone), token=token)


async def _page(send: Send, url: str, as_of: datetime, *, is_first: bool, expires: bool) -> dict[str, Any]:
    response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
    failure = problem(response, as_of)
    if failure is None:
        page = readable(response.body)
        if "error" not in page and isinstance(page.get("connections", []), list):
            return page
        failure = PeerError(Reason.GARBLED, f"HTTP {response.status}, and no contacts in it")
    elif is_first and expires and response.status in (400, 410) and failure.reason is not Reason.GARBLED:
        raise ExpiredTokenError  # whatever is wrong with it: read whole, the question has no token to be wrong
    if is_first or failure.reason is Reason.THROTTLED:
        raise failure
    raise PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)


def _total(page: Mapping[str, Any]) -> int:
    total = page.get("totalItems")
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _token(page: Mapping[str, Any]) -> str:
    token = page.get("nextSyncToken")
    if not isinstance(token, str) or not token:
        raise PeerError(Reason.INCOMPLETE, "the last page of the contacts has no sync token")
    return orjson.dumps({"mask": MASK, "sync": token}).decode()


def _sync(token: str) -> str:
    """Google's own token. Raises ExpiredTokenError where it was given for another question than we ask now."""
    try:
        told = orjson.loads(token)
    except orjson.JSONDecodeError:
        raise ExpiredTokenError from None
    sync = told.get("sync") if isinstance(told, dict) and told.get("mask") == MASK else None
    if not isinstance(sync, str) or not sync:
        raise ExpiredTokenError
    return sync
