"""Asks Exchange for a person's automatic reply to outsiders: GetUserOofSettings, in that person's name."""

from datetime import UTC, datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import Parts, children, text_of
from protocols.ews.names import SOAP, M, T
from protocols.ews.peer_faults import back_off_in, fault_error, refusal
from protocols.ews.tables import REASONS
from protocols.ews.text import escaped
from protocols.http import Headers, HttpRequest, Send
from protocols.model.automatic_replies import MOST_CHARACTERS, AutomaticReply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.plain_text import of_html
from protocols.safexml import XmlRefused, local_name, parse

_ACTION: Final = '"http://schemas.microsoft.com/exchange/services/2006/messages/GetUserOofSettings"'
_HEADERS: Final = Headers(
    (("Content-Type", "text/xml; charset=utf-8"), ("Accept", "text/xml"), ("SOAPAction", _ACTION))
)
_EVERYBODY: Final = "All"
_MOST_NODES: Final = 2_000


async def ask(send: Send, mailbox: Mailbox, *, url: str, now: datetime) -> AutomaticReply | None:
    """The external reply of ``mailbox``, if every sender gets it at ``now``; None where none is sent to everybody.

    Exchange tells it to the person alone, so the question is asked by ExchangeImpersonation. Raises PeerError.
    """
    response = await send(HttpRequest("POST", url, _HEADERS, encode(mailbox)))
    if response.status != 200:
        raise refusal(response, now)
    return decode(response.body, now)


def encode(mailbox: Mailbox) -> bytes:
    """The whole envelope."""
    address = escaped(mailbox.address)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}"><s:Header>'
        '<t:RequestServerVersion Version="Exchange2013"/><t:ExchangeImpersonation><t:ConnectingSID>'
        f"<t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header>"
        f"<s:Body><m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{address}</t:Address></t:Mailbox>"
        "</m:GetUserOofSettingsRequest></s:Body></s:Envelope>"
    ).encode()


def decode(data: bytes, now: datetime) -> AutomaticReply | None:
    """The reply in a GetUserOofSettingsResponse. Raises PeerError.

    The audience that the server allows (AllowExternalOof) must be everybody too, where it says. Times without an
    offset are read in UTC (unconfirmed).
    """
    parts = children(_response(data))
    settings = parts.get("OofSettings")
    if settings is None:
        raise PeerError(Reason.GARBLED, "no OofSettings")
    inside = children(settings)
    state, audience = text_of(inside.get("OofState")), text_of(inside.get("ExternalAudience"))
    if state not in ("Disabled", "Enabled", "Scheduled") or audience not in ("None", "Known", _EVERYBODY):
        raise PeerError(Reason.GARBLED, "an automatic reply without state or audience")
    allowed = text_of(parts.get("AllowExternalOof")) or _EVERYBODY
    if state == "Disabled" or {audience, allowed} != {_EVERYBODY}:
        return None
    if state == "Scheduled" and not _within(inside.get("Duration"), now):
        return None
    reply = inside.get("ExternalReply")
    message = children(reply).get("Message") if reply is not None else None
    text = of_html(message.text or "", longest=MOST_CHARACTERS) if message is not None else ""
    return AutomaticReply(text) if text else None


def _response(data: bytes) -> etree._Element:
    try:
        root = parse(data, max_nodes=_MOST_NODES)
    except XmlRefused as refused:
        raise PeerError(Reason.GARBLED, f"not XML: {refused}") from None
    found = None
    for element in root.iter():
        name = local_name(element)
        if name == "Fault":
            raise fault_error(element)
        if name == "GetUserOofSettingsResponse":
            found = element
    if found is None:
        raise PeerError(Reason.GARBLED, "no answer to GetUserOofSettings")
    _check(children(found).get("ResponseMessage"))
    return found


def _check(message: etree._Element | None) -> None:
    if message is None:
        raise PeerError(Reason.GARBLED, "no ResponseMessage")
    code = text_of(children(message).get("ResponseCode"))
    if message.get("ResponseClass") != "Success" or code != "NoError":
        raise PeerError(REASONS.get(code, Reason.PEER_FAILED), code[:60], retry_after=back_off_in(message))


def _within(duration: etree._Element | None, now: datetime) -> bool:
    parts = children(duration) if duration is not None else {}
    return _instant(parts, "StartTime") <= now < _instant(parts, "EndTime")


def _instant(parts: Parts, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text_of(parts.get(name)))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PeerError(Reason.GARBLED, "the schedule of an automatic reply") from None
