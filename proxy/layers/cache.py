"""Keeps answers for a moment, by frame, so that most questions never leave this machine."""

from collections.abc import Sequence
from dataclasses import replace

from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import addressed, fitted
from proxy.connector import Clock, Connector
from proxy.layers.frames import Frames
from proxy.layers.store import AnswerStore, shelf_of

__all__ = ["AnswerStore", "Cache", "Keep"]

TOO_LARGE = frozenset({Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG, Reason.INCOMPLETE})


class Cache:
    """Answers from ``store``; what is not there is asked of ``inner`` for a whole frame, kept, and cut to size."""

    def __init__(
        self, inner: Connector, *, name: str, store: AnswerStore, clock: Clock, frames: Frames | None = None
    ) -> None:
        self._kept = Keep(inner, name=name, store=store, clock=clock)
        self._name, self._store, self._clock = name, store, clock
        self._frames = frames or Frames()

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """Per mailbox what is kept: of the question's frame, else of its very window."""
        now, window = self._clock(), question.window
        shelf = shelf_of(self._name, question.detail, self._frames.of(window, now))
        find = self._store.find
        answers: list[Answer | None] = []
        for mailbox in mailboxes:
            kept = find(shelf, mailbox, now) or find(shelf_of(self._name, question.detail, window), mailbox, now)
            if kept is not None and _serves(kept, window):
                self._store.hits += 1
                answers.append(_cut(kept, mailbox, window))
            else:
                answers.append(None)
        return answers

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        found = self.ready(mailboxes, question)
        missing = [mailbox for mailbox, answer in zip(mailboxes, found, strict=True) if answer is None]
        fetched = iter(await self._fetch(missing, question) if missing else ())
        return [next(fetched) if answer is None else answer for answer in found]

    async def _fetch(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        self._store.misses += len(mailboxes)
        frame = self._frames.of(question.window, self._clock())
        answers = await self._ask(mailboxes, question, frame)
        if frame != question.window:
            refused = [index for index, answer in enumerate(answers) if _too_large(answer)]
            if refused:
                again = await self._ask([mailboxes[index] for index in refused], question, question.window)
                for index, answer in zip(refused, again, strict=True):
                    answers[index] = answer
        return [_cut(answer, mailbox, question.window) for answer, mailbox in zip(answers, mailboxes, strict=True)]

    async def _ask(self, mailboxes: Sequence[Mailbox], question: Question, window: TimeWindow) -> list[Answer]:
        return list(await self._kept.lookup(mailboxes, replace(question, window=window, interval=None)))


class Keep:
    """Puts into ``store`` what each call brings, as it comes.

    It stands below the layer that portions a question: where one portion is late, the others are there at the deadline.
    """

    def __init__(self, inner: Connector, *, name: str, store: AnswerStore, clock: Clock) -> None:
        self._inner, self._name, self._store, self._clock = inner, name, store, clock

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        asked_at = self._clock()
        answers = await self._inner.lookup(mailboxes, question)
        shelf = shelf_of(self._name, question.detail, question.window)
        for answer in answers:
            self._store.keep(shelf, answer, asked_at)
        return answers


def _serves(kept: Answer, window: TimeWindow) -> bool:
    """Shelves go by whole seconds; a window that begins or ends between them may have a neighbour on its shelf."""
    return isinstance(kept, Unavailable) or kept.window.covers(window)


def _too_large(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason in TOO_LARGE


def _cut(answer: Answer, mailbox: Mailbox, window: TimeWindow) -> Answer:
    return fitted(answer, mailbox, window) if isinstance(answer, Availability) else addressed(answer, mailbox)
