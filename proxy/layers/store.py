"""Where answers are kept for a moment: how long, and which of them at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable, WorkingHours
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.recent import Recent

KEPT_REFUSALS = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS})
_AT_LEAST = timedelta()
_MEMORY = 512 * 1024**2
_ENTRY = 700  # bytes of a kept answer besides its intervals: places, key, address, the answer itself
_REFUSALS = 1_000


Shelf: TypeAlias = tuple[str, str, int, int]
"""Where answers stand: connector, level of detail (one never serves the other), frame in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    answer: Unavailable
    as_of: datetime


_Key: TypeAlias = tuple[Shelf, str]


class AnswerStore:
    """Kept answers of all connectors: at most ``mailboxes``, at most ``memory`` bytes; the longest unused goes first.

    An answer lives for ``ttl`` from when its request was sent, a refusal (no such mailbox, no access) for
    ``negative_ttl``. Refusals have places of their own, a tenth as many (but some): invented addresses push no answer
    out. Doubt is never kept. ``hits`` and ``misses`` count since the start.
    """

    def __init__(
        self,
        *,
        mailboxes: int = 100_000,
        memory: int = _MEMORY,
        ttl: timedelta = timedelta(seconds=60),
        negative_ttl: timedelta = timedelta(seconds=30),
    ) -> None:
        self._answers: Recent[_Key, Availability] = Recent(count=mailboxes, weight=memory, weigh=_weight)
        refusals = max(mailboxes // 10, _REFUSALS) if mailboxes else 0
        self._refusals: Recent[_Key, _Refusal] = Recent(count=refusals, weight=memory, weigh=lambda _, __: _ENTRY)
        self._ttl, self._negative_ttl = ttl, negative_ttl
        self.hits = self.misses = 0

    @property
    def size(self) -> int:
        """How many answers are kept, refusals included."""
        return len(self._answers) + len(self._refusals)

    @property
    def memory(self) -> int:
        """About how many bytes they occupy."""
        return self._answers.weight + self._refusals.weight

    def find(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> Availability | Unavailable | None:
        """What is kept of ``mailbox`` on ``shelf`` and has not expired."""
        key = (shelf, mailbox.address)
        try:
            answer = self._answers[key]
        except KeyError:
            return self._refusal(key, now)
        # an instant before as_of means that the clock was set back: how old the answer is, nobody knows
        if not _AT_LEAST <= now - answer.as_of < self._ttl:
            del self._answers[key]
            return None
        return answer

    def keep(self, shelf: Shelf, answer: Answer, asked_at: datetime) -> None:
        """Keep ``answer`` unless it leaves any doubt; ``asked_at`` is when it was asked for, where it does not say."""
        if isinstance(answer, Availability):
            if not answer.unknown:
                key = (shelf, answer.mailbox.address)
                self._refusals.pop(key, None)
                self._answers[key] = _lean(answer)
        elif answer.reason in KEPT_REFUSALS and not answer.whole_call and answer.mailbox is not None:
            key = (shelf, answer.mailbox.address)
            self._answers.pop(key, None)
            self._refusals[key] = _Refusal(answer, asked_at)

    def _refusal(self, key: _Key, now: datetime) -> Unavailable | None:
        refusal = self._refusals.get(key)
        if refusal is None:
            return None
        if not _AT_LEAST <= now - refusal.as_of < self._negative_ttl:
            del self._refusals[key]
            return None
        return refusal.answer


def _weight(_: _Key, answer: Availability) -> int:
    return _ENTRY + answer.intervals.nbytes


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
