"""What can be made to go wrong at a simulated server while it runs, and the journal of what it was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Trouble(Enum):
    """One way of failing. The first six befall any answer; the others spoil what a whole answer says."""

    HANG = "no answer ever comes"
    RESET = "the connection is reset before the answer"
    CUT = "the connection ends in the middle of the answer"
    TRICKLE = "the answer comes, but a byte in half a second"
    THROTTLED = "too many requests, with the time to wait"
    BROKEN = "an internal error of the server"
    TRUNCATED = "half the answer, sent as if it were whole"
    HTML = "a page for people, with status 200"
    GARBAGE = "bytes that are neither XML nor JSON"
    WRONG_COUNT = "one answer too few"
    TOO_MANY = "one answer too many: the first comes twice"
    WRONG_ORDER = "the answers in reverse"
    SOMEBODY_ELSE = "each answer under the name of somebody who was not asked about"
    LOST_PAGE = "the next page is named but cannot be had"
    DENIED = "the credential is refused"


@dataclass(slots=True)
class Call:
    """One request that a simulated server received, and what came of it."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    user: str = ""
    addresses: tuple[str, ...] = ()
    status: int = 0


@dataclass(slots=True)
class Faults:
    """The switches. They may be thrown at any time and hold until :meth:`clear`.

    ``trouble`` befalls the next ``times`` questions (None: all), but only those that ``only`` holds true of.
    ``addresses`` gives single mailboxes the error code they answer with, in the words of the server's own dialect.
    ``tokens`` befalls the token endpoint. ``latency`` is in seconds, before each answer; ``retry_after`` in seconds.
    """

    latency: float = 0.0
    trouble: Trouble | None = None
    times: int | None = None
    only: Callable[[Call], bool] | None = None
    retry_after: float | None = 1.0
    throttle_status: int | None = None  # None: the way this server usually says it
    addresses: dict[str, str] = field(default_factory=dict)
    tokens: Trouble | None = None

    def clear(self) -> None:
        """All well again."""
        fresh = Faults()
        for name in Faults.__slots__:
            setattr(self, name, getattr(fresh, name))

    def strike(self, call: Call) -> Trouble | None:
        """The trouble that befalls this question, counted."""
        if self.trouble is None or self.times == 0 or (self.only and not self.only(call)):
            return None
        if self.times is not None:
            self.times -= 1
        return self.trouble
