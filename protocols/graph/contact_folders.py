"""Finds and makes the folder of a mailbox that holds a list of contacts: it is known by our mark, whatever its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.batch import MOST, Part, batch
from protocols.graph.by_id import query_of
from protocols.graph.contact_fields import EXTENDED, LIST
from protocols.graph.contacts import IMMUTABLE, immutable, missing
from protocols.graph.errors import json_object
from protocols.graph.paging import api, entries
from protocols.graph.people import identity, text
from protocols.graph.tried import tried
from protocols.http import Send
from protocols.model.freebusy import Reason

_QUERY: Final = query_of({"$select": "id,displayName", "$expand": f"{EXTENDED}($filter=id eq '{LIST}')", "$top": "100"})


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder below a mailbox's contacts; ``mark`` says whose list it holds, "" for nobody's of ours."""

    key: str
    name: str
    mark: str = ""


async def folders(send: Send, user: str, *, api_url: str, as_of: datetime) -> list[Folder]:
    """The folders below the mailbox's contacts. All of them or PeerError: NO_SUCH_MAILBOX where it has no mailbox."""
    try:
        found = await entries(immutable(send), f"{api(api_url)}{_path(user)}?{_QUERY}", as_of=as_of)
    except PeerError as error:
        raise missing(error) from None
    if found is None:
        raise PeerError(Reason.NO_SUCH_MAILBOX, "HTTP 404: there is no such mailbox")
    return [_folder(entry) for entry in found]


async def folders_of(
    send: Send, users: Sequence[str], *, api_url: str, as_of: datetime
) -> dict[str, list[Folder]]:  # fmt: skip
    """The same of several mailboxes (20 at most) in one batch. Who is not told of whole has to be asked alone."""
    asked = [Part(method="GET", path=f"{_path(user)}?{_QUERY}", headers=IMMUTABLE) for user in users[:MOST]]
    found: dict[str, list[Folder]] = {}
    for user, answer in zip(users, await batch(send, asked, api_url=api_url, as_of=as_of), strict=False):
        told = answer.body.get("value")
        whole = answer.failure is None and isinstance(told, list) and "@odata.nextLink" not in answer.body
        if whole and all(isinstance(entry, dict) and text(entry.get("id")) for entry in told or ()):
            found[user] = [_folder(entry) for entry in told or ()]
    return found


def marked(found: Sequence[Folder], mark: str, name: str) -> Folder | None:
    """The folder of the list ``mark``: somebody may have renamed it, or copied it, and then the name decides."""
    ours = sorted((each for each in found if each.mark == mark), key=lambda each: (each.name != name, each.key))
    return ours[0] if ours else None


async def make(
    send: Send, user: str, name: str, mark: str, *, api_url: str, as_of: datetime
) -> Folder | PeerError:  # fmt: skip
    """A new folder below the mailbox's contacts, which Exchange makes one for contacts (IPF.Contact). A failure is
    returned."""
    body = {"displayName": name, EXTENDED: [{"id": LIST, "value": mark}]}
    response = await tried(immutable(send), "POST", f"{api(api_url)}{_path(user)}", body, as_of=as_of)
    if isinstance(response, PeerError):
        return missing(response)
    try:
        return Folder(identity(json_object(response.body)), name, mark)
    except PeerError as error:
        return error


def _folder(entry: Mapping[str, Any]) -> Folder:
    told = entry.get(EXTENDED)
    marks = (each for each in told if isinstance(each, dict)) if isinstance(told, list) else ()
    mark = next((text(each.get("value")) for each in marks if text(each.get("id")).lower() == LIST.lower()), "")
    return Folder(identity(entry), text(entry.get("displayName")), mark)


def _path(user: str) -> str:
    return f"/users/{quote(user, safe='@')}/contactFolders"
