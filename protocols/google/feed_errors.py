"""What the status codes of the Google Data protocol mean, for a whole answer and for one operation of a batch."""

from datetime import datetime
from typing import Final

from protocols.errors import PeerError
from protocols.google.writing import STALE, Refusal, refused
from protocols.http import HttpResponse, retry_after
from protocols.model.freebusy import Reason

_REASONS: Final = {
    400: (Reason.PEER_FAILED, "Google does not accept it"),
    401: (Reason.UNAUTHORIZED, "Google does not accept the token"),
    403: (
        Reason.NO_ACCESS,
        "Google refuses: is the Domain Shared Contacts API switched on in the Admin console, and is the subject an "
        "administrator who was delegated the scope of contacts?",
    ),
    404: (Reason.PEER_FAILED, "there is no such domain, or the API's address is wrong"),
    408: (Reason.TIMEOUT, "Google took too long"),
    413: (Reason.TOO_MANY_ENTRIES, "Google finds it too large"),
    429: (Reason.THROTTLED, "Google is asked too often"),
}
_STALE: Final = frozenset({409, 412})  # 409 in the protocol's first version
_QUOTA: Final = (b"quota", b"rate limit", b"ratelimit", b"too many", b"toomany")


def problem(response: HttpResponse, as_of: datetime) -> PeerError | None:
    """The error that a whole answer stands for; None where its status is success. These APIs tell a quota that is used
    up in the words of a 403 alone."""
    if 200 <= response.status < 300:
        return None
    reason, words = _meaning(response.status, response.body[:2000])
    return PeerError(reason, f"HTTP {response.status}: {words}", retry_after=retry_after(response.headers, as_of))


def status_refusal(code: int, words: str) -> Refusal:
    """What the ``batch:status`` of an operation that changes something stands for, 404 apart."""
    if code in _STALE:
        return STALE
    reason, meant = _meaning(code, words.encode())
    return refused(PeerError(reason, f"status {code}: {meant}"), doubt=code >= 500, status=code)


def _meaning(status: int, body: bytes) -> tuple[Reason, str]:
    if status == 403 and any(word in body.lower() for word in _QUOTA):
        return _REASONS[429]
    if status >= 500:
        return Reason.PEER_FAILED, "Google is out of order"
    return _REASONS.get(status, (Reason.PEER_FAILED, "Google refuses"))
