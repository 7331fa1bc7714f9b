"""Where answers are kept for a moment: how long, and which of them at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from cachetools import LRUCache

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable, WorkingHours
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

KEPT_REFUSALS = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS})
_AT_LEAST = timedelta()


Shelf: TypeAlias = tuple[str, str, int, int]
"""Where answers stand: connector, level of detail (one never serves the other), frame in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    answer: Unavailable
    as_of: datetime


_Entry: TypeAlias = Availability | _Refusal


class AnswerStore:
    """Kept answers of all connectors, at most ``mailboxes`` of them; the longest unused goes first.

    An answer lives for ``ttl`` from when its request was sent, a refusal (no such mailbox, no access) for
    ``negative_ttl``. Doubt is never kept. ``hits`` and ``misses`` count since the start.
    """

    def __init__(
        self,
        *,
        mailboxes: int = 100_000,
        ttl: timedelta = timedelta(seconds=60),
        negative_ttl: timedelta = timedelta(seconds=30),
    ) -> None:
        self._entries: LRUCache[tuple[Shelf, str], _Entry] = LRUCache(mailboxes)
        self._ttl, self._negative_ttl = ttl, negative_ttl
        self.hits = self.misses = 0

    @property
    def size(self) -> int:
        """How many answers are kept."""
        return len(self._entries)

    def find(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> Availability | Unavailable | None:
        """What is kept of ``mailbox`` on ``shelf`` and has not expired."""
        key = (shelf, mailbox.address)
        try:
            entry = self._entries[key]
        except KeyError:
            return None
        refused = isinstance(entry, _Refusal)
        # an instant before as_of means that the clock was set back: how old the answer is, nobody knows
        if not _AT_LEAST <= now - entry.as_of < (self._negative_ttl if refused else self._ttl):
            del self._entries[key]
            return None
        return entry.answer if isinstance(entry, _Refusal) else entry

    def keep(self, shelf: Shelf, answer: Answer, asked_at: datetime) -> None:
        """Keep ``answer`` unless it leaves any doubt; ``asked_at`` is when it was asked for, where it does not say."""
        if isinstance(answer, Availability):
            if not answer.unknown:
                self._entries[shelf, answer.mailbox.address] = _lean(answer)
        elif answer.reason in KEPT_REFUSALS and not answer.whole_call and answer.mailbox is not None:
            self._entries[shelf, answer.mailbox.address] = _Refusal(answer, asked_at)


@lru_cache(maxsize=16_384)
def shelf_of(connector: str, detail: Detail, window: TimeWindow) -> Shelf:
    """The shelf of a connector's answers at ``detail`` for the frame ``window``."""
    return connector, detail.value, *window.seconds


@lru_cache(maxsize=4096)
def _shared(hours: WorkingHours) -> WorkingHours:
    """One object for all mailboxes with the same hours."""
    return hours


def _lean(answer: Availability) -> Availability:
    hours = answer.working_hours
    if hours is None or (shared := _shared(hours)) is hours:
        return answer
    return replace(answer, working_hours=shared)
