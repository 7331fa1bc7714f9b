"""Asks Microsoft 365 who is in a group: the group by its address, then its transitive members."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_PAGE: Final = 999  # the most that Graph gives
_TYPE: Final = "@odata.type"
_PEOPLE: Final = frozenset({"#microsoft.graph.user", "#microsoft.graph.orgcontact"})
# Nested groups stand among the transitive members, beside their own members; the others have no time to take.
_NOT_PEOPLE: Final = frozenset(
    {"#microsoft.graph.group", "#microsoft.graph.device", "#microsoft.graph.serviceprincipal"}
)


async def members(
    send: Send, group: Mailbox, *, api_url: str, as_of: datetime, most: int | None = None
) -> tuple[Mailbox, ...] | None:
    """Everybody in ``group``, nested groups flattened by Graph, each once; None where no group has that address.

    Dynamic distribution groups are unknown to Graph (``/groups`` holds Microsoft 365, security and distribution
    groups). Raises PeerError where a member has no address, and GROUP_TOO_LARGE where there are more than ``most``.
    """
    identity = await _identity(send, group, api_url=api_url, as_of=as_of)
    if identity is None:
        return None
    query = urlencode({"$select": "id,mail,userPrincipalName", "$top": str(_PAGE)}, safe="$,")
    url = f"{api(api_url)}/groups/{quote(identity, safe='')}/transitiveMembers?{query}"
    found = await entries(send, url, as_of=as_of, most=None if most is None else most + _PAGE)
    if found is None:
        raise PeerError(Reason.INCOMPLETE, "the group was there, and its members are not")
    people = [mailbox for entry in found if (mailbox := _person(entry)) is not None]
    once = tuple({mailbox.address: mailbox for mailbox in people}.values())
    if most is not None and len(once) > most:
        raise PeerError(Reason.GROUP_TOO_LARGE, f"more than {most} members")
    return once


async def _identity(send: Send, group: Mailbox, *, api_url: str, as_of: datetime) -> str | None:
    address = group.address.replace("'", "''")  # OData 4.01 URL conventions 5.1.1.6.1
    wanted = f"mail eq '{address}' or proxyAddresses/any(p:p eq 'smtp:{address}')"
    query = urlencode({"$filter": wanted, "$select": "id"}, safe="$", quote_via=quote)
    found = await entries(send, f"{api(api_url)}/groups?{query}", as_of=as_of)
    if found is None:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: the address of Graph is wrong")
    if len(found) > 1:
        raise PeerError(Reason.GARBLED, f"{len(found)} groups of one address")
    if not found:
        return None
    identity = found[0].get("id")
    if not isinstance(identity, str) or not identity:
        raise PeerError(Reason.GARBLED, "a group without its id")
    return identity


def _person(entry: dict[str, Any]) -> Mailbox | None:
    kind = str(entry.get(_TYPE, "")).lower()
    if kind in _NOT_PEOPLE:
        return None
    if kind not in _PEOPLE:
        raise PeerError(Reason.INCOMPLETE, f"a member of the kind {kind[:40]}")
    for key in ("mail", "userPrincipalName"):
        try:
            return Mailbox.parse(entry.get(key) or "")
        except (ValueError, AttributeError):
            continue
    raise PeerError(Reason.INCOMPLETE, "a member has no address")
