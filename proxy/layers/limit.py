"""Asks a peer no more than it bears, waits when it says so, and gives up in time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole, whole_call_failed
from proxy.connector import Clock, Connector, cut
from proxy.layers.breaker import Breaker

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
_ATTEMPTS = 4
_BACK_OFF = timedelta(milliseconds=500)


class _Call:
    """One call on its way to the peer: ``under_way`` once it has a turn and was let through."""

    under_way = False


class Limit:
    """At most ``concurrency`` calls at once; a call, waiting included, takes ``deadline`` at most, else TIMEOUT.

    THROTTLED mailboxes are asked again after ``retry_after`` where that is within the deadline. While a peer that
    throttled a whole call wants to be left alone, no call goes out: those whose deadline allows it wait, the others
    are THROTTLED at once. While ``breaker`` holds the peer for down, calls fail at once.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        concurrency: int,
        deadline: timedelta,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        breaker: Breaker | None = None,
    ) -> None:
        self._inner, self._deadline, self._clock, self._sleep = inner, deadline, clock, sleep
        self._turns = asyncio.Semaphore(concurrency)
        self._breaker = breaker or Breaker(clock=clock)
        self._quiet_for = timedelta()
        self._quiet_until: datetime | None = None

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        until = self._clock() + self._deadline
        answers = await self._call(mailboxes, question, until)
        for attempt in range(1, _ATTEMPTS):
            throttled = [index for index, answer in enumerate(answers) if _is_throttled(answer)]
            if not throttled:
                break
            pause = _pause([answers[index] for index in throttled], attempt)
            if self._clock() + pause >= until:
                break
            await self._sleep(pause.total_seconds())
            again = await self._call([mailboxes[index] for index in throttled], question, until)
            for index, answer in zip(throttled, again, strict=True):
                answers[index] = answer
        return answers

    async def _call(self, mailboxes: Sequence[Mailbox], question: Question, until: datetime) -> list[Answer]:
        if refused := await self._refused(mailboxes, until):
            return refused
        call = _Call()
        answers = await cut(self._in_turn(call, mailboxes, question), until - self._clock())
        if answers is None:
            if call.under_way:
                self._breaker.note(Reason.TIMEOUT)
            where = "the peer did not answer in time" if call.under_way else "no turn came in time"
            return whole_call_failed(mailboxes, Reason.TIMEOUT, where)
        return answers

    async def _refused(self, mailboxes: Sequence[Mailbox], until: datetime) -> list[Answer] | None:
        """The answers where the peer is not to be asked; waits for the end of a pause that the deadline allows."""
        if reason := self._breaker.refuses():
            return whole_call_failed(mailboxes, reason, "the peer is down and not asked for a while")
        left = self._left_of_pause()
        if not left:
            return None
        if self._clock() + left >= until:
            return whole_call_failed(mailboxes, Reason.THROTTLED, "the peer wants to be left alone", left)
        await self._sleep(left.total_seconds())
        return None

    async def _in_turn(self, call: _Call, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        async with self._turns:
            if reason := self._breaker.admit():
                return whole_call_failed(mailboxes, reason, "the peer is down and not asked for a while")
            if left := self._left_of_pause():
                self._breaker.give_up()
                return whole_call_failed(mailboxes, Reason.THROTTLED, "the peer wants to be left alone", left)
            call.under_way = True
            try:
                answers = await self._inner.lookup(mailboxes, question)
            except BaseException:
                self._breaker.give_up()
                raise
            self._learn(answers)
            return answers

    def _learn(self, answers: Sequence[Answer]) -> None:
        failure = failed_whole(answers)
        self._breaker.note(failure.reason if failure else None)
        if failure and failure.reason is Reason.THROTTLED and failure.retry_after:
            pause = failure.retry_after
            if pause > self._left_of_pause():
                self._quiet_for, self._quiet_until = pause, self._clock() + pause

    def _left_of_pause(self) -> timedelta:
        if self._quiet_until is None:
            return timedelta()
        now = self._clock()
        if self._quiet_until - now > self._quiet_for:  # the clock was set back: no longer than what was asked
            self._quiet_until = now + self._quiet_for
        return max(self._quiet_until - now, timedelta())


def _is_throttled(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason is Reason.THROTTLED


def _pause(answers: Sequence[Answer], attempt: int) -> timedelta:
    """The longest that any asks for; where none says, 0.5 s, 1 s, 2 s … by attempt."""
    asked = [answer.retry_after for answer in answers if isinstance(answer, Unavailable) and answer.retry_after]
    return max(asked) if asked else _BACK_OFF * (2 ** (attempt - 1))
