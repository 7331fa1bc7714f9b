"""Asks in the portions a peer accepts, and joins what comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import failed_whole
from proxy.connector import Connector, guarded
from proxy.layers.concurrency import side_by_side
from proxy.layers.joining import joined

TOO_LARGE = frozenset({Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG})
_OF_SOME_MAILBOX = frozenset({Reason.PEER_FAILED, Reason.GARBLED, Reason.TOO_MANY_ENTRIES})
_HALVINGS = 4
_SHORTEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """What a peer accepts in one call."""

    mailboxes: int
    window: timedelta

    def __post_init__(self) -> None:
        if self.mailboxes < 1 or self.window < _SHORTEST:
            raise ValueError(f"no call fits into {self}")


class Batch:
    """Portions of mailboxes and of the window, asked side by side; a failing portion spoils no other.

    Where the peer finds a window too long or too full for a mailbox, each half is asked for that mailbox alone, at most
    four halvings deep. What no portion told is ``unknown``. Where a portion failed as a whole and one mailbox in it may
    be why, its halves are asked, then those of the half that failed again: at most two calls more per halving, and no
    further where both halves fail.
    """

    def __init__(self, inner: Connector, *, limits: Callable[[Question], BatchLimits], name: str = "") -> None:
        self._inner, self._limits, self._name = inner, limits, name

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        limits = self._limits(question)
        size = limits.mailboxes
        pieces = question.window.cut(limits.window)
        portions = [mailboxes[start : start + size] for start in range(0, len(mailboxes), size)]
        return [
            answer
            for portion in await side_by_side([self._ask(portion, question, pieces) for portion in portions])
            for answer in portion
        ]

    async def _ask(self, mailboxes: Sequence[Mailbox], question: Question, pieces: list[TimeWindow]) -> list[Answer]:
        answers = await side_by_side([self._call(mailboxes, replace(question, window=w), _HALVINGS) for w in pieces])
        if len(pieces) == 1:
            return answers[0]
        return [joined(question.window, pieces, parts) for parts in zip(*answers, strict=True)]

    async def _call(self, mailboxes: Sequence[Mailbox], question: Question, halvings: int) -> list[Answer]:
        answers = await guarded(self._inner, self._name, mailboxes, question)
        if halvings == _HALVINGS:
            answers = await self._without_the_spoiler(mailboxes, question, answers)
        refused = [index for index, answer in enumerate(answers) if _too_large(answer)]
        if not refused or not halvings or question.window.length <= _SHORTEST:
            return answers
        halves = _halves(question.window)
        again = [mailboxes[index] for index in refused]
        parts = await side_by_side([self._call(again, replace(question, window=w), halvings - 1) for w in halves])
        for index, *pair in zip(refused, *parts, strict=True):
            answers[index] = joined(question.window, halves, pair)
        return answers

    async def _without_the_spoiler(
        self, mailboxes: Sequence[Mailbox], question: Question, answers: list[Answer]
    ) -> list[Answer]:
        """``answers``, those of a whole portion that failed replaced by what its halves answer."""
        failure = failed_whole(answers)
        if len(mailboxes) == 1 or failure is None or failure.reason not in _OF_SOME_MAILBOX:
            return answers
        halves = mailboxes[: len(mailboxes) // 2], mailboxes[len(mailboxes) // 2 :]
        parts = await side_by_side([guarded(self._inner, self._name, half, question) for half in halves])
        if not all(map(failed_whole, parts)):
            parts = [
                await self._without_the_spoiler(half, question, part) for half, part in zip(halves, parts, strict=True)
            ]
        return [answer for part in parts for answer in part]


def _too_large(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason in TOO_LARGE


def _halves(window: TimeWindow) -> list[TimeWindow]:
    seconds = -(-window.length // timedelta(seconds=2))  # whole seconds, the first half the longer
    return window.cut(timedelta(seconds=seconds))
