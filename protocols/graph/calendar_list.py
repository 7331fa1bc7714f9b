"""Finds the calendars of a mailbox in Microsoft 365, by name, and whether they may be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.by_id import query_of
from protocols.graph.calendar_times import PREFER
from protocols.graph.contacts import missing
from protocols.graph.paging import api
from protocols.graph.people import identity, text
from protocols.graph.streamed import unbroken
from protocols.http import HttpRequest, HttpResponse, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """``key`` is its id; ``own``: it is the mailbox's first one, which has no need of an id. ``owner`` is an address,
    in lower case, "" where none was told."""

    key: str
    name: str
    writable: bool
    own: bool = False
    owner: str = ""


async def calendars(send: Send, user: str, *, api_url: str, as_of: datetime) -> Sequence[Calendar]:
    """All calendars of a mailbox, in Graph's order. All of them or PeerError: NO_SUCH_MAILBOX where there is none."""
    query = query_of({"$select": "id,name,canEdit,isDefaultCalendar,owner", "$top": "100"})
    url = f"{api(api_url)}/users/{quote(user, safe='@')}/calendars?{query}"
    found: list[Calendar] = []
    try:
        async for page in unbroken(preferring(send), url, as_of=as_of):
            found += [_calendar(entry) for entry in page.values]
    except PeerError as error:
        raise missing(error) from None
    return found


def preferring(send: Send, *further: str) -> Send:
    """``send``, asking for what every request about events asks for."""
    value = ", ".join((PREFER, *further))

    async def asking(request: HttpRequest) -> HttpResponse:
        return await send(HttpRequest(request.method, request.url, request.headers.set("Prefer", value), request.body))

    return asking


def _calendar(entry: dict[str, object]) -> Calendar:
    owner = entry.get("owner")
    return Calendar(
        key=identity(entry),
        name=text(entry.get("name")),
        writable=entry.get("canEdit") is not False,
        own=entry.get("isDefaultCalendar") is True,
        owner=text(owner.get("address")).lower() if isinstance(owner, dict) else "",
    )
