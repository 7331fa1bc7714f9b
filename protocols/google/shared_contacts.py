"""Lists and changes the shared contacts of a Google Workspace domain (Google Data protocol 3.0, Atom)."""

import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode

from lxml import etree

from protocols.errors import PeerError
from protocols.google import contact_entry
from protocols.google.contact_entry import ATOM, GD
from protocols.google.feed_errors import problem, status_refusal
from protocols.google.writing import Refusal, refused
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, parse

API_URL: Final = "https://www.google.com"
SCOPE: Final = "https://www.google.com/m8/feeds"
MOST_OPERATIONS: Final = 100  # domain-shared-contacts, perform-batch-operations
MOST_CONTACTS: Final = 200_000
PAGE: Final = 500
"""A contact is 2 KB of data and a few of wrapping: far from the 10 MB above which an answer is cut off."""
CUT_AT: Final = 10_000_000
_BATCH: Final = "{http://schemas.google.com/gdata/batch}"
_SEARCH: Final = "{http://a9.com/-/spec/opensearch/1.1/}"
_OLD_SEARCH: Final = "{http://a9.com/-/spec/opensearchrss/1.0/}"
_HEADERS: Final = {"GData-Version": "3.0", "Accept": "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class SharedContact:
    """One contact; ``entry`` is all of it, to be changed in a copy. ``gone``: a placeholder of one that was deleted."""

    key: str
    etag: str
    entry: etree._Element = field(repr=False, compare=False)
    gone: bool = False

    def copied(self) -> etree._Element:
        """The entry, to change."""
        return copy.deepcopy(self.entry)


class Act(Enum):
    """What is done to one contact in a batch."""

    QUERY = "query"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """``entry`` of INSERT and UPDATE; ``key`` of all but INSERT; ``etag`` of UPDATE and DELETE: the version meant."""

    act: Act
    key: str = ""
    etag: str = ""
    entry: etree._Element | None = None


Result: TypeAlias = SharedContact | Refusal | None
"""None: there is no such contact, or not any more."""


async def contacts(
    send: Send, domain: str, *, since: datetime | None = None, api_url: str = API_URL, as_of: datetime
) -> AsyncIterator[list[SharedContact]]:
    """Every shared contact of ``domain``, page by page, the one changed longest ago first; with ``since``, those that
    changed from then on, and placeholders of those that were deleted.

    Entries have no order of their own, so that one is asked for; who counts fewer than the list says has not seen all.
    Raises PeerError, INCOMPLETE for an answer that is cut off or where a page, or anybody on it, is missing.
    """
    seen: set[str] = set()
    start = 1
    while True:
        response = await send(_request(domain, start, since, api_url))
        failure = problem(response, as_of)
        if failure is not None:
            raise failure if start == 1 else PeerError(Reason.INCOMPLETE, f"a later page: {failure}")
        page, total = _page(response, start)
        yield [one for one in page if one.key not in seen]
        seen.update(one.key for one in page)
        start += len(page)
        if start > total:
            break
        if not page or total > MOST_CONTACTS:
            raise PeerError(Reason.INCOMPLETE, f"a page without its contacts: {start - 1} of {total}")
    if len(seen) != total:
        raise PeerError(Reason.INCOMPLETE, f"the contacts changed while they were read: {len(seen)} of {total}")


async def batch(
    send: Send, domain: str, operations: Sequence[Operation], *, api_url: str = API_URL, as_of: datetime
) -> list[Result]:
    """The result of each operation, in order, always; at most :data:`MOST_OPERATIONS`. One that fails spoils no other.

    A batch that fails as a whole is the same Refusal for each, with doubt for what may have been done.
    """
    if not operations:
        return []
    try:
        response = await send(_batch_request(domain, operations, api_url))
        failure = problem(response, as_of)
        if failure is not None:
            doubt = response.status >= 500
            status = response.status
            return [refused(failure, doubt=doubt and _writes(one), status=status) for one in operations]
        results = _results(response)
    except PeerError as error:
        return [refused(error, doubt=_writes(one)) for one in operations]
    lost = PeerError(Reason.INCOMPLETE, "the answer says nothing of it: it is looked at again")
    whole = [results.get(str(number), refused(lost, doubt=True)) for number in range(len(operations))]
    return [_told(one, result) for one, result in zip(operations, whole, strict=True)]


def _told(operation: Operation, result: Result) -> Result:
    """A question that failed has changed nothing."""
    if isinstance(result, Refusal) and not _writes(operation):
        return replace(result, doubt=False)
    return result


def _writes(operation: Operation) -> bool:
    return operation.act is not Act.QUERY


def feed(domain: str, api_url: str) -> str:
    """The address of the feed, in the projection that tells and keeps every extended property."""
    return f"{api_url.rstrip('/')}/m8/feeds/contacts/{quote(domain, safe='')}/full"


def _request(domain: str, start: int, since: datetime | None, api_url: str) -> HttpRequest:
    query = {
        "max-results": str(PAGE),
        "start-index": str(start),
        "orderby": "lastmodified",
        "sortorder": "ascending",
        **({"updated-min": _instant(since), "showdeleted": "true"} if since else {}),
    }
    return HttpRequest("GET", f"{feed(domain, api_url)}?{urlencode(query)}", Headers(_HEADERS))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(response: HttpResponse, start: int) -> tuple[list[SharedContact], int]:
    root = _root(response)
    if root.tag != f"{ATOM}feed":
        raise PeerError(Reason.GARBLED, "the answer is no feed")
    total, first = (_number(root, name) for name in ("totalResults", "startIndex"))
    if first != start:
        raise PeerError(Reason.INCOMPLETE, f"the page from {first} came for the one from {start}")
    return [_contact(entry) for entry in root.iterchildren(f"{ATOM}entry")], total


def _root(response: HttpResponse) -> etree._Element:
    if len(response.body) >= CUT_AT:
        raise PeerError(Reason.INCOMPLETE, "an answer of 10 MB, above which Google cuts it off")
    try:
        return parse(response.body)
    except XmlRefused as error:
        raise PeerError(Reason.INCOMPLETE, f"half a feed: {error}") from None


def _number(root: etree._Element, name: str) -> int:
    text = root.findtext(f"{_SEARCH}{name}") or root.findtext(f"{_OLD_SEARCH}{name}") or ""
    if not (text.isascii() and text.isdigit()):
        raise PeerError(Reason.GARBLED, f"a feed without {name}")
    return int(text)


def _contact(entry: etree._Element) -> SharedContact:
    key = (entry.findtext(f"{ATOM}id") or "").rpartition("/")[2]
    if not key:
        raise PeerError(Reason.INCOMPLETE, "a contact without its id")
    return SharedContact(key, entry.get(f"{GD}etag", ""), entry, entry.find(f"{GD}deleted") is not None)


def _batch_request(domain: str, operations: Sequence[Operation], api_url: str) -> HttpRequest:
    root = etree.Element(f"{ATOM}feed", nsmap={**contact_entry.NAMESPACES, "batch": _BATCH[1:-1]})
    for number, one in enumerate(operations):
        entry = copy.deepcopy(one.entry) if one.entry is not None else etree.Element(f"{ATOM}entry")
        for old in [child for child in entry if str(child.tag).startswith(_BATCH)]:
            entry.remove(old)
        etree.SubElement(entry, f"{_BATCH}id").text = str(number)
        etree.SubElement(entry, f"{_BATCH}operation", type=one.act.value)
        if one.key and entry.find(f"{ATOM}id") is None:
            etree.SubElement(entry, f"{ATOM}id").text = f"{feed(domain, api_url)}/{quote(one.key, safe='')}"
        if one.etag:
            entry.set(f"{GD}etag", one.etag)
        root.append(entry)
    body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    headers = Headers({**_HEADERS, "Content-Type": "application/atom+xml; charset=utf-8"})
    return HttpRequest("POST", f"{feed(domain, api_url)}/batch", headers, body)


def _results(response: HttpResponse) -> dict[str, Result]:
    found: dict[str, Result] = {}
    for entry in _root(response).iterchildren(f"{ATOM}entry"):
        number, status = entry.findtext(f"{_BATCH}id") or "", entry.find(f"{_BATCH}status")
        code = status.get("code", "") if status is not None else ""
        if number and code.isascii() and code.isdigit():
            found[number] = _result(entry, int(code), status.get("reason", "") if status is not None else "")
    return found


def _result(entry: etree._Element, code: int, words: str) -> Result:
    if code in (404, 410):
        return None
    if not 200 <= code < 300:
        return status_refusal(code, words)
    contact = _contact(entry)
    return None if contact.gone else contact
