"""Tells which contacts of one folder in Microsoft 365 have changed, and finds those that carry one of our stamps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.graph.batch import MOST, Part, batch
from protocols.graph.by_id import query_of, quoted
from protocols.graph.card_fields import ASKED
from protocols.graph.contact_fields import STAMP, Contact, contact, objects
from protocols.graph.contacts import IMMUTABLE, missing, path_of
from protocols.graph.paging import api
from protocols.graph.people import identity, text
from protocols.graph.streamed import Expired, origin, pages
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

_PAGE: Final = 500
_PREFER: Final = f"{IMMUTABLE['Prefer']}, odata.maxpagesize={_PAGE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a round of the delta query told: ids of contacts that are there, and of those that are not any more;
    ``parent`` is the id of the folder as contacts name it, "" where nothing told it; ``token`` is for the next round.
    """

    there: Sequence[str] = ()
    gone: Sequence[str] = ()
    parent: str = ""
    token: str = field(default="", repr=False)


async def changes(send: Send, user: str, folder: str, token: str, *, api_url: str, as_of: datetime) -> Changes:
    """What changed since ``token``; with "" every id of the folder ("" for the mailbox's own folder of contacts).

    An expanded property is not told by a delta query, so that what is there has to be read again. All of it or
    PeerError. Raises Expired where the token is not good (any more), or is of another folder or server.
    """
    place = f"{api(api_url)}{path_of(user, folder)}/delta"
    link, parent = (f"{place}?{query_of({'$select': ASKED['$select']})}", "") if not token else _read(token, place)
    seen: dict[str, bool] = {}
    following = ""
    try:
        async for page in pages(_preferring(send), link, as_of=as_of):
            for entry in page.values:
                one, removed = identity(entry), "@removed" in entry
                seen.pop(one, None)
                seen[one] = not removed
                parent = parent or ("" if removed else text(entry.get("parentFolderId")))
            following = page.token
    except PeerError as error:
        raise missing(error) from None
    if not following:
        raise PeerError(Reason.INCOMPLETE, "the last page names no delta link")
    return Changes(
        there=[one for one, there in seen.items() if there],
        gone=[one for one, there in seen.items() if not there],
        parent=parent,
        token=orjson.dumps({"of": place, "parent": parent, "link": following}).decode(),
    )


async def stamped(
    send: Send, user: str, folder: str, stamps: Sequence[str], *, api_url: str, as_of: datetime
) -> list[Contact | PeerError | None]:
    """The contact that carries each of these stamps, None where none does; the first of several."""
    found: list[Contact | PeerError | None] = []
    for start in range(0, len(stamps), MOST):
        parts = [_wanted(user, folder, one) for one in stamps[start : start + MOST]]
        for answer in await batch(send, parts, api_url=api_url, as_of=as_of):
            entries = objects(answer.body.get("value"))
            told = min(entries, key=lambda each: text(each.get("id"))) if entries else None
            found.append(answer.failure or (contact(told) if told is not None else None))
    return found


def resource_of(user: str, folder: str) -> str:
    """What a subscription to the folder's contacts names: no URL, so that nothing in it is escaped. Of the mailbox's
    own folder it is all contacts of the mailbox (Graph, change notifications for Outlook resources): what is told of
    another folder is read, and found to be nothing new."""
    return f"users/{user}/{f'contactFolders/{folder}/' if folder else ''}contacts"


def in_folder(entry: Mapping[str, Any], parent: str) -> bool:
    """Whether a contact that was asked for by its id is still in the folder: what somebody threw away may still be
    told, from the deleted items."""
    told = text(entry.get("parentFolderId"))
    return not parent or not told or told == parent


def _wanted(user: str, folder: str, stamp: str) -> Part:
    held = f"singleValueExtendedProperties/Any(ep: ep/id eq '{STAMP}' and ep/value eq '{quoted(stamp)}')"
    query = query_of({**ASKED, "$filter": held})
    return Part(method="GET", path=f"{path_of(user, folder)}?{query}", headers=IMMUTABLE)


def _read(token: str, place: str) -> tuple[str, str]:
    """The link and the parent in a token. Raises Expired for what is not of this folder: it would be asked with our
    credential."""
    try:
        told = orjson.loads(token)
    except orjson.JSONDecodeError:
        raise Expired from None
    link = told.get("link") if isinstance(told, dict) and told.get("of") == place else None
    if not isinstance(link, str) or origin(link) != origin(place):
        raise Expired
    return link, text(told.get("parent"))


def _preferring(send: Send) -> Send:
    async def asking(request: HttpRequest) -> HttpResponse:
        headers = request.headers.set("Prefer", _PREFER)
        return await send(HttpRequest(request.method, request.url, headers, request.body))

    return asking
