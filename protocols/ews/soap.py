"""The SOAP 1.1 envelope around every operation: opened, closed, and filled with a fault where a request is refused."""

from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.names import ADDRESSING, SOAP, E, M, T, local, soap
from protocols.ews.tables import FAULT_CODES, FIGURES, TEXTS
from protocols.ews.text import escaped
from protocols.safexml import XmlRefused, parse

_ENVELOPE, _HEADER, _BODY, _MUST_UNDERSTAND, _ACTOR = (
    soap(name) for name in ("Envelope", "Header", "Body", "mustUnderstand", "actor")
)
_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"  # SOAP 1.1 4.2.2
_UNDERSTOOD = frozenset(
    f"{{{T}}}{name}"
    for name in (
        "RequestServerVersion",
        "TimeZoneContext",
        "MailboxCulture",
        # Understood and ignored: what may be seen depends on the caller's credential alone, and nothing of it travels
        # on (request.decode). It is not refused: whoever signs in as an application must name a mailbox there.
        "ExchangeImpersonation",
        "RequestType",
        "RequestTypeHeader",
        "DateTimePrecision",
    )
) | frozenset(f"{{{ADDRESSING}}}{name}" for name in ("Action", "To", "MessageID", "ReplyTo", "From"))

_OPEN = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header>'
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="4"'
    f' Version="V2017_07_11" xmlns:h="{T}"/></s:Header><s:Body>'
)
_OPEN_BYTES, _CLOSE_BYTES = _OPEN.encode(), b"</s:Body></s:Envelope>"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request out of its envelope.

    ``operation`` is the local name of the first child of Body, "" where that is not in the messages namespace.
    """

    operation: str
    payload: etree._Element
    header: etree._Element | None


def read_envelope(data: bytes) -> Envelope:
    """Open a SOAP 1.1 request; any prefix and unknown headers are fine, and SOAPAction is not asked for.

    Raises RequestError: MALFORMED (not XML; with line and column), TOO_COMPLEX (DTD, too deep, too many elements),
    UNSUPPORTED_TYPE (no SOAP 1.1 envelope with something in its Body), MUST_UNDERSTAND.
    """
    try:
        root = parse(data)
    except XmlRefused as refused:
        fault = Fault.MALFORMED if refused.malformed else Fault.TOO_COMPLEX
        raise RequestError(fault, str(refused), line=refused.line, column=refused.column) from None
    header = body = None
    if root.tag == _ENVELOPE:
        for child in root:
            if child.tag == _HEADER:
                header = child
            elif child.tag == _BODY:
                body = child
                break
    if body is None or not len(body):
        raise RequestError(Fault.UNSUPPORTED_TYPE, "not a SOAP 1.1 envelope with an operation in its Body")
    if header is not None:
        _check_understood(header)
    payload = body[0]
    namespace, _, name = payload.tag.rpartition("}")
    return Envelope(name if namespace[1:] == M else "", payload, header)


def envelope(body: str) -> bytes:
    """``body``, which is XML, as a whole answer with ServerVersionInfo."""
    return enveloped([body.encode()])


def in_envelope(parts: list[bytes]) -> list[bytes]:
    """As :func:`envelope`, of a body in parts: a long answer is put together once and not again at every level."""
    return [_OPEN_BYTES, *parts, _CLOSE_BYTES]


def enveloped(parts: list[bytes]) -> bytes:
    """The same in one piece."""
    return b"".join(in_envelope(parts))


def encode_fault(error: RequestError, *, back_off: timedelta | None = None) -> bytes:
    """The fault for ``error``: a constant text per code, to which at most the caller's own figures are added.

    ``back_off`` tells the caller how long to wait (BackOffMilliseconds).
    """
    if error.fault is Fault.MUST_UNDERSTAND:  # SOAP 1.1 4.4: no detail, since the Body was not processed
        text = "A SOAP header that must be understood is not."
        return envelope(f"<s:Fault><faultcode>s:MustUnderstand</faultcode><faultstring>{text}</faultstring></s:Fault>")
    code = FAULT_CODES[error.fault]
    text = escaped(fault_text(error))
    return envelope(
        f'<s:Fault><faultcode xmlns:a="{T}">a:{code}</faultcode><faultstring xml:lang="en-US">{text}</faultstring>'
        f'<detail><e:ResponseCode xmlns:e="{E}">{code}</e:ResponseCode><e:Message xmlns:e="{E}">{text}</e:Message>'
        f"{_message_xml(error, back_off)}</detail></s:Fault>"
    )


def fault_text(error: RequestError) -> str:
    """The MessageText of ``error``: constant, but for the faults that repeat the caller's figures."""
    return (error.text if error.fault in FIGURES else "") or TEXTS[FAULT_CODES[error.fault]]


def _message_xml(error: RequestError, back_off: timedelta | None) -> str:
    if error.line is not None:
        inner = (
            f"<t:LineNumber>{error.line}</t:LineNumber><t:LinePosition>{error.column or 0}</t:LinePosition>"
            f"<t:Violation>{escaped(error.text)}</t:Violation>"
        )
    elif back_off is not None:
        inner = f'<t:Value Name="BackOffMilliseconds">{round(back_off.total_seconds() * 1000)}</t:Value>'
    else:
        return ""
    return f'<t:MessageXml xmlns:t="{T}">{inner}</t:MessageXml>'


def _check_understood(header: etree._Element) -> None:
    for entry in header:
        wanted = entry.get(_MUST_UNDERSTAND)
        if wanted is None or wanted.strip() not in ("1", "true"):
            continue
        if entry.get(_ACTOR, _NEXT) in ("", _NEXT) and entry.tag not in _UNDERSTOOD:
            raise RequestError(Fault.MUST_UNDERSTAND, local(entry.tag)[:100])
