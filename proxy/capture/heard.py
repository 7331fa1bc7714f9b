"""One request and its answer as they were, in memory only, until a capture has taken from them what it may keep."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that a capture is made of; it holds secrets, and prints none of them.

    ``at`` is when it was answered and ``seconds`` how long that took. ``caller`` is "" where nobody was let in, which
    ``refused`` explains. ``tls`` is version and cipher, or nothing. ``path`` and ``query`` are as they came.
    """

    at: datetime
    seconds: float
    front: str
    caller: str
    operation: str
    outcome: str
    refused: str
    method: str
    path: str = field(repr=False)
    query: str = field(repr=False)
    version: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = field(repr=False)
    status: int
    answer_headers: tuple[tuple[str, str], ...] = field(repr=False)
    answer: bytes = field(repr=False)
    peer: str = field(repr=False)
    forwarded: str = field(repr=False)
    tls: tuple[str, ...]

    @property
    def source(self) -> tuple[str, str]:
        """Where it came from: the other end of the connection, and whom that says it speaks for."""
        return self.peer, self.forwarded

    @property
    def size(self) -> int:
        """About how much memory it takes, in bytes."""
        return len(self.body or b"") + len(self.answer) + 4096
