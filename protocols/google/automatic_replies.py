"""Asks Gmail for a person's vacation responder, as that person: users.settings.getVacation."""

from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.google.errors import json_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.automatic_replies import MOST_CHARACTERS, AutomaticReply
from protocols.model.freebusy import Reason
from protocols.plain_text import of_html, of_text

API_URL: Final = "https://gmail.googleapis.com"
_PATH: Final = "/gmail/v1/users/me/settings/vacation"
_RESTRICTIONS: Final = ("restrictToContacts", "restrictToDomain")
_MOST_DIGITS: Final = 15


async def ask(send: Send, *, api_url: str, now: datetime) -> AutomaticReply | None:
    """The reply of the person whose token ``send`` shows, if every sender gets it at ``now``; else None.

    Needs the scope gmail.settings.basic for that person. Raises PeerError.
    """
    response = await send(HttpRequest("GET", api_url.rstrip("/") + _PATH, Headers({"Accept": "application/json"})))
    failure = problem(response, now)
    if failure is not None:
        raise failure
    return decode(json_object(response.body), now)


def decode(document: dict[str, Any], now: datetime) -> AutomaticReply | None:
    """The reply in VacationSettings. Raises PeerError(GARBLED) where it cannot be told whether one is sent.

    One for contacts or for the own domain only is none for an outsider. Google leaves out what is false or not set.
    The subject is never read. HTML goes before plain text, as Gmail sends it.
    """
    switches = {name: document.get(name, False) for name in ("enableAutoReply", *_RESTRICTIONS)}
    if not all(isinstance(value, bool) for value in switches.values()):
        raise PeerError(Reason.GARBLED, "a switch of a vacation responder is no boolean")
    if not switches["enableAutoReply"] or any(switches[name] for name in _RESTRICTIONS):
        return None
    start, end = (_milliseconds(document.get(name)) for name in ("startTime", "endTime"))
    at = round(now.timestamp() * 1000)
    if (start is not None and at < start) or (end is not None and at >= end):
        return None
    html, plain = document.get("responseBodyHtml"), document.get("responseBodyPlainText")
    text = of_html(html, longest=MOST_CHARACTERS) if isinstance(html, str) else ""
    if not text and isinstance(plain, str):
        text = of_text(plain, longest=MOST_CHARACTERS)
    return AutomaticReply(text) if text else None


def _milliseconds(value: Any) -> int | None:
    """int64 in JSON is a string; 0 and none mean no bound."""
    if value is None:
        return None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise PeerError(Reason.GARBLED, "a time of a vacation responder")
    return int(text) or None
