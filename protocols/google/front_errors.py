"""What goes wrong in a front that speaks Google's API, in Google's words: of one calendar, and of a whole request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Reason

_NOT_FOUND: Final = ("global", "notFound")
_BACKEND: Final = ("global", "backendError")

# Unknown and forbidden calendars must not be told apart, or addresses could be found out by asking.
_REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.NO_SUCH_MAILBOX: _NOT_FOUND,
    Reason.NO_ACCESS: _NOT_FOUND,
    Reason.NO_CALENDAR: _NOT_FOUND,
    Reason.NO_ROUTE: _NOT_FOUND,
    Reason.FORBIDDEN: _NOT_FOUND,
    Reason.INVALID_ADDRESS: _NOT_FOUND,
    Reason.LOOP: _BACKEND,
    Reason.TIMEOUT: _BACKEND,
    Reason.THROTTLED: ("usageLimits", "rateLimitExceeded"),
    Reason.UNREACHABLE: _BACKEND,
    Reason.UNAUTHORIZED: _BACKEND,
    Reason.GARBLED: _BACKEND,
    Reason.INCOMPLETE: _BACKEND,
    Reason.PEER_FAILED: _BACKEND,
    Reason.TOO_MANY_ENTRIES: _BACKEND,
    Reason.WINDOW_TOO_LONG: _BACKEND,
    Reason.GROUP_TOO_LARGE: ("global", "groupTooBig"),
    Reason.TOO_MANY_MAILBOXES: ("global", "tooManyCalendarsRequested"),
}


def _calendar(domain: str, reason: str) -> dict[str, Any]:
    return {"errors": [{"domain": domain, "reason": reason}]}


_FAILURES: Final = {reason: _calendar(*words) for reason, words in _REASONS.items()}
INCOMPLETE: Final = _FAILURES[Reason.INCOMPLETE]
TOO_MANY: Final = _calendar("global", "tooManyCalendarsRequested")
"""The calendar of an id beyond calendarExpansionMax."""


def failure(reason: Reason) -> dict[str, Any]:
    """A calendar of which nothing can be said: ``errors``, and no ``busy``. Not to be changed."""
    return _FAILURES[reason]


@dataclass(frozen=True, slots=True)
class _Error:
    """A refusal of the whole request; ``text`` may have a place for the name of a field."""

    code: int
    reason: str
    text: str
    status: str
    domain: str = "global"
    place: tuple[tuple[str, str], ...] = ()


_INVALID: Final = "INVALID_ARGUMENT"
_BAD: Final = _Error(400, "badRequest", "Bad Request", _INVALID)
_FAULTS: Final[Mapping[Fault, _Error]] = {
    Fault.MALFORMED: _Error(400, "parseError", "Parse Error", _INVALID),
    Fault.TOO_COMPLEX: _Error(400, "parseError", "Parse Error", _INVALID),
    Fault.TOO_LARGE: _Error(413, "uploadTooLarge", "Request Too Large", _INVALID),
    Fault.TOO_SLOW: _Error(408, "requestTimeout", "The request did not arrive in time.", "DEADLINE_EXCEEDED"),
    Fault.UNSUPPORTED_TYPE: _Error(415, "badContent", "Unsupported content type or content encoding.", _INVALID),
    Fault.SCHEMA: _Error(400, "invalid", "Invalid value for: {}", _INVALID),
    Fault.UNKNOWN_OPERATION: _BAD,
    Fault.MUST_UNDERSTAND: _BAD,
    Fault.MISSING_ARGUMENT: _Error(400, "required", "Missing {} parameter.", _INVALID),
    Fault.NO_MAILBOXES: _BAD,
    Fault.TOO_MANY_MAILBOXES: _Error(
        400,
        "tooManyCalendarsRequested",
        "The number of calendars requested is too large for a single query.",
        _INVALID,
    ),
    Fault.INVALID_WINDOW: _Error(400, "timeRangeEmpty", "The specified time range is empty.", _INVALID),
    Fault.WINDOW_TOO_LONG: _Error(400, "timeRangeTooLong", "The requested time range is too long.", _INVALID),
    Fault.INVALID_INTERVAL: _BAD,
    Fault.INVALID_VIEW: _BAD,
    Fault.INVALID_TIME_ZONE: _Error(400, "invalid", "Invalid time zone definition.", _INVALID),
    Fault.BUSY: _Error(503, "backendError", "Backend Error", "UNAVAILABLE"),
    Fault.INTERNAL: _Error(500, "internalError", "Internal Error", "INTERNAL"),
}
_THROTTLED: Final = _Error(429, "rateLimitExceeded", "Rate Limit Exceeded", "RESOURCE_EXHAUSTED", "usageLimits")
_HEADER: Final = (("locationType", "header"), ("location", "Authorization"))
_REFUSALS: Final[Mapping[int, _Error]] = {
    401: _Error(401, "authError", "Invalid Credentials", "UNAUTHENTICATED", place=_HEADER),
    403: _Error(403, "forbidden", "Forbidden", "PERMISSION_DENIED"),
    405: _Error(405, "httpMethodNotAllowed", "Only POST is allowed here.", _INVALID),
    429: _THROTTLED,
}


def encode_fault(error: RequestError, *, throttled: bool = False) -> tuple[int, bytes]:
    """Status and body of ``error``; ``throttled``: BUSY means that this caller asks too often."""
    found = _THROTTLED if throttled and error.fault is Fault.BUSY else _FAULTS[error.fault]
    return found.code, _written(found, error.text if "{}" in found.text else "")


def encode_refusal(status: int) -> bytes:
    """The body for whom nobody lets in (401, 403, 429), and of 405."""
    return _written(_REFUSALS[status])


def _written(error: _Error, field: str = "") -> bytes:
    text = error.text.format(field)
    inner = {"message": text, "domain": error.domain, "reason": error.reason, **dict(error.place)}
    return orjson.dumps({"error": {"code": error.code, "message": text, "errors": [inner], "status": error.status}})
