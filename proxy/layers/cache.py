"""Keeps answers for a moment, by frame, so that most questions never leave this machine."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow
from proxy.answers import addressed, fitted
from proxy.connector import Clock, Connector
from proxy.layers.cuts import Cuts
from proxy.layers.frames import Frames
from proxy.layers.packed import covers
from proxy.layers.refresh import Refresh
from proxy.layers.stale import doubted
from proxy.layers.store import DOUBT, AnswerStore, Shelf, shelf_of

__all__ = ["PATIENCE", "AnswerStore", "Cache", "Keep"]

TOO_LARGE: Final = frozenset({Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG, Reason.INCOMPLETE})
PATIENCE: Final = timedelta(seconds=4)
_SILENCE: Final = timedelta(minutes=1)
logger = structlog.get_logger("busyline.cache")


class Cache:
    """Answers from ``store``; what is not there is asked of ``inner`` for a whole frame, kept, and cut to size.

    What falls due is handed to ``refresh``. Where the store keeps what expired, that is what a mailbox is answered
    from while the peer cannot be asked, or has let another wait for longer than ``patience``: see
    :func:`proxy.layers.stale.doubted`. ``stale`` counts such answers; the log tells their age once a minute.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        name: str,
        store: AnswerStore,
        clock: Clock,
        frames: Frames | None = None,
        refresh: Refresh | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._kept = Keep(inner, name=name, store=store, clock=clock)
        self._name, self._store, self._clock = name, store, clock
        self._frames = frames or Frames()
        self._refresh, self._patience = refresh, patience
        self._cuts, self._detailed_cuts = Cuts(store.ttl), Cuts(store.ttl)
        self._waiting: dict[tuple[Shelf, str], datetime] = {}
        self._said: datetime | None = None
        self.stale = 0

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """Per mailbox what is kept: of the question's frame, else of its very window."""
        now, window, store = self._clock(), question.window, self._store
        shelf = shelf_of(self._name, question.detail, self._frames.of(window, now))
        look, cuts = store.look, self._cuts if question.detail is Detail.BUSY else self._detailed_cuts
        parts = cuts.of(window)
        answers: list[Answer | None] = []
        for mailbox in mailboxes:
            kept = look(shelf, mailbox, now) or look(shelf_of(self._name, question.detail, window), mailbox, now)
            known = parts.get(mailbox.address)
            if known is not None and known[0] is kept:
                answers.append(addressed(known[1], mailbox))
            elif isinstance(kept, Unavailable):
                answers.append(addressed(kept, mailbox))
            elif kept is not None and covers(kept, window):
                # shelves go by whole seconds: a window that begins between two may have a neighbour on its shelf
                part = fitted(store.unpacked(kept, mailbox), mailbox, window)
                cuts.add(window, mailbox.address, kept, part, now)
                answers.append(part)
            else:
                store.hits -= 1
                answers.append(self._instead_of_waiting(shelf, mailbox, question, now) if self._waiting else None)
        store.hits += len(answers)
        if store.due:
            due = store.take_due()
            if self._refresh is not None:
                self._refresh.fall_due(due)
        return answers

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """See :class:`proxy.connector.Prompt`. Whoever must wait is counted when it does, not here as well."""
        hits = self._store.hits
        answers = [answer for answer in self.ready(mailboxes, question) if answer is not None]
        if len(answers) == len(mailboxes):
            return answers
        self._store.hits = hits
        return None

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        found = self.ready(mailboxes, question)
        missing = [mailbox for mailbox, answer in zip(mailboxes, found, strict=True) if answer is None]
        fetched = iter(await self._fetch(missing, question) if missing else ())
        return [next(fetched) if answer is None else answer for answer in found]

    async def _fetch(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        self._store.misses += len(mailboxes)
        frame = self._frames.of(question.window, self._clock())
        if not self._store.keeps_stale:
            return await self._framed(mailboxes, question, frame)
        shelf, began = shelf_of(self._name, question.detail, frame), self._clock()
        keys = [key for mailbox in mailboxes if (key := (shelf, mailbox.address)) not in self._waiting]
        self._waiting.update(dict.fromkeys(keys, began))
        try:
            answers = await self._framed(mailboxes, question, frame)
        finally:
            for key in keys:
                self._waiting.pop(key, None)
        now = self._clock()
        return [self._or_stale(each, mailbox, question, now) for each, mailbox in zip(answers, mailboxes, strict=True)]

    async def _framed(self, mailboxes: Sequence[Mailbox], question: Question, frame: TimeWindow) -> list[Answer]:
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

    def _instead_of_waiting(self, shelf: Shelf, mailbox: Mailbox, question: Question, now: datetime) -> Answer | None:
        """What is known of a mailbox that somebody has waited for too long already; None where nobody has."""
        began = self._waiting.get((shelf, mailbox.address))
        if began is None or now - began < self._patience:
            return None
        return self._stale(mailbox, question, Reason.TIMEOUT, now)

    def _or_stale(self, answer: Answer, mailbox: Mailbox, question: Question, now: datetime) -> Answer:
        if isinstance(answer, Availability) or answer.reason not in DOUBT:
            return answer
        return self._stale(mailbox, question, answer.reason, now) or answer

    def _stale(self, mailbox: Mailbox, question: Question, reason: Reason, now: datetime) -> Answer | None:
        for window in self._frames_of_late(question.window, now):
            kept = self._store.stale(shelf_of(self._name, question.detail, window), mailbox, now)
            if kept is not None and kept.window.covers(question.window):
                self.stale += 1
                self._say(reason, now - kept.as_of, now)
                return doubted(fitted(kept, mailbox, question.window), reason)
        return None

    def _say(self, reason: Reason, age: timedelta, now: datetime) -> None:
        if self._said is None or not timedelta() <= now - self._said < _SILENCE:
            self._said = now
            seconds = round(age.total_seconds())
            logger.warning("answered_from_expired", connector=self._name, reason=reason.value, age_seconds=seconds)

    def _frames_of_late(self, window: TimeWindow, now: datetime) -> Iterator[TimeWindow]:
        """Where something may stand that answers for ``window``: at midnight the home frame becomes another."""
        yield self._frames.of(window, now)
        yield window
        yield self._frames.of(window, now - DAY)


class Keep:
    """Puts into ``store`` what each call brings, as it comes.

    It stands below the layer that portions a question: where one portion is late, the others are there at the deadline.
    What was asked for before the store forgot all is not kept.
    """

    def __init__(self, inner: Connector, *, name: str, store: AnswerStore, clock: Clock) -> None:
        self._inner, self._name, self._store, self._clock = inner, name, store, clock

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        asked_at, epoch = self._clock(), self._store.epoch
        answers = await self._inner.lookup(mailboxes, question)
        self._clock()  # which may find that it was set
        if self._store.epoch == epoch:
            shelf = shelf_of(self._name, question.detail, question.window)
            for answer in answers:
                self._store.keep(shelf, answer, asked_at)
        return answers


def _too_large(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason in TOO_LARGE


def _cut(answer: Answer, mailbox: Mailbox, window: TimeWindow) -> Answer:
    return fitted(answer, mailbox, window) if isinstance(answer, Availability) else addressed(answer, mailbox)
