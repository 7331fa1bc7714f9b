"""The SOAP envelope of autodiscover.svc: version 1.1 or 1.2, as the caller's, with WS-Addressing in both directions."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.safexml import MAX_NODES, XmlRefused, local_name, parse

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
AUTODISCOVER = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
_TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
_CONTENT_TYPES = {SOAP11: "text/xml; charset=utf-8", SOAP12: "application/soap+xml; charset=utf-8"}
_UNDERSTOOD = frozenset({AUTODISCOVER, ADDRESSING, _TYPES})
_FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"

# Who erred, in SOAP 1.1's word and in 1.2's, and the constant text.
_FAULTS = {
    Fault.MALFORMED: ("Client", "Sender", "The request is not well-formed XML."),
    Fault.TOO_COMPLEX: ("Client", "Sender", "The request is not accepted."),
    Fault.SCHEMA: ("Client", "Sender", "The request is not a SOAP message."),
    Fault.UNKNOWN_OPERATION: ("Client", "Sender", "The operation is not supported."),
    Fault.MUST_UNDERSTAND: ("MustUnderstand", "MustUnderstand", "A header that must be understood is not."),
    Fault.BUSY: ("Server", "Receiver", "The server cannot service this request right now. Try again later."),
}
_OUR_FAULT = ("Server", "Receiver", "An internal server error occurred. The operation failed.")


@dataclass(frozen=True, slots=True)
class Message:
    """A request taken out of its envelope: SOAP namespace, first child of the body, message id ("" without)."""

    soap: str
    payload: etree._Element
    message_id: str

    @property
    def content_type(self) -> str:
        """What the answer's Content-Type must be."""
        return _CONTENT_TYPES[self.soap]


def read_message(data: bytes, *, max_nodes: int = MAX_NODES) -> Message:
    """The message in ``data``. Raises RequestError(MALFORMED | TOO_COMPLEX | SCHEMA | MUST_UNDERSTAND)."""
    try:
        root = parse(data, max_nodes=max_nodes)
    except XmlRefused as error:
        fault = Fault.MALFORMED if error.malformed else Fault.TOO_COMPLEX
        raise RequestError(fault, line=error.line, column=error.column) from None
    soap = etree.QName(root).namespace or ""
    if soap not in _CONTENT_TYPES or local_name(root) != "Envelope":
        raise RequestError(Fault.SCHEMA, "not a SOAP envelope")
    body = root.find(f"{{{soap}}}Body")
    if body is None or not len(body):
        raise RequestError(Fault.SCHEMA, "the body is empty")
    message_id = ""
    header = root.find(f"{{{soap}}}Header")
    for entry in header if header is not None else ():
        must = entry.get(f"{{{soap}}}mustUnderstand", "0").strip().lower() in ("1", "true")
        if must and etree.QName(entry).namespace not in _UNDERSTOOD:
            raise RequestError(Fault.MUST_UNDERSTAND, local_name(entry)[:100])
        if entry.tag == f"{{{ADDRESSING}}}MessageID":
            message_id = (entry.text or "").strip()
    return Message(soap, body[0], message_id)


def dialect(data: bytes) -> str:
    """The SOAP namespace in which a fault about ``data`` is best understood, however broken it is."""
    return SOAP12 if SOAP12.encode() in data[:4096] else SOAP11


def content_type(soap: str) -> str:
    """The Content-Type of an envelope in this SOAP namespace."""
    return _CONTENT_TYPES[soap]


def faultless(message: Message, operation: str, response: str, version: str) -> bytes:
    """The answer to ``message``: ``response`` is the rendered content of the operation's ResponseMessage.

    ``version`` ("15.02.1544.004") goes into ServerVersionInfo.
    """
    action = f"{AUTODISCOVER}/Autodiscover/{operation}Response"
    major, minor, build, revision = (int(part) for part in version.split("."))
    relates = f"<a:RelatesTo>{escape(message.message_id)}</a:RelatesTo>" if message.message_id else ""
    header = (
        f"<a:Action>{action}</a:Action>{relates}"
        f'<h:ServerVersionInfo xmlns:h="{AUTODISCOVER}"><h:MajorVersion>{major}</h:MajorVersion>'
        f"<h:MinorVersion>{minor}</h:MinorVersion><h:MajorBuildNumber>{build}</h:MajorBuildNumber>"
        f"<h:MinorBuildNumber>{revision}</h:MinorBuildNumber><h:Version>Exchange2016</h:Version></h:ServerVersionInfo>"
    )
    name = f"{operation}ResponseMessage"
    return _envelope(message.soap, header, f'<{name} xmlns="{AUTODISCOVER}">{response}</{name}>')


def encode_fault(error: RequestError, soap: str = SOAP11) -> bytes:
    """A fault in constant words, to go out with HTTP 500."""
    old, new, text = _FAULTS.get(error.fault, _OUR_FAULT)
    if soap == SOAP12:
        body = (
            f"<s:Fault><s:Code><s:Value>s:{new}</s:Value></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason></s:Fault>'
        )
    else:
        body = f'<s:Fault><faultcode>s:{old}</faultcode><faultstring xml:lang="en-US">{text}</faultstring></s:Fault>'
    return _envelope(soap, f"<a:Action>{_FAULT_ACTION}</a:Action>", body)


def _envelope(soap: str, header: str, body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s={quoteattr(soap)} xmlns:a="{ADDRESSING}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
