"""Asks Graph for a person's automatic reply to outsiders: mailboxSettings/automaticRepliesSetting."""

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.errors import json_object, problem
from protocols.graph.schedule import API_PATH
from protocols.http import Headers, HttpRequest, Send
from protocols.model.automatic_replies import MOST_CHARACTERS, AutomaticReply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.plain_text import of_html
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

_HEADERS: Final = Headers({"Accept": "application/json", "Prefer": 'outlook.timezone="UTC"'})
_FRACTION: Final = 26  # characters of a time to the microsecond; Graph writes one digit more


async def ask(send: Send, mailbox: Mailbox, *, api_url: str, now: datetime) -> AutomaticReply | None:
    """The external reply of ``mailbox``, if every sender gets it at ``now``; None where none is sent to everybody.

    Needs MailboxSettings.Read (application). Raises PeerError; NO_SUCH_MAILBOX where Graph knows no such person.
    """
    api = api_url.rstrip("/").removesuffix(API_PATH) + API_PATH
    path = f"/users/{quote(mailbox.address, safe='@')}/mailboxSettings/automaticRepliesSetting"
    response = await send(HttpRequest("GET", api + path, _HEADERS))
    if response.status == 404:
        raise PeerError(Reason.NO_SUCH_MAILBOX, "HTTP 404")
    failure = problem(response, now)
    if failure is not None:
        raise failure
    return decode(json_object(response.body), now)


def decode(document: dict[str, Any], now: datetime) -> AutomaticReply | None:
    """The reply in an automaticRepliesSetting. Raises PeerError(GARBLED) where it cannot be told whether one is sent.

    An audience of contacts only is nobody: whether the sender is one of them, we do not know.
    """
    status, audience = document.get("status"), document.get("externalAudience")
    if not isinstance(status, str) or not isinstance(audience, str):
        raise PeerError(Reason.GARBLED, "an automatic reply without status or audience")
    if audience.lower() != "all" or status.lower() not in ("alwaysenabled", "scheduled"):
        return None
    if status.lower() == "scheduled":
        start, end = (_instant(document.get(f"scheduled{edge}DateTime")) for edge in ("Start", "End"))
        if not start <= now < end:
            return None
    message = document.get("externalReplyMessage")
    text = of_html(message, longest=MOST_CHARACTERS) if isinstance(message, str) else ""
    return AutomaticReply(text) if text else None


def _instant(value: Any) -> datetime:
    try:
        zone = zone_named(value["timeZone"])
        moment = datetime.fromisoformat(value["dateTime"].removesuffix("Z")[:_FRACTION])
        if zone is None or moment.tzinfo is not None:
            raise ValueError("no zone, or two")
        return moment.replace(tzinfo=UTC) if zone is UTC else to_utc(moment, zone)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PeerError(Reason.GARBLED, "the schedule of an automatic reply") from None
