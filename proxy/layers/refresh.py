"""Asks anew, behind, for what is about to expire while people still ask for it: they never wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from protocols.model.freebusy import Answer, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import failed_whole
from proxy.connector import Clock, Connector, guarded
from proxy.flights import Flights
from proxy.layers.packed import as_of
from proxy.layers.store import AnswerStore, Due

_AT_ONCE: Final = 2  # flights in the air: those who wait for an answer come first
_PORTION: Final = 200  # mailboxes of one flight
_LONGEST_GATHERING: Final = timedelta(milliseconds=250)
_GATHERING: Final = 40  # of a life, this part is spent on gathering what falls due together
_REST: Final = timedelta(seconds=15)


class Refresh:
    """Looks up at ``inner`` what falls due, the mailboxes of a short moment together; ``inner`` keeps what comes.

    Each mailbox and frame is asked for once at a time. What expired meanwhile, or was answered, is asked for no more.
    After a flight that failed as a whole it rests, as long as the peer wants or 15 s: a peer in trouble is asked for
    nothing that nobody waits for. ``asked`` counts mailboxes since the start.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        name: str,
        store: AnswerStore,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._inner, self._name, self._store = inner, name, store
        self._clock, self._sleep = clock, sleep
        self._gathering = min(store.ttl / _GATHERING, _LONGEST_GATHERING)
        self._flights = Flights()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._due: dict[Question, dict[str, Due]] = {}
        self._aloft: set[tuple[Question, str]] = set()
        self._rests: tuple[datetime, timedelta] | None = None
        self.asked = 0

    def fall_due(self, due: Sequence[Due]) -> None:
        """Ask for these soon; answers at once. Those of other connectors are none of its business."""
        if self._is_resting():
            return
        begun = bool(self._due)
        for each in due:
            if each.shelf[0] == self._name:
                window = TimeWindow(each.kept[1], each.kept[2])
                question = Question(window=window, detail=Detail(each.shelf[1]))
                if (question, each.mailbox.address) not in self._aloft:
                    self._due.setdefault(question, {})[each.mailbox.address] = each
        if self._due and not begun:
            self._flights.start(self._gathered())

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """End all flights, after ``grace``."""
        await self._flights.close(grace=grace)

    async def _gathered(self) -> None:
        await self._sleep(self._gathering.total_seconds())
        due, self._due = self._due, {}
        for question, mailboxes in due.items():
            self._aloft.update((question, address) for address in mailboxes)
            waiting = iter(mailboxes.values())
            while portion := list(islice(waiting, _PORTION)):
                self._flights.start(self._fly(question, portion))

    async def _fly(self, question: Question, due: Sequence[Due]) -> None:
        try:
            async with self._turns:
                wanted = [each.mailbox for each in due if self._is_wanted(each)]
                if wanted and not self._is_resting():
                    self.asked += len(wanted)
                    self._learn(await self._look_up(wanted, question))
        finally:
            self._aloft.difference_update((question, each.mailbox.address) for each in due)

    async def _look_up(self, mailboxes: Sequence[Mailbox], question: Question) -> Sequence[Answer]:
        return await guarded(self._inner, self._name, mailboxes, question)

    def _is_wanted(self, due: Due) -> bool:
        """Whether it lives still and nobody has fetched it meanwhile: once it is gone, whoever asks for it asks."""
        return self._clock() - as_of(due.kept) < self._store.ttl and self._store.is_newest(due)

    def _is_resting(self) -> bool:
        if self._rests is None:
            return False
        since, length = self._rests
        if timedelta() <= self._clock() - since < length:
            return True
        self._rests = None
        return False

    def _learn(self, answers: Sequence[Answer]) -> None:
        if failure := failed_whole(answers):
            self._rests = self._clock(), failure.retry_after or _REST
