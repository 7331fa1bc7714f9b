"""Learns how long calls to a peer usually take, so that it is known which of them is late."""

from bisect import bisect_left, insort
from collections import deque
from datetime import timedelta
from typing import Final, TypeAlias

from protocols.model.freebusy import Detail, Question

_KEPT: Final = 128  # calls of a kind
_ENOUGH: Final = 20  # fewer tell nothing of one in twenty
_SHARE: Final = 0.95

_Kind: TypeAlias = tuple[Detail, int]


class Usual:
    """The time within which 19 of 20 calls end, of the last 128 of their kind: level of detail, and about how many.

    A call that was called off counts with the time it had taken by then.
    """

    def __init__(self) -> None:
        self._known: dict[_Kind, _Times] = {}

    def note(self, question: Question, mailboxes: int, seconds: float) -> None:
        """A call took so long."""
        kind = _kind(question, mailboxes)
        if (times := self._known.get(kind)) is None:
            times = self._known[kind] = _Times()
        times.add(seconds)

    def within(self, question: Question, mailboxes: int) -> timedelta | None:
        """How long such a call usually takes at most; None where too few were seen."""
        times = self._known.get(_kind(question, mailboxes))
        return times.quantile() if times else None


class _Times:
    """The last times, and the same sorted."""

    __slots__ = ("_last", "_sorted")

    def __init__(self) -> None:
        self._last: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, seconds: float) -> None:
        if len(self._last) == _KEPT:
            del self._sorted[bisect_left(self._sorted, self._last.popleft())]
        self._last.append(seconds)
        insort(self._sorted, seconds)

    def quantile(self) -> timedelta | None:
        count = len(self._sorted)
        return timedelta(seconds=self._sorted[int(count * _SHARE)]) if count >= _ENOUGH else None


def _kind(question: Question, mailboxes: int) -> _Kind:
    """1, 2 to 3, 4 to 7 … mailboxes."""
    return question.detail, mailboxes.bit_length()
