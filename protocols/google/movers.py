"""Asks Google's Directory API (directory_v1) who is marked as moving: an organisational unit, or a custom field."""

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover

ATTRIBUTES: Final = re.compile(r"orgUnitPath|[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""What can be asked for, whole."""
_PATH: Final = "/admin/directory/v1"
_PAGE, _MOST_PAGES = 500, 500  # users.list gives 500 at most


async def movers(send: Send, *, attribute: str, value: str | None, api_url: str, as_of: datetime) -> tuple[Mover, ...]:
    """Everybody whose ``attribute`` is ``value``, or is there where that is None.

    An organisational unit counts with those below it. All pages or none: raises PeerError; a user without an address
    is INCOMPLETE.
    """
    found: list[Mover] = []
    token = ""
    for number in range(_MOST_PAGES):
        response = await send(_request(attribute, value, api_url, token))
        failure = problem(response, as_of)
        if failure is not None:
            raise failure if number == 0 else PeerError(Reason.INCOMPLETE, f"a later page: {failure}")
        page = json_object(response.body)
        found += [mover for user in _users(page) if (mover := _mover(user, attribute, value)) is not None]
        before, token = token, page.get("nextPageToken") or ""
        if not token:
            return tuple(found)
        if not isinstance(token, str) or token == before:
            raise PeerError(Reason.GARBLED, "a page with a strange token")
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages of users")


def _request(attribute: str, value: str | None, api_url: str, token: str) -> HttpRequest:
    schema = attribute.partition(".")[0]
    custom = attribute != "orgUnitPath"
    query = {
        "customer": "my_customer",
        "maxResults": str(_PAGE),
        "fields": f"kind,nextPageToken,users(primaryEmail,orgUnitPath{',customSchemas' if custom else ''})",
        **({"projection": "custom", "customFieldMask": schema} if custom else {}),
        **({"query": f"{attribute}='{_escaped(value)}'"} if value is not None else {}),
        **({"pageToken": token} if token else {}),
    }
    url = f"{api_url.rstrip('/').removesuffix(_PATH)}{_PATH}/users?{urlencode(query, quote_via=quote)}"
    return HttpRequest("GET", url, Headers({"Accept": "application/json"}))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")  # Directory API, "Search for users": escape ' with \'


def _users(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Of none, Google leaves the key out of an answer that says what it is."""
    users = page.get("users", [] if str(page.get("kind", "")).startswith("admin#directory#") else None)
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise PeerError(Reason.GARBLED, "a page without its users")
    return users


def _mover(user: dict[str, Any], attribute: str, value: str | None) -> Mover | None:
    found = _found(user, attribute)
    if value is None and (not found or (attribute == "orgUnitPath" and found == "/")):
        return None
    try:
        return Mover(Mailbox.parse(user.get("primaryEmail") or ""), found if attribute != "orgUnitPath" else "")
    except (ValueError, AttributeError):
        raise PeerError(Reason.INCOMPLETE, "somebody who moves has no address") from None


def _found(user: dict[str, Any], attribute: str) -> str:
    if attribute == "orgUnitPath":
        return str(user.get(attribute) or "")
    schema, _, field = attribute.partition(".")
    schemas = user.get("customSchemas")
    fields = schemas.get(schema) if isinstance(schemas, dict) else None
    value = fields.get(field) if isinstance(fields, dict) else None
    if isinstance(value, list):  # a field of several values
        value = next((one.get("value") for one in value if isinstance(one, dict)), None)
    return "" if value is None or value is False else str(value)
