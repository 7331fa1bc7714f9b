"""Asks an Exchange server for anything but free/busy: one operation, one answer, read with suspicion."""

from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, text_of
from protocols.ews.names import SOAP, M, T
from protocols.ews.peer_faults import back_off_in, fault_error, refusal
from protocols.ews.tables import REASONS
from protocols.ews.text import escaped
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.safexml import XmlRefused, local_name, parse

_VERSION: Final = "Exchange2013"
_DECLARED: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


async def call(
    send: Send,
    operation: str,
    body: str,
    *,
    url: str,
    as_of: datetime,
    impersonate: str = "",
    attributes: str = "",
    version: str = _VERSION,
) -> etree._Element:
    """The answer's own element; ``body`` is XML with the prefixes ``m`` and ``t``, ``attributes`` go on it, ``version``
    is the dialect that is spoken (RequestServerVersion).

    Raises PeerError: what ``send`` raises, a fault, a status other than 200, and GARBLED for anything else than an
    answer to this operation.
    """
    action = f'"http://schemas.microsoft.com/exchange/services/2006/messages/{operation}"'
    headers = Headers({"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml", "SOAPAction": action})
    sent = _envelope(operation, body, impersonate, attributes, version)
    response = await send(HttpRequest("POST", url, headers, sent))
    if response.status != 200:
        raise refusal(response, as_of)
    try:
        root = parse(response.body)
    except XmlRefused as refused:
        raise PeerError(Reason.GARBLED, f"not XML: {refused}") from None
    inside = children(root).get("Body") if local_name(root) == "Envelope" else None
    payload = inside[0] if inside is not None and len(inside) else None
    if payload is not None and local_name(payload) == "Fault":
        raise fault_error(payload)
    if payload is None or local_name(payload) != f"{operation}Response":
        raise PeerError(Reason.GARBLED, f"no answer to {operation}")
    return payload


def code_of(message: etree._Element) -> str:
    """NoError where ``message`` tells of success, else the code of its failure; "" where it tells neither."""
    code = text_of(children(message).get("ResponseCode"))
    success = message.get("ResponseClass") == "Success"
    return code if success == (code == "NoError") else ""


def failed(message: etree._Element) -> PeerError:
    """The error that a response message without success stands for."""
    code = code_of(message)
    doubtful = Reason.PEER_FAILED if code else Reason.GARBLED
    return PeerError(REASONS.get(code, doubtful), code[:60] or "no ResponseCode", retry_after=back_off_in(message))


def mailbox_in(element: etree._Element) -> Mailbox:
    """The mailbox of an EmailAddressType. Raises PeerError(INCOMPLETE) where it has no SMTP address."""
    parts = children(element)
    is_smtp = text_of(parts.get("RoutingType")).upper() in ("", "SMTP")
    try:
        return Mailbox.parse(text_of(parts.get("EmailAddress")) if is_smtp else "")
    except ValueError:
        raise PeerError(Reason.INCOMPLETE, "somebody in the answer has no SMTP address") from None


def _envelope(operation: str, body: str, impersonate: str, attributes: str, version: str) -> bytes:
    who = ""
    if impersonate:
        sid = f"<t:PrimarySmtpAddress>{escaped(impersonate)}</t:PrimarySmtpAddress>"
        who = f"<t:ExchangeImpersonation><t:ConnectingSID>{sid}</t:ConnectingSID></t:ExchangeImpersonation>"
    return (
        f'{_DECLARED}<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}"><s:Header>'
        f'<t:RequestServerVersion Version="{version}"/>{who}</s:Header><s:Body>'
        f"<m:{operation}{attributes and ' '}{attributes}>{body}</m:{operation}></s:Body></s:Envelope>"
    ).encode()
