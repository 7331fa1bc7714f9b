"""Reads and writes the contacts of one folder of a mailbox in Microsoft 365."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.batch import MOST, Answer, Part, batch
from protocols.graph.by_id import query_of
from protocols.graph.contact_fields import EXPAND, SELECT, Contact, contact
from protocols.graph.paging import api
from protocols.graph.streamed import Expired, pages
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

IMMUTABLE: Final = {"Prefer": 'IdType="ImmutableId"'}
"""Ids that stay the same where a contact is moved (Graph, Outlook immutable identifiers)."""
_PAGE: Final = 500
_ASKED: Final = {"$select": SELECT, "$expand": EXPAND}


async def contacts(
    send: Send, user: str, folder: str, *, api_url: str, as_of: datetime, asked: Mapping[str, str] = _ASKED
) -> AsyncIterator[list[Contact]]:  # fmt: skip
    """Every contact of the folder, page by page; "" for the mailbox's own folder of contacts. All of them or PeerError:
    NO_SUCH_MAILBOX where there is no such mailbox or folder. ``asked`` is what is told of each, as a query."""
    query = query_of({**asked, "$top": str(_PAGE)})
    try:
        async for page in pages(immutable(send), f"{api(api_url)}{path_of(user, folder)}?{query}", as_of=as_of):
            yield [contact(entry) for entry in page.values]
    except Expired:
        raise PeerError(Reason.INCOMPLETE, "a page of the contacts is not there any more") from None
    except PeerError as error:
        raise missing(error) from None


async def some(
    send: Send,
    user: str,
    folder: str,
    keys: Sequence[str],
    *,
    api_url: str,
    as_of: datetime,
    asked: Mapping[str, str] = _ASKED,
) -> dict[str, Contact | PeerError | None]:
    """What stands under each key now: None for nothing, a PeerError where that cannot be told."""
    found: dict[str, Contact | PeerError | None] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), MOST):
        part = wanted[start : start + MOST]
        paths = [f"{path_of(user, folder, key)}?{query_of(dict(asked))}" for key in part]
        parts = [Part(method="GET", path=path, headers=IMMUTABLE) for path in paths]
        answers = await batch(send, parts, api_url=api_url, as_of=as_of)
        found |= {key: _read(answer) for key, answer in zip(part, answers, strict=True)}
    return found


def creation(user: str, folder: str, body: Mapping[str, Any]) -> Part:
    """The request that makes a contact."""
    return Part(method="POST", path=path_of(user, folder), body=body, headers=IMMUTABLE)


def change(user: str, folder: str, there: Contact, body: Mapping[str, Any]) -> Part:
    """The request that changes a contact, unless it is another by now (If-Match; 412 then)."""
    return Part(method="PATCH", path=path_of(user, folder, there.key), body=body, headers={**IMMUTABLE, **_if(there)})


def removal(user: str, folder: str, there: Contact) -> Part:
    """The request that deletes a contact, unless it is another by now. It can be had back from the deleted items."""
    return Part(method="DELETE", path=path_of(user, folder, there.key), headers={**IMMUTABLE, **_if(there)})


def immutable(send: Send) -> Send:
    """``send``, asking for immutable ids."""

    async def asking(request: HttpRequest) -> HttpResponse:
        headers = request.headers.set("Prefer", IMMUTABLE["Prefer"])
        return await send(HttpRequest(request.method, request.url, headers, request.body))

    return asking


def missing(error: PeerError) -> PeerError:
    """A 404 speaks of the mailbox or its folder here, so that it says NO_SUCH_MAILBOX."""
    if error.reason is Reason.PEER_FAILED and error.detail.startswith("HTTP 404"):
        return PeerError(Reason.NO_SUCH_MAILBOX, error.detail)
    return error


def _read(answer: Answer) -> Contact | PeerError | None:
    if answer.status == 404:
        return None
    if answer.failure is not None:
        return answer.failure
    try:
        return contact(answer.body)
    except PeerError as error:
        return error


def _if(there: Contact) -> dict[str, str]:
    return {"If-Match": there.version} if there.version else {}


def path_of(user: str, folder: str, key: str = "") -> str:
    """Where the contacts of the folder, or one of them, lie below Graph's version."""
    place = f"/contactFolders/{quote(folder, safe='')}" if folder else ""
    return f"/users/{quote(user, safe='@')}{place}/contacts{'/' if key else ''}{quote(key, safe='')}"
