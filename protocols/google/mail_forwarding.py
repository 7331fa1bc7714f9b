"""Where the mail of one Google user goes, the one that the Send acts as (Gmail API, users.settings).

The scopes and the way are those of Google's pages on users.settings.forwardingAddresses and updateAutoForwarding, which
a service account with domain-wide delegation alone may write. Unconfirmed against a real domain: that an address
outside it is accepted without a mail to be answered.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import canonical

API_URL: Final = "https://gmail.googleapis.com"
READING: Final = "https://www.googleapis.com/auth/gmail.settings.basic"
WRITING: Final = "https://www.googleapis.com/auth/gmail.settings.sharing"
SCOPES: Final = (READING, WRITING)
LEFT_THERE: Final = "leaveInInbox"
TRASHED: Final = "trash"
_PATH: Final = "/gmail/v1/users/me/settings"
_ACCEPTED: Final = "accepted"


@dataclass(frozen=True, slots=True)
class AutoForwarding:
    """``to`` is "" where nothing is forwarded; ``disposition`` is what becomes of the message in the mailbox."""

    to: str = ""
    disposition: str = ""


async def auto_forwarding(send: Send, *, api_url: str = API_URL, as_of: datetime) -> AutoForwarding:
    """What stands there. Raises PeerError; NO_SUCH_MAILBOX where the user has no Gmail."""
    told = await _asked(send, "GET", f"{api_url.rstrip('/')}{_PATH}/autoForwarding", None, as_of)
    if not told.get("enabled"):
        return AutoForwarding()
    to, disposition = told.get("emailAddress"), told.get("disposition")
    if not isinstance(to, str) or not to or not isinstance(disposition, str):
        raise PeerError(Reason.GARBLED, "forwarding without an address")
    return AutoForwarding(to, disposition)


async def own_addresses(send: Send, *, api_url: str = API_URL, as_of: datetime) -> frozenset[str]:
    """What mail of the user may come to, canonical: the addresses that they send as (users.settings.sendAs), but for
    those that another server sends. Their aliases are among them, and perhaps an address that is somebody else's.

    Raises PeerError.
    """
    told = await _asked(send, "GET", f"{api_url.rstrip('/')}{_PATH}/sendAs", None, as_of)
    rows = [each for each in told.get("sendAs") or () if isinstance(each, dict) and not each.get("smtpMsa")]
    found: set[str] = set()
    for each in rows:
        with suppress(ValueError):
            found.add(canonical(str(each.get("sendAsEmail") or "")))
    return frozenset(found)


async def forward(send: Send, wanted: AutoForwarding, *, api_url: str = API_URL, as_of: datetime) -> None:
    """Let mail go to ``wanted.to``, which becomes one of the user's forwarding addresses first; to nobody for "".

    Raises PeerError; NO_ACCESS where Google wants that address verified: then nothing was changed.
    """
    settings = f"{api_url.rstrip('/')}{_PATH}"
    if not wanted.to:
        await _asked(send, "PUT", f"{settings}/autoForwarding", {"enabled": False}, as_of)
        return
    listed = await _asked(send, "GET", f"{settings}/forwardingAddresses", None, as_of)
    known = {str(each.get("forwardingEmail", "")).lower(): each for each in listed.get("forwardingAddresses") or ()}
    address = known.get(wanted.to.lower())
    if address is None:
        body = {"forwardingEmail": wanted.to}
        address = await _asked(send, "POST", f"{settings}/forwardingAddresses", body, as_of)
    if address.get("verificationStatus") != _ACCEPTED:
        words = "Google sent a message to the new address: open its link, or allow forwarding to that domain, and again"
        raise PeerError(Reason.NO_ACCESS, words)
    body_of_all = {"enabled": True, "emailAddress": wanted.to, "disposition": wanted.disposition}
    await _asked(send, "PUT", f"{settings}/autoForwarding", body_of_all, as_of)


async def _asked(send: Send, method: str, url: str, body: Any, as_of: datetime) -> dict[str, Any]:
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
    response = await send(HttpRequest(method, url, Headers(headers), orjson.dumps(body) if body is not None else b""))
    failure = problem(response, as_of)
    if failure is not None:
        raise failure
    told = json_object(response.body)
    if "error" in told:
        raise PeerError(Reason.GARBLED, f"HTTP {response.status}, and an error in it")
    return told
