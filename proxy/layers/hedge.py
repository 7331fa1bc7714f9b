"""Asks again, beside a call that takes longer than usual: in halves, so that one slow mailbox holds no other."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole
from proxy.connector import Connector, guarded
from proxy.layers.budget import Timer
from proxy.layers.extra import Extra, Ticket
from proxy.layers.race import Race
from proxy.layers.usual import Usual

_SOONEST: Final = 0.1  # seconds; what is quicker than that needs no help
_ALONE, _SEVERAL = 1.1, 2.0  # times the usual, for one mailbox and for more
_STILL: Final = 0.1  # seconds that a timer of ours may be late
_BUSY: Final = 0.5  # share of the time that we computed
_NEVER: Final = float("inf")
_TOO_MUCH: Final = frozenset({Reason.THROTTLED, Reason.UNREACHABLE, Reason.UNAUTHORIZED})


@dataclass(slots=True, eq=False)
class _Call:
    """One call under way: about whom, from which place on, since when, and when it is late.

    ``worked`` is how much this process had computed when it began.
    """

    task: asyncio.Task[list[Answer]]
    mailboxes: Sequence[Mailbox]
    start: int
    began: float
    worked: float
    patience: float
    late: float
    beside: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """How a question goes out beside the first call: by ``connector``, which asks once and no more; ``idle`` tells
    whether it would go out at once."""

    connector: Connector
    idle: Callable[[], bool]


class Hedge:
    """What is overdue is asked a second time while the first call goes on; per mailbox the first whole answer counts.

    Overdue is a call for one mailbox that takes a tenth longer than 19 of 20 such calls, and one for several that takes
    twice as long. The latter is asked again in halves; a half that is overdue in its turn gives way to its own halves,
    down to the mailbox that is slow. Until it is known how long calls take, ``overdue`` says so.

    Calls are made ``beside`` only as ``extra`` allows, while one would go out at once, and in the first half of
    ``deadline``: a peer that throttles, is down, or has enough to do is asked nothing twice. Nor is any
    where the time was lost here: a process that computes, or stands still, finds late whatever it has had no time to
    read. The layer inside asks questions and changes nothing over there, so that each may be asked again.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        beside: Beside,
        extra: Extra,
        deadline: timedelta,
        overdue: timedelta,
        name: str = "",
        timer: Timer = time.monotonic,
        worked: Timer = time.process_time,
    ) -> None:
        self._inner, self._beside, self._extra, self._name = inner, beside, extra, name
        self._timer, self._worked = timer, worked
        self._latest, self._overdue = deadline.total_seconds() / 2, overdue.total_seconds()
        self._usual = Usual()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        self._extra.earn()
        main = self._begin(mailboxes, question, 0)
        calls = [main]
        try:
            await asyncio.wait({main.task}, timeout=main.patience if main.patience < self._latest else None)
            return main.task.result() if main.task.done() else await self._raced(main, calls, question)
        finally:
            await _ended([call.task for call in calls])

    async def _raced(self, main: _Call, calls: list[_Call], question: Question) -> list[Answer]:
        """What ``main`` and the calls beside it know together; ``calls`` are those under way."""
        race = Race(len(main.mailboxes))
        while calls and not race.decided:
            self._ask_again(calls, main.began + self._latest, question)
            left = min(call.late for call in calls) - self._timer()
            tasks = [call.task for call in calls]
            await asyncio.wait(
                tasks, timeout=left if left < self._latest else None, return_when=asyncio.FIRST_COMPLETED
            )
            for call in [call for call in calls if call.task.done()]:
                calls.remove(call)
                if not call.task.cancelled():
                    settled = race.take(call.start, call.task.result(), main=call is main)
                    self._extra.helped += settled and call.beside
        return race.answers

    def _ask_again(self, calls: list[_Call], until: float, question: Question) -> None:
        """Begin calls beside those that are late; a late one that is itself beside another gives way."""
        now = self._timer()
        for call in [call for call in calls if call.late <= now]:
            lost_here = now - call.late > _STILL or self._worked() - call.worked > _BUSY * (now - call.began)
            call.late = now + call.patience
            portions = _portions(call.mailboxes, alone=not call.beside)
            if now >= until or not portions:
                call.late = _NEVER
                continue
            if lost_here or not self._beside.idle() or not (tickets := self._extra.take(len(portions))):
                continue
            call.late = _NEVER
            if call.beside:
                call.task.cancel()
            start = call.start
            for portion, ticket in zip(portions, tickets, strict=True):
                calls.append(self._begin(portion, question, start, ticket))
                start += len(portion)

    def _begin(
        self, mailboxes: Sequence[Mailbox], question: Question, start: int, ticket: Ticket | None = None
    ) -> _Call:
        now, patience = self._timer(), self._patience(question, len(mailboxes))
        way = self._inner if ticket is None else self._beside.connector
        task = asyncio.create_task(self._timed(way, mailboxes, question, patience))
        if ticket is not None:
            task.add_done_callback(partial(_hand_back, ticket))
        return _Call(task, mailboxes, start, now, self._worked(), patience, now + patience, ticket is not None)

    async def _timed(
        self, way: Connector, mailboxes: Sequence[Mailbox], question: Question, patience: float
    ) -> list[Answer]:
        """One call, from which is learnt how long calls take, and whether the peer bears more of them."""
        started = self._timer()
        try:
            answers = await guarded(way, self._name, mailboxes, question)
        except asyncio.CancelledError:
            if (so_far := self._timer() - started) >= patience:  # it was slow; of a shorter time nothing is learnt
                self._usual.note(question, len(mailboxes), so_far)
            raise
        if any(isinstance(answer, Unavailable) and answer.reason in _TOO_MUCH for answer in answers):
            self._extra.lose()
        if failed_whole(answers) is None:
            self._usual.note(question, len(mailboxes), self._timer() - started)
        return answers

    def _patience(self, question: Question, mailboxes: int) -> float:
        usual = self._usual.within(question, mailboxes)
        if usual is None:
            return self._overdue
        return max(usual.total_seconds() * (_ALONE if mailboxes == 1 else _SEVERAL), _SOONEST)


def _portions(mailboxes: Sequence[Mailbox], *, alone: bool) -> list[Sequence[Mailbox]]:
    """What is asked again: halves, or a single mailbox as it is where nobody else asks about it."""
    if len(mailboxes) > 1:
        middle = len(mailboxes) // 2
        return [mailboxes[:middle], mailboxes[middle:]]
    return [mailboxes] if alone and mailboxes else []


def _hand_back(ticket: Ticket, _: asyncio.Task[list[Answer]]) -> None:
    ticket.hand_back()


async def _ended(tasks: Sequence[asyncio.Task[list[Answer]]]) -> None:
    """Calls off those that still go on, and returns when none does."""
    if going_on := [task for task in tasks if not task.done()]:
        for task in going_on:
            task.cancel()
        await asyncio.wait(going_on)
