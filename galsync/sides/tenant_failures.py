"""Where a failure that a tenant's call returned becomes a word of the report."""

from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

_UNSEEN = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.INCOMPLETE})


def failed(error: PeerError) -> Failed:
    """``error`` as an outcome; in doubt where nobody saw how the call ended."""
    words = error.detail or error.reason.value
    return Failed(error.reason, words, error.retry_after, doubt=error.reason in _UNSEEN)
