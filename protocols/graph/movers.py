"""Asks Microsoft 365 who is marked as moving: an attribute of users with a value, or with any."""

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover

ATTRIBUTES: Final = re.compile(r"extensionAttribute(?:[1-9]|1[0-5])|mail|otherMails")
"""What can be asked for, whole."""
_ON_PREMISES: Final = "onPremisesExtensionAttributes"
_PAGE: Final = 999


async def movers(send: Send, *, attribute: str, value: str | None, api_url: str, as_of: datetime) -> tuple[Mover, ...]:
    """Everybody whose ``attribute`` is ``value``, ends like it where that begins with ``*``, or is there where None.

    All pages or none: raises PeerError. A user without an address is INCOMPLETE. ``mail`` and ``otherMails`` are where
    people are forwarded to [U: of mail users Graph shows the external address as mail], so that they are known by
    their userPrincipalName.
    """
    select = f"mail,userPrincipalName,{_select(attribute)}"
    query = {"$filter": _filter(attribute, value), "$select": select, "$top": str(_PAGE), "$count": "true"}
    url = f"{api(api_url)}/users?{urlencode(query, safe='$,', quote_via=quote)}"
    found = await entries(_advanced(send), url, as_of=as_of)
    if found is None:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: the address of Graph is wrong")
    return tuple(Mover(_mailbox(user, attribute), _value(user, attribute)) for user in found)


def _advanced(send: Send) -> Send:
    """Queries for what is null, and for ends of texts, are answered with this header alone (advanced query)."""

    async def asking(request: HttpRequest) -> HttpResponse:
        headers = Headers({"Accept": "application/json", "ConsistencyLevel": "eventual"})
        return await send(HttpRequest(request.method, request.url, headers))

    return asking


def _select(attribute: str) -> str:
    return attribute if attribute in {"mail", "otherMails"} else _ON_PREMISES


def _filter(attribute: str, value: str | None) -> str:
    several = attribute == "otherMails"
    name = "m" if several else attribute if attribute == "mail" else f"{_ON_PREMISES}/{attribute}"
    if value is None:
        return "otherMails/$count ne 0" if several else f"{name} ne null"
    text = value.removeprefix("*").replace("'", "''")  # OData 4.01 URL conventions 5.1.1.6.1
    test = f"endsWith({name},'{text}')" if value.startswith("*") else f"{name} eq '{text}'"
    return f"otherMails/any(m:{test})" if several else test


def _mailbox(user: dict[str, Any], attribute: str) -> Mailbox:
    for key in ("userPrincipalName",) if attribute == "mail" else ("mail", "userPrincipalName"):
        try:
            return Mailbox.parse(user.get(key) or "")
        except (ValueError, AttributeError):
            continue
    raise PeerError(Reason.INCOMPLETE, "somebody who moves has no address")


def _value(user: dict[str, Any], attribute: str) -> str:
    attributes = user.get(_ON_PREMISES)
    value = attributes.get(attribute) if isinstance(attributes, dict) else None
    return value if isinstance(value, str) else ""
