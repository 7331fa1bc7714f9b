"""What Graph's errors mean: status codes, error codes of the call, and response codes of one schedule."""

from datetime import datetime
from typing import Any

import orjson

from protocols.errors import PeerError
from protocols.http import HttpResponse, retry_after
from protocols.model.freebusy import Reason
from protocols.spoilt_json import readable

_STATUSES = {
    401: Reason.UNAUTHORIZED,
    403: Reason.NO_ACCESS,
    408: Reason.TIMEOUT,
    429: Reason.THROTTLED,
    503: Reason.THROTTLED,
    504: Reason.TIMEOUT,
}

# Codes that say the same of a whole call and of one schedule. Letter case is not significant.
_CODES = {
    "errormailrecipientnotfound": Reason.NO_SUCH_MAILBOX,
    "5009": Reason.NO_SUCH_MAILBOX,  # the ExceptionCode of the same, leaked as responseCode
    "errornofreebusyaccess": Reason.NO_ACCESS,
    "erroraccessdenied": Reason.NO_ACCESS,
    "errornocalendar": Reason.NO_CALENDAR,
    "errorinvalidsmtpaddress": Reason.NO_SUCH_MAILBOX,  # what is no address for us is never asked about
    "operationtimedout": Reason.TIMEOUT,
    "errortimeoutexpired": Reason.TIMEOUT,
    "errorresultsettoobig": Reason.TOO_MANY_ENTRIES,
    "errortimeintervaltoobig": Reason.WINDOW_TOO_LONG,
    "errorfreebusydllimitreached": Reason.GROUP_TOO_LARGE,
    "errorindividualmailboxlimitreached": Reason.GROUP_TOO_LARGE,
    "errorserverbusy": Reason.THROTTLED,
    "errorexceededconnectioncount": Reason.THROTTLED,
    "applicationthrottled": Reason.THROTTLED,
    "toomanyrequests": Reason.THROTTLED,
    "mailboxconcurrency": Reason.THROTTLED,
}
_WORDS = {
    "too many calendar entries": Reason.TOO_MANY_ENTRIES,
    "mailboxconcurrency limit": Reason.THROTTLED,
    "operationtimedout": Reason.TIMEOUT,
}
# What may be said of a call as a whole; the others speak of the anchor there, never of a schedule asked about.
_OF_A_CALL = frozenset({Reason.THROTTLED, Reason.TIMEOUT, Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG})


def problem(response: HttpResponse, as_of: datetime) -> PeerError | None:
    """The error that a response stands for; None where its status is success. ``as_of`` is the clock of Retry-After.

    403 is NO_ACCESS and 404 PEER_FAILED: both speak of the anchor's mailbox and of our application.
    """
    if 200 <= response.status < 300:
        return None
    error = _error_object(response.body)
    known, reason = _known(error), _STATUSES.get(response.status)
    if known in _OF_A_CALL:
        reason = known
    elif reason is None and error is None and response.status < 500:
        reason = Reason.GARBLED  # a page of something that stands between us and Graph
    detail = f"HTTP {response.status} {_code(error)}".rstrip()
    return PeerError(reason or Reason.PEER_FAILED, detail, retry_after=retry_after(response.headers, as_of))


def schedule_reason(error: Any) -> tuple[Reason, str]:
    """What the ``error`` of one schedule means, and Graph's own code for it, for the log."""
    if not isinstance(error, dict):
        return Reason.PEER_FAILED, "an error that is no object"
    return _known(error) or Reason.PEER_FAILED, _code(error)


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises PeerError(GARBLED) for anything else, HTML and half an answer included."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PeerError(Reason.GARBLED, "the answer is not JSON") from None
    if not isinstance(document, dict):
        raise PeerError(Reason.GARBLED, "the answer is no JSON object")
    return document


def people_object(body: bytes) -> dict[str, Any]:
    """As :func:`json_object`, for what tells of people: one text that is spoilt does not hide everybody else."""
    return readable(body, json_object)


def _error_object(body: bytes) -> dict[str, Any] | None:
    try:
        error = json_object(body).get("error")
    except PeerError:
        return None
    return error if isinstance(error, dict) else None


def _code(error: dict[str, Any] | None) -> str:
    code = (error or {}).get("responseCode") or (error or {}).get("code")
    return str(code)[:100] if isinstance(code, str | int) else ""


def _known(error: dict[str, Any] | None) -> Reason | None:
    reason = _CODES.get(_code(error).lower())
    if reason is not None:
        return reason
    message = str((error or {}).get("message", "")).lower()
    return next((reason for words, reason in _WORDS.items() if words in message), None)
