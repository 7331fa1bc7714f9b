"""Where answers are kept for a moment: how long, which of them at all, and which are worth asking for anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.layers.packed import Packed, Packer, as_of, weight
from proxy.recent import Recent

KEPT_REFUSALS: Final = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS})
DOUBT: Final = frozenset(
    {
        Reason.TIMEOUT,
        Reason.THROTTLED,
        Reason.UNREACHABLE,
        Reason.UNAUTHORIZED,
        Reason.GARBLED,
        Reason.INCOMPLETE,
        Reason.PEER_FAILED,
    }
)
"""Why a peer cannot be asked, for whatever it would have to say."""
REFUSALS: Final = KEPT_REFUSALS | {
    Reason.NO_CALENDAR,
    Reason.INVALID_ADDRESS,
    Reason.FORBIDDEN,
    Reason.NO_ROUTE,
    Reason.GROUP_TOO_LARGE,
}
"""What a peer says of a mailbox: what it said of it before counts no longer. The other reasons are of the question."""
_NOTHING: Final = timedelta()
_MEMORY: Final = 512 * 1024**2
_REFUSAL: Final = 700  # bytes of a kept refusal: places, key, address, the answer itself
_MOST_REFUSALS: Final = 1_000
_ASKED: Final = 65_536  # how many are counted at once, of those that are about to expire
_COUNT: Final = 250  # bytes of a count with its key
_ONE_ASK: Final = timedelta(milliseconds=100)  # one question may be looked up several times, some of it to be awaited


Shelf: TypeAlias = tuple[str, str, int, int]
"""Where answers stand: connector, level of detail (one never serves the other), frame in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Due:
    """A kept answer that expires soon and is still asked for."""

    shelf: Shelf
    mailbox: Mailbox
    kept: Packed


@dataclass(slots=True)
class _Asked:
    """How often a kept answer was asked for since it is not young any more, and when last."""

    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class _Refusal:
    answer: Unavailable
    as_of: datetime


_Key: TypeAlias = tuple[Shelf, str]


