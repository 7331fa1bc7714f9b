"""What may go wrong in a conversation, and who is to blame for it.

::

    ProtocolError
    ├── PeerError        the other side failed      → an Unavailable, in proxy/connector.py only
    └── RequestError     the caller erred           → a SOAP fault or a JSON error, in proxy/server.py only

Anything else is our own bug.
"""

from datetime import timedelta
from enum import Enum

from protocols.model.freebusy import Reason


class ProtocolError(Exception):
    """A conversation failed in a way that the protocol foresees."""


class PeerError(ProtocolError):
    """The other side failed: for all mailboxes of the call. ``detail`` is for the log; it holds no secret."""

    def __init__(self, reason: Reason, detail: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after


class Fault(Enum):
    """How a request can be wrong as a whole. Each dialect maps it to its own code and constant text."""

    MALFORMED = "malformed"
    TOO_COMPLEX = "too-complex"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    UNSUPPORTED_TYPE = "unsupported-type"
    SCHEMA = "schema"
    UNKNOWN_OPERATION = "unknown-operation"
    MUST_UNDERSTAND = "must-understand"
    MISSING_ARGUMENT = "missing-argument"
    NO_MAILBOXES = "no-mailboxes"
    TOO_MANY_MAILBOXES = "too-many-mailboxes"
    INVALID_WINDOW = "invalid-window"
    WINDOW_TOO_LONG = "window-too-long"
    INVALID_INTERVAL = "invalid-interval"
    INVALID_VIEW = "invalid-view"
    INVALID_TIME_ZONE = "invalid-time-zone"
    BUSY = "busy"
    INTERNAL = "internal"


class RequestError(ProtocolError):
    """The caller erred. ``text`` may hold the caller's own figures, never anything it did not send.

    ``back_off`` is how long to wait before asking again, where that helps.
    """

    def __init__(
        self,
        fault: Fault,
        text: str = "",
        *,
        line: int | None = None,
        column: int | None = None,
        back_off: timedelta | None = None,
    ) -> None:
        super().__init__(f"{fault.value}: {text}" if text else fault.value)
        self.fault = fault
        self.text = text
        self.line = line
        self.column = column
        self.back_off = back_off
