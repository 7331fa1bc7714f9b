"""Reads objects of the directory again as they are now, by their ids, a few in each question."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.graph.people import address, identity
from protocols.graph.streamed import pages
from protocols.http import Send
from protocols.model.freebusy import Reason

MOST: Final = 15
"""How many expressions a $filter may have (Graph, filter query parameter: the limit of ``in``)."""
_PAGE: Final = 999
_GROUP: Final = "#microsoft.graph.group"
_MANAGER: Final = {"$expand": "manager($select=id)"}


async def by_id(
    send: Send,
    collection: str,
    ids: Iterable[str],
    *,
    select: Sequence[str],
    api_url: str,
    as_of: datetime,
    manager: bool = False,
) -> dict[str, dict[str, Any]]:
    """The objects of ``collection`` (users, groups) with one of ``ids``, by id; who is not there is left out.

    Raises PeerError, and then nothing is known of any of them.
    """
    found: dict[str, dict[str, Any]] = {}
    rest = iter(dict.fromkeys(ids))
    while some := tuple(islice(rest, MOST)):
        listed = ",".join(f"'{quoted(one)}'" for one in some)
        query = {"$filter": f"id in ({listed})", "$select": ",".join(select), **(_MANAGER if manager else {})}
        for entry in await _all(send, f"{api(api_url)}/{collection}?{query_of(query)}", as_of):
            found[identity(entry)] = entry
    return found


async def groups_of(send: Send, user: str, *, api_url: str, as_of: datetime) -> dict[str, str]:
    """The groups that the user with this id is a direct member of: addresses by id, "" for none. Raises PeerError."""
    query = query_of({"$select": "id,mail,proxyAddresses", "$top": str(_PAGE)})
    found = await _all(send, f"{api(api_url)}/users/{quote(user, safe='')}/memberOf?{query}", as_of)
    groups = [entry for entry in found if str(entry.get("@odata.type", _GROUP)).lower() == _GROUP]
    return {identity(entry): box.address if (box := address(entry)) else "" for entry in groups}


async def members_of(send: Send, group: str, *, api_url: str, as_of: datetime) -> tuple[str, ...]:
    """The addresses of the direct members of the group with this id, sorted; who has none is left out.

    Raises PeerError.
    """
    query = query_of({"$select": "id,mail,proxyAddresses", "$top": str(_PAGE)})
    found = await _all(send, f"{api(api_url)}/groups/{quote(group, safe='')}/members?{query}", as_of)
    return tuple(sorted({box.address for entry in found if (box := address(entry)) is not None}))


async def contact_addresses(send: Send, *, api_url: str, as_of: datetime) -> dict[str, str]:
    """The primary address of every contact of the organisation by id. Raises PeerError."""
    query = query_of({"$select": "id,mail,proxyAddresses", "$top": str(_PAGE)})
    found: dict[str, str] = {}
    async for page in pages(send, f"{api(api_url)}/contacts?{query}", as_of=as_of):
        found |= {identity(entry): box.address for entry in page.values if (box := address(entry)) is not None}
    return found


async def room_addresses(send: Send, *, api_url: str, as_of: datetime) -> frozenset[str]:
    """The addresses of all rooms (Place.Read.All), as Mailbox has them. Raises PeerError."""
    found = await _all(send, f"{api(api_url)}/places/microsoft.graph.room?$top=100", as_of)
    told = (address({"mail": entry.get("emailAddress")}) for entry in found)
    return frozenset(box.address for box in told if box is not None)


def query_of(query: dict[str, str]) -> str:
    """The query as Graph reads it."""
    return urlencode(query, safe="$,()':=", quote_via=quote)


def quoted(text: str) -> str:
    """``text`` for between the quotes of a $filter (OData 4.01 URL conventions 5.1.1.6.1)."""
    return text.replace("'", "''")


async def _all(send: Send, url: str, as_of: datetime) -> list[dict[str, Any]]:
    found = await entries(send, url, as_of=as_of)
    if found is None:
        raise PeerError(Reason.INCOMPLETE, "HTTP 404: it was there, and is not any more, or the address is wrong")
    return found