class AnswerStore:
    """Kept answers of all connectors: at most ``mailboxes``, at most ``memory`` bytes; the longest unused goes first.

    An answer lives for ``ttl`` from when its request was sent, a refusal (no such mailbox, no access) for
    ``negative_ttl``. Refusals have places of their own, a tenth as many (but some): invented addresses push no answer
    out. Doubt is never kept, and what is older never replaces what is newer. ``hits`` and ``misses`` count since the
    start.

    An answer that is found ``refresh_asks`` times (0: never) in the last fifth of its life falls due, once in its life:
    whoever looked it up takes it from ``due``. For ``stale`` beyond its life an answer is found by :meth:`stale` alone,
    unless the peer has said anything else meanwhile.
    """

    def __init__(
        self,
        *,
        mailboxes: int = 100_000,
        memory: int = _MEMORY,
        ttl: timedelta = timedelta(seconds=60),
        negative_ttl: timedelta = timedelta(seconds=30),
        refresh_asks: int = 0,
        stale: timedelta = _NOTHING,
    ) -> None:
        self._mailboxes, self._memory = mailboxes, memory
        self._ttl, self._negative_ttl, self._limit = ttl, negative_ttl, ttl + stale
        self._asks, self._fresh = refresh_asks, ttl * 4 / 5 if refresh_asks else ttl
        self._packer = Packer()
        self.due: list[Due] = []
        self.hits = self.misses = self.epoch = 0
        self._empty()

    @property
    def size(self) -> int:
        """How many answers are kept, refusals included."""
        return len(self._answers) + len(self._refusals)

    @property
    def memory(self) -> int:
        """About how many bytes they occupy."""
        return self._answers.weight + self._refusals.weight + self._asked.weight

    @property
    def ttl(self) -> timedelta:
        """How long an answer lives."""
        return self._ttl

    @property
    def keeps_stale(self) -> bool:
        """Whether anything is kept beyond its life."""
        return self._limit > self._ttl

    def find(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> Availability | Unavailable | None:
        """What is kept of ``mailbox`` on ``shelf`` and has not expired."""
        found = self.look(shelf, mailbox, now)
        return self.unpacked(found, mailbox) if type(found) is tuple else found  # type: ignore[return-value]

    def look(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> Packed | Unavailable | None:
        """As :meth:`find`; an answer as it is kept, the same object as long as it is."""
        key = (shelf, mailbox.address)
        try:
            kept = self._answers[key]
        except KeyError:
            return self._refusal(key, now)
        # an instant before as_of means that the clock was set back: how old the answer is, nobody knows
        if _NOTHING <= now - kept[0] < self._fresh:
            return kept
        return self._ageing(key, mailbox, kept, now)

    def unpacked(self, kept: Packed, mailbox: Mailbox) -> Availability:
        """What ``kept`` says, as the answer for ``mailbox``."""
        return self._packer.unpack(kept, mailbox)

    def stale(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> Availability | None:
        """What was known of ``mailbox`` last, be it expired: what was free then may be taken by now."""
        kept = self._answers.get((shelf, mailbox.address))
        if kept is None or not _NOTHING <= now - as_of(kept) < self._limit:
            return None
        refused = self._refused.get((shelf[0], mailbox.address))  # of whichever frame
        return self.unpacked(kept, mailbox) if refused is None or refused < as_of(kept) else None

    def is_newest(self, due: Due) -> bool:
        """Whether nothing newer has taken the place of what fell due."""
        return self._answers.get((due.shelf, due.mailbox.address)) is due.kept

    def take_due(self) -> Sequence[Due]:
        """What fell due since this was last asked."""
        due, self.due = self.due, []
        return due

    def keep(self, shelf: Shelf, answer: Answer, asked_at: datetime) -> None:
        """Keep ``answer`` unless it leaves any doubt; ``asked_at`` is when it was asked for, where it does not say."""
        if answer.mailbox is None:
            return
        key = (shelf, answer.mailbox.address)
        if isinstance(answer, Availability):
            if not answer.unknown:
                self._settle(key, answer)
            elif self.keeps_stale:
                self._drop_stale(key, answer.as_of)
        elif answer.reason in REFUSALS and not answer.whole_call and not self._is_newer(key, asked_at):
            self._answers.pop(key, None)
            if answer.reason in KEPT_REFUSALS:
                self._refusals[key] = _Refusal(answer, asked_at)
            if self.keeps_stale:
                self._refused[shelf[0], answer.mailbox.address] = asked_at

    def forget(self) -> None:
        """Keep nothing of what was kept, nor of what is being asked: ``epoch`` tells that this has happened."""
        self.epoch += 1
        self._empty()

    def _empty(self) -> None:
        mailboxes, memory = self._mailboxes, self._memory
        refusals = max(mailboxes // 10, _MOST_REFUSALS) if mailboxes else 0
        self._answers: Recent[_Key, Packed] = Recent(count=mailboxes, weight=memory, weigh=lambda _, kept: weight(kept))
        self._refusals: Recent[_Key, _Refusal] = Recent(count=refusals, weight=memory, weigh=lambda _, __: _REFUSAL)
        self._asked: Recent[_Key, _Asked] = Recent(count=_ASKED, weight=_ASKED * _COUNT, weigh=lambda _, __: _COUNT)
        self._refused: Recent[tuple[str, str], datetime] = Recent(
            count=refusals, weight=refusals * _COUNT, weigh=lambda _, __: _COUNT
        )
        self.due = []

    def _settle(self, key: _Key, answer: Availability) -> None:
        if self._is_newer(key, answer.as_of):
            return
        self._refusals.pop(key, None)
        self._asked.pop(key, None)
        self._answers[key] = self._packer.pack(answer)

    def _is_newer(self, key: _Key, asked_at: datetime) -> bool:
        """Whether an answer is kept that was asked for later: of two calls under way the slower may be the older."""
        kept = self._answers.get(key)
        return kept is not None and as_of(kept) > asked_at

    def _drop_stale(self, key: _Key, now: datetime) -> None:
        """What the peer says now, with some doubt, counts for more than what it said before; while that lived, less."""
        kept = self._answers.get(key)
        if kept is not None and now - as_of(kept) >= self._ttl:
            del self._answers[key]

    def _ageing(self, key: _Key, mailbox: Mailbox, kept: Packed, now: datetime) -> Packed | None:
        """``kept``, which is not young any more, as long as it lives."""
        age = now - as_of(kept)
        if not _NOTHING <= age < self._limit:
            del self._answers[key]
            return None
        if age >= self._ttl:
            return None
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = _Asked(1, now)
        elif now - asked.last < _ONE_ASK:
            return kept
        else:
            asked.times, asked.last = asked.times + 1, now
        if asked.times == self._asks:  # and never again in this life, whatever comes of it
            self.due.append(Due(key[0], mailbox, kept))
        return kept

    def _refusal(self, key: _Key, now: datetime) -> Unavailable | None:
        refusal = self._refusals.get(key)
        if refusal is None:
            return None
        if not _NOTHING <= now - refusal.as_of < self._negative_ttl:
            del self._refusals[key]
            return None
        return refusal.answer


@lru_cache(maxsize=16_384)
def shelf_of(connector: str, detail: Detail, window: TimeWindow) -> Shelf:
    """The shelf of a connector's answers at ``detail`` for the frame ``window``."""
    return connector, detail.value, *window.seconds
