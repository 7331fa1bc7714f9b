"""What goes wrong in a front that speaks Graph, in Graph's words: of one schedule, and of a whole request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Reason

_ONE_FOR_ALL: Final = "ErrorNoFreeBusyAccess"
_FAILED: Final = "ErrorFreeBusyGenerationFailed"

# Unknown and forbidden mailboxes must not be told apart, or addresses could be found out by asking.
_CODES: Final[Mapping[Reason, str]] = {
    Reason.NO_SUCH_MAILBOX: _ONE_FOR_ALL,
    Reason.NO_ACCESS: _ONE_FOR_ALL,
    Reason.NO_CALENDAR: _ONE_FOR_ALL,
    Reason.NO_ROUTE: _ONE_FOR_ALL,
    Reason.FORBIDDEN: _ONE_FOR_ALL,
    Reason.INVALID_ADDRESS: "ErrorMailRecipientNotFound",
    Reason.LOOP: "ErrorProxyRequestNotAllowed",
    Reason.TIMEOUT: "ErrorTimeoutExpired",
    Reason.THROTTLED: "ErrorServerBusy",
    Reason.UNREACHABLE: _FAILED,
    Reason.UNAUTHORIZED: _FAILED,
    Reason.GARBLED: _FAILED,
    Reason.INCOMPLETE: _FAILED,
    Reason.PEER_FAILED: _FAILED,
    Reason.TOO_MANY_ENTRIES: "ErrorResultSetTooBig",
    Reason.WINDOW_TOO_LONG: "ErrorTimeIntervalTooBig",
    Reason.GROUP_TOO_LARGE: "ErrorFreeBusyDLLimitReached",
    Reason.TOO_MANY_MAILBOXES: "ErrorIndividualMailboxLimitReached",
}
_MESSAGES: Final = {  # one per code, whatever happened: it must not tell what the code conceals
    _ONE_FOR_ALL: "The caller does not have free/busy viewing rights on the calendar.",
    _FAILED: "Free/busy information could not be retrieved because of an intervening failure.",
    "ErrorMailRecipientNotFound": "Unable to resolve the e-mail address to a mailbox.",
    "ErrorProxyRequestNotAllowed": "The request may not be proxied to the organisation that asks.",
    "ErrorTimeoutExpired": "The request could not be processed in time.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorResultSetTooBig": "The result set contains too many calendar entries.",
    "ErrorTimeIntervalTooBig": "The requested time duration is too long.",
    "ErrorFreeBusyDLLimitReached": "The distribution group has too many members.",
    "ErrorIndividualMailboxLimitReached": "The request asks about too many mailboxes once its groups are expanded.",
}
_FAILURES: Final = {reason: {"message": _MESSAGES[code], "responseCode": code} for reason, code in _CODES.items()}


def failure(reason: Reason) -> dict[str, str]:
    """The ``error`` of a schedule of which nothing can be said. Not to be changed."""
    return _FAILURES[reason]


@dataclass(frozen=True, slots=True)
class _Error:
    """A refusal of the whole request; ``text`` may have a place for what the caller sent wrongly."""

    status: int
    code: str
    text: str


_INVALID: Final = _Error(400, "ErrorInvalidRequest", "The request is invalid.")
_FAULTS: Final[Mapping[Fault, _Error]] = {
    Fault.MALFORMED: _Error(400, "BadRequest", "Unable to read JSON request payload."),
    Fault.TOO_COMPLEX: _Error(400, "BadRequest", "Unable to read JSON request payload."),
    Fault.TOO_LARGE: _Error(413, "RequestEntityTooLarge", "The request payload is too large."),
    Fault.TOO_SLOW: _Error(408, "RequestTimeout", "The request did not arrive in time."),
    Fault.UNSUPPORTED_TYPE: _Error(415, "UnsupportedMediaType", "Send JSON, uncompressed or as gzip or deflate."),
    Fault.SCHEMA: _Error(400, "ErrorInvalidRequest", "The request is invalid: {} cannot be read."),
    Fault.UNKNOWN_OPERATION: _Error(404, "ResourceNotFound", "There is no such resource here."),
    Fault.MUST_UNDERSTAND: _INVALID,
    Fault.MISSING_ARGUMENT: _Error(400, "ErrorInvalidRequest", "The request is invalid: {} is missing."),
    Fault.NO_MAILBOXES: _Error(
        400, "ErrorMailboxDataArrayEmpty", "There are no target users in the EmailAddress array."
    ),
    Fault.TOO_MANY_MAILBOXES: _Error(400, "ErrorMailboxDataArrayTooBig", "{}"),
    Fault.INVALID_WINDOW: _Error(
        400, "ErrorInvalidTimeInterval", "The time duration specified for FreeBusyViewOptions.TimeWindow is invalid.{}"
    ),
    Fault.WINDOW_TOO_LONG: _Error(400, "ErrorTimeIntervalTooBig", "{}"),
    Fault.INVALID_INTERVAL: _Error(
        400,
        "ErrorInvalidMergedFreeBusyInterval",
        "Specify an interval that is less than the free/busy time window and between 5 and 1440 minutes.",
    ),
    Fault.INVALID_VIEW: _INVALID,
    Fault.INVALID_TIME_ZONE: _Error(
        400, "TimeZoneNotSupportedException", "A valid TimeZone value must be specified: a Windows or an IANA name."
    ),
    Fault.BUSY: _Error(503, "ErrorServerBusy", "The server cannot service this request right now. Try again later."),
    Fault.INTERNAL: _Error(500, "ErrorInternalServerError", "An internal server error occurred. The operation failed."),
}
_THROTTLED: Final = _Error(429, "ApplicationThrottled", "Too many requests. Try again later.")
_REFUSALS: Final[Mapping[int, _Error]] = {
    401: _Error(401, "InvalidAuthenticationToken", "Access token validation failure."),
    403: _Error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."),
    405: _Error(405, "Request_BadRequest", "Only POST is allowed here."),
    429: _THROTTLED,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How an answer is found again: the instant, our id of the request, and the caller's own."""

    at: datetime
    request_id: str
    client_request_id: str = ""


def encode_fault(error: RequestError, mark: Mark, *, throttled: bool = False) -> tuple[int, bytes]:
    """Status and body of ``error``; ``throttled``: BUSY means that this caller asks too often."""
    found = _THROTTLED if throttled and error.fault is Fault.BUSY else _FAULTS[error.fault]
    text = found.text.format(error.text) if "{}" in found.text else found.text
    return found.status, _written(found.code, text, mark)


def encode_refusal(status: int, mark: Mark) -> bytes:
    """The body for whom nobody lets in (401, 403, 429), and of 405."""
    found = _REFUSALS[status]
    return _written(found.code, found.text, mark)


def _written(code: str, text: str, mark: Mark) -> bytes:
    inner: dict[str, Any] = {
        "date": mark.at.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": mark.request_id,
        "client-request-id": mark.client_request_id or mark.request_id,
    }
    return orjson.dumps({"error": {"code": code, "message": text, "innerError": inner}})
