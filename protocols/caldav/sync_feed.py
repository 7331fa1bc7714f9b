"""What changed in a calendar: by the server's own account (RFC 6578), or by a listing of all etags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lxml.etree import _Element as Element

from protocols.caldav import multistatus
from protocols.caldav.dav import DAV, propfind
from protocols.caldav.errors import check
from protocols.caldav.multistatus import Resource, text_of
from protocols.caldav.pieces import Pieces, Turns, undivided
from protocols.caldav.places import same_place
from protocols.caldav.sync_collection import gone
from protocols.caldav.sync_places import is_within, key_of
from protocols.caldav.sync_requests import ETAG, KIND, TYPE, sync_collection
from protocols.errors import PeerError
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, parse

_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_NODES: Final = 1_500_000  # eight of each resource
_TRUNCATED: Final = 507  # RFC 6578 3.6: said of the collection, beside what is told
_VALID_TOKEN: Final = f"{DAV}valid-sync-token"
_NOT_OURS: Final = ("component=vtodo", "component=vjournal", "component=vfreebusy")
_COUNTING: Final = re.compile(r"http://sabre(?:dav\.org|\.io)/ns/sync/(\d+)")
"""The tokens of sabre/dav, whose number goes up by one with each change (lib/CalDAV/Backend/PDO.php, addChange)."""
_SURELY_NOT_THE_TOKEN: Final = frozenset({401, 404, 405, 408, 429, 501})


class TokenExpiredError(PeerError):
    """The server does not know the token any more (RFC 6578 3.2): everything has to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """``etags`` of what is there, new or changed, by key ("" where none was told); ``gone`` are keys of what is not.
    ``token`` is where to go on; ``more``: at once, since the server keeps something back. ``gaps``: there may have been
    more than was told: Nextcloud 25 to 28 forgets old changes, and answers tokens from before with the rest of them."""

    etags: Mapping[str, str]
    gone: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    more: bool = False
    gaps: bool = False


async def changes(send: Send, url: str, token: str, as_of: datetime, *, turns: Turns = undivided) -> Changes:
    """What changed in the calendar at ``url`` since ``token``, with "" all that is there, read by ``turns``.

    Raises TokenExpiredError, PeerError, and NotOfferedError (a PeerError) where the server knows no such report.
    """
    response = await send(sync_collection(url, token))
    if response.status != 207 and token and _expired(response):
        raise TokenExpiredError(Reason.INCOMPLETE, "the server does not know the token any more")
    try:
        check(response, as_of, 207, what="sync-collection")
    except PeerError as error:
        raise gone(error) from None
    root = _document(response)
    told = await turns(multistatus.reading(root, url))
    there = await turns(_etags(told, url))
    keys = [key for each in told if each.is_absent and (key := key_of(each.url, url))]
    onward = text_of(root.find(f"{DAV}sync-token"))
    if not onward:
        raise PeerError(Reason.GARBLED, "sync-collection: the answer has no token")
    more = any(each.status == _TRUNCATED and same_place(each.url, url) for each in told)
    if more and onward == token:
        raise PeerError(Reason.INCOMPLETE, "sync-collection: the server tells a part, and nowhere to go on")
    count = len({each.url for each in told if each.status != _TRUNCATED})
    gaps = _gaps(token, onward, count)
    return Changes(etags=there, gone=tuple(dict.fromkeys(keys)), token=onward, more=more, gaps=gaps)


async def etags(send: Send, url: str, as_of: datetime, *, turns: Turns = undivided) -> dict[str, str]:
    """The etags of all that is there, by key, read by ``turns``. Raises PeerError where the listing is not whole."""
    response = await send(propfind(url, ETAG, TYPE, KIND, depth=1))
    try:
        check(response, as_of, 207, what="a listing of etags")
    except PeerError as error:
        raise gone(error) from None
    told = await turns(multistatus.reading(_document(response), url))
    if any(each.status >= 400 and not each.is_absent for each in told):
        raise PeerError(Reason.INCOMPLETE, "a listing of etags: the server leaves something out")
    return await turns(_etags(told, url))


def _etags(told: list[Resource], url: str) -> Pieces[dict[str, str]]:
    """Those that fail are asked for by themselves: "" is their etag. Raises PeerError(GARBLED) where all that is in it
    lies elsewhere: the calendar would look empty."""
    if not any(key_of(each.url, url) for each in told) and not all(is_within(each.url, url) for each in told):
        raise PeerError(Reason.GARBLED, "the server calls this calendar by another address: write that one")
    found: dict[str, str] = {}
    for each in told:
        yield
        key = key_of(each.url, url)
        if not key or each.is_absent or _is_no_event(each):
            continue
        found[key] = each.text(ETAG).strip()
    return found


def _is_no_event(resource: Resource) -> bool:
    kind = resource.properties.get(KIND)
    if kind is not None and kind.find(f"{DAV}collection") is not None:
        return True
    written = resource.text(TYPE).lower().replace(" ", "").replace('"', "")
    return any(name in written for name in _NOT_OURS)


def _gaps(before: str, after: str, told: int) -> bool:
    """Whether the tokens count more changes than were ``told``, or fewer than before. What was changed twice is told
    once, so that it may be nothing."""
    first, last = _COUNTING.fullmatch(before), _COUNTING.fullmatch(after)
    return first is not None and last is not None and not 0 <= int(last[1]) - int(first[1]) <= told


def _expired(response: HttpResponse) -> bool:
    """Servers name the condition with several statuses, and some of them none at all."""
    if _names(response, _VALID_TOKEN):
        return True
    refused = _names(response, f"{DAV}need-privileges") or response.status in _SURELY_NOT_THE_TOKEN
    return 400 <= response.status < 500 and not refused


def _names(response: HttpResponse, condition: str) -> bool:
    try:
        return parse(response.body).find(f".//{condition}") is not None if response.body else False
    except XmlRefused:
        return False


def _document(response: HttpResponse) -> Element:
    if len(response.body) > _MOST_BYTES:
        raise PeerError(Reason.TOO_MANY_ENTRIES, f"the listing exceeds {_MOST_BYTES} bytes")
    try:
        root = parse(response.body, max_nodes=_MOST_NODES)
    except XmlRefused as error:
        raise PeerError(Reason.GARBLED, f"the listing is not read: {error}") from None
    if root.tag != f"{DAV}multistatus":
        raise PeerError(Reason.GARBLED, "the listing is another document than was asked for")
    return root
