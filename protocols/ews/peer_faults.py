"""What a peer says when it answers nothing: SOAP faults in their three shapes, and plain HTTP refusals."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.tables import REASONS
from protocols.http import HttpResponse, retry_after
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, local_name, parse
from protocols.sign_in_offers import offered

_LONGEST_BACK_OFF = timedelta(days=1)
# What EWS says of an operation that it does not know, and what a SOAP server on WCF says of such an action.
_UNKNOWN_OPERATION = frozenset({"ErrorInvalidOperation", "ActionNotSupported"})
_STATUSES = {
    401: Reason.UNAUTHORIZED,
    403: Reason.UNAUTHORIZED,
    404: Reason.PEER_FAILED,
    407: Reason.UNREACHABLE,
    408: Reason.TIMEOUT,
    413: Reason.TOO_MANY_ENTRIES,
    429: Reason.THROTTLED,
    502: Reason.UNREACHABLE,
    503: Reason.THROTTLED,  # what IIS says where it throttles
    504: Reason.TIMEOUT,
}


class OperationUnknownError(PeerError):
    """The server does not know the operation, whatever it is about."""


def refusal(response: HttpResponse, as_of: datetime) -> PeerError:
    """The error that a response other than 200 stands for; a fault in it tells more than the status does."""
    wait = retry_after(response.headers, as_of)
    if response.status == 500:
        try:
            fault = _fault_in(parse(response.body))
        except XmlRefused:
            fault = None
        if fault is not None:
            return fault_error(fault, wait=wait)
    reason = _STATUSES.get(response.status, Reason.PEER_FAILED)
    redirect = ", a redirect: the URL is not the final one" if 300 <= response.status < 400 else ""
    words = redirect
    if response.status == 401 and (ways := offered(response.headers)):
        words = f": the credential is refused; the server offers {' and '.join(ways)}"
    return PeerError(reason, f"HTTP {response.status}{words}", retry_after=wait)


def fault_error(fault: etree._Element, *, wait: timedelta | None = None) -> PeerError:
    """The error that a soap:Fault stands for; elements are found by local name, their namespaces vary by version."""
    code = ""
    for element in fault.iter():
        name, text = local_name(element), (element.text or "").strip()
        if name == "ResponseCode" and text:
            code = text
        elif name == "faultcode" and not code:
            code = text.rpartition(":")[2]
    back_off = back_off_in(fault)
    reason = REASONS.get(code, Reason.THROTTLED if back_off is not None else Reason.PEER_FAILED)
    kind = OperationUnknownError if code in _UNKNOWN_OPERATION else PeerError
    return kind(reason, f"fault {code[:60]}", retry_after=back_off if back_off is not None else wait)


def back_off_in(element: etree._Element) -> timedelta | None:
    """How long a fault, or the error of one mailbox, asks to be left alone (BackOffMilliseconds); a day at most."""
    for value in element.iter("{*}Value"):
        text = (value.text or "").strip()
        if value.get("Name") == "BackOffMilliseconds" and text.isascii() and text.isdigit():
            return min(timedelta(milliseconds=int(text[:12])), _LONGEST_BACK_OFF)
    return None


def _fault_in(root: etree._Element) -> etree._Element | None:
    return next(_faults(root), None)


def _faults(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if local_name(element) == "Fault")
