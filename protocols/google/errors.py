"""What Google's errors mean: the one place that knows its reasons and status codes (guides/errors, guides/quota)."""

from datetime import datetime
from typing import Any

import orjson

from protocols.errors import PeerError
from protocols.http import HttpResponse, retry_after
from protocols.model.freebusy import Reason

_STATUSES = {
    401: Reason.UNAUTHORIZED,
    404: Reason.NO_SUCH_MAILBOX,
    408: Reason.TIMEOUT,
    429: Reason.THROTTLED,
}
_QUOTA_DOMAIN = "usageLimits"
_QUOTA_REASONS = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "limitExceeded"}
)
_WINDOW_REASONS = frozenset({"timeRangeTooLong"})

# freebusy.query: reasons per calendar or group; "additional error types may be added"
_CALENDAR_REASONS = {
    "notFound": Reason.NO_SUCH_MAILBOX,
    "forbidden": Reason.NO_ACCESS,
    "groupTooBig": Reason.GROUP_TOO_LARGE,
    "tooManyCalendarsRequested": Reason.GROUP_TOO_LARGE,
    "internalError": Reason.PEER_FAILED,
    "backendError": Reason.PEER_FAILED,
    **dict.fromkeys(_QUOTA_REASONS, Reason.THROTTLED),
}


def problem(response: HttpResponse, as_of: datetime) -> PeerError | None:
    """The error that a response stands for; None where its status is success. ``as_of`` is the clock of Retry-After."""
    if 200 <= response.status < 300:
        return None
    error = _error_object(response.body)
    reason = _reason(response.status, error)
    words = _words(error)
    detail = f"HTTP {response.status} {' '.join(words)[:200]}".rstrip()
    return PeerError(reason, detail, retry_after=retry_after(response.headers, as_of))


def calendar_reason(errors: Any) -> tuple[Reason, str]:
    """What the ``errors`` of one calendar of a freeBusy answer mean, and Google's own word for it, for the log."""
    first = errors[0] if isinstance(errors, list) and errors else None
    word = first.get("reason") if isinstance(first, dict) else None
    if not isinstance(word, str):
        return Reason.PEER_FAILED, "an error without a reason"
    return _CALENDAR_REASONS.get(word, Reason.PEER_FAILED), word[:100]


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises PeerError(GARBLED) for anything else, HTML and half an answer included."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PeerError(Reason.GARBLED, "the answer is not JSON") from None
    if not isinstance(document, dict):
        raise PeerError(Reason.GARBLED, "the answer is no JSON object")
    return document


def _reason(status: int, error: dict[str, Any] | None) -> Reason:
    if status >= 500:
        return Reason.PEER_FAILED
    if status in (401, 408, 429):
        return _STATUSES[status]
    if error is None:  # a page of something that stands between us and Google
        return Reason.GARBLED
    if status == 403:
        return Reason.THROTTLED if _is_quota(error) else Reason.NO_ACCESS
    if status == 400 and _WINDOW_REASONS.intersection(_words(error)):
        return Reason.WINDOW_TOO_LONG
    return _STATUSES.get(status, Reason.PEER_FAILED)


def _error_object(body: bytes) -> dict[str, Any] | None:
    try:
        error = json_object(body).get("error")
    except PeerError:
        return None
    return error if isinstance(error, dict) else None


def _parts(error: dict[str, Any]) -> list[dict[str, Any]]:
    parts = error.get("errors")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_quota(error: dict[str, Any]) -> bool:
    in_domain = any(part.get("domain") == _QUOTA_DOMAIN for part in _parts(error))
    # accessNotConfigured stands in the same domain, and no waiting mends it
    switched_off = "accessNotConfigured" in _words(error)
    return bool(_QUOTA_REASONS.intersection(_words(error))) or (in_domain and not switched_off)


def _words(error: dict[str, Any] | None) -> list[str]:
    words = [part.get("reason") for part in _parts(error or {})]
    return [word[:100] for word in words if isinstance(word, str)]
