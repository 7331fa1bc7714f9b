"""The plain XML dialect of Autodiscover ([MS-OXDSCLI]): the one that Exchange's availability service asks first."""

from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from lxml import etree

from protocols.errors import Fault, PeerError, RequestError
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, local_name, parse

REQUEST_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
RESPONSE_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_ENVELOPE = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"

# [MS-OXDSCLI] 2.2.4.1.1.2.4: error codes
EMAIL_NOT_FOUND, BAD_ADDRESS, INVALID_REQUEST, NO_PROVIDER = 500, 501, 600, 601
MESSAGES = {
    EMAIL_NOT_FOUND: "The email address can't be found.",
    BAD_ADDRESS: "Bad address",
    INVALID_REQUEST: "Invalid Request",
    NO_PROVIDER: "Provider is not available",
}
_CODES = {Fault.UNSUPPORTED_TYPE: NO_PROVIDER}  # every other fault is an invalid request
_LONGEST_CODE = 40
_PROTOCOLS = ("EXPR", "EXCH")  # who asks from outside reads EXPR first


@dataclass(frozen=True, slots=True)
class PoxRequest:
    """The address asked about, as written, and the schema that the answer should follow."""

    address: str
    schema: str


@dataclass(frozen=True, slots=True)
class PoxAnswer:
    """What an answer says: where to ask for availability, or where to discover again; one of the three."""

    ews_url: str | None = None
    redirect_address: str | None = None
    redirect_url: str | None = None


def decode(data: bytes) -> PoxRequest:
    """What is asked. Prefixes and the letter case of namespaces do not matter.

    Raises RequestError: MALFORMED, TOO_COMPLEX, SCHEMA, MISSING_ARGUMENT (no address), or UNSUPPORTED_TYPE (the answer
    is wanted in a schema other than Outlook's); :func:`encode_refusal` puts it into words.
    """
    root = _root(data)
    if local_name(root) != "Autodiscover" or "/requestschema/" not in (etree.QName(root).namespace or "").lower():
        raise RequestError(Fault.SCHEMA, "not an Autodiscover request")
    request = next((child for child in root if local_name(child) == "Request"), None)
    if request is None:
        raise RequestError(Fault.SCHEMA, "Request is missing")
    fields = {local_name(child): (child.text or "").strip() for child in request}
    schema = fields.get("AcceptableResponseSchema", RESPONSE_SCHEMA)
    if schema.lower() != RESPONSE_SCHEMA:
        raise RequestError(Fault.UNSUPPORTED_TYPE, "AcceptableResponseSchema")
    if not fields.get("EMailAddress"):
        raise RequestError(Fault.MISSING_ARGUMENT, "EMailAddress")
    return PoxRequest(fields["EMailAddress"], schema)


def encode(ews_url: str) -> bytes:
    """The answer for every address that is served: availability and all of EWS lie at ``ews_url``."""
    url = escape(ews_url)
    server = escape(ews_url.partition("://")[2].partition("/")[0])
    urls = f"<Server>{server}</Server><ASUrl>{url}</ASUrl><EwsUrl>{url}</EwsUrl>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="{_ENVELOPE}">'
        f'<Response xmlns="{RESPONSE_SCHEMA}">'
        "<User><DisplayName/><LegacyDN/><DeploymentId/></User>"
        "<Account><AccountType>email</AccountType><Action>settings</Action>"
        f"<Protocol><Type>EXCH</Type>{urls}</Protocol>"
        f"<Protocol><Type>EXPR</Type>{urls}<SSL>{'On' if ews_url.startswith('https:') else 'Off'}</SSL></Protocol>"
        "</Account></Response></Autodiscover>"
    ).encode()


def encode_error(code: int, message: str, now: datetime) -> bytes:
    """An answer that says why there is none; it goes out with HTTP 200. The time of day is ``now``'s."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="{_ENVELOPE}"><Response>'
        f'<Error Time="{now:%H:%M:%S.%f}0" Id="{code}"><ErrorCode>{code}</ErrorCode>'
        f"<Message>{escape(message)}</Message><DebugData/></Error></Response></Autodiscover>"
    ).encode()


def encode_refusal(error: RequestError, now: datetime) -> bytes:
    """The answer to a request that :func:`decode` refused, in constant words."""
    code = _CODES.get(error.fault, INVALID_REQUEST)
    return encode_error(code, MESSAGES[code], now)


def encode_request(address: str) -> bytes:
    """A request about ``address``."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="{REQUEST_SCHEMA}"><Request>'
        f"<EMailAddress>{escape(address)}</EMailAddress>"
        f"<AcceptableResponseSchema>{RESPONSE_SCHEMA}</AcceptableResponseSchema></Request></Autodiscover>"
    ).encode()


def read(data: bytes) -> PoxAnswer:
    """What a server answered. Raises PeerError: NO_SUCH_MAILBOX where it knows no such address, PEER_FAILED for its
    other errors, GARBLED for anything that is no answer."""
    try:
        root = parse(data)
    except XmlRefused as error:
        raise PeerError(Reason.GARBLED, f"Autodiscover: {error}") from None
    error_code = _first(root, "ErrorCode")
    if error_code is not None:
        unknown = error_code in (str(EMAIL_NOT_FOUND), str(BAD_ADDRESS))
        raise PeerError(
            Reason.NO_SUCH_MAILBOX if unknown else Reason.PEER_FAILED, f"Autodiscover: {code_told(error_code)}"
        )
    answer = PoxAnswer(_availability_url(root), _first(root, "RedirectAddr"), _first(root, "RedirectUrl"))
    if answer == PoxAnswer():
        raise PeerError(Reason.GARBLED, "Autodiscover: no availability URL in the answer")
    return answer


def code_told(code: str) -> str:
    """A server's error code as it may stand in the log: a word or a number, and nothing that anybody could write."""
    return code if len(code) <= _LONGEST_CODE and code.isascii() and code.isalnum() else "an error"


def _root(data: bytes) -> etree._Element:
    try:
        return parse(data)
    except XmlRefused as error:
        fault = Fault.MALFORMED if error.malformed else Fault.TOO_COMPLEX
        raise RequestError(fault, line=error.line, column=error.column) from None


def _first(root: etree._Element, name: str) -> str | None:
    return next(((found.text or "").strip() or None for found in root.iter("{*}" + name)), None)


def _availability_url(root: etree._Element) -> str | None:
    by_type = {
        _first(found, "Type"): _first(found, "ASUrl") or _first(found, "EwsUrl")  # one address, at every server known
        for found in root.iter("{*}Protocol")
    }
    return next((url for kind in _PROTOCOLS if (url := by_type.get(kind))), None)
