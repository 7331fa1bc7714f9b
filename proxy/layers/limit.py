"""Asks by one account no more than the peer bears, waits when it says so, and gives up in time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole, whole_call_failed
from proxy.connector import Clock, Connector, cut
from proxy.layers.breaker import Breaker
from proxy.layers.budget import Budget

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


class _Call:
    """One call on its way to the peer: ``under_way`` once it has a turn and was let through, in this ``era``."""

    under_way = False
    era = 0


class Limit:
    """At most ``concurrency`` calls at once; a call, waiting included, takes ``deadline`` at most, else TIMEOUT.

    While a peer that throttled a whole call wants to be left alone, or while ``budget`` is spent, no call goes out:
    those whose deadline allows it wait, the others are THROTTLED at once, with the time until. While ``breaker`` holds
    the peer for down, calls fail at once.
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
        budget: Budget | None = None,
    ) -> None:
        self._inner, self._deadline, self._clock, self._sleep = inner, deadline, clock, sleep
        self._turns = asyncio.Semaphore(concurrency)
        self._breaker = breaker or Breaker(clock=clock)
        self._budget = budget or Budget()
        self._quiet_for = timedelta()
        self._quiet_until: datetime | None = None

    def held(self) -> timedelta:
        """See :class:`proxy.layers.lane.Lane`."""
        return max(self._breaker.left(), self._left())

    def idle(self) -> bool:
        """See :class:`proxy.layers.lane.Lane`."""
        return not self._turns.locked() and not self.held()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        until = self._clock() + self._deadline
        if refused := self._refused(mailboxes, until):
            return refused
        call = _Call()
        try:
            answers = await cut(self._in_turn(call, mailboxes, question, until), self._deadline)
        except BaseException:
            if call.under_way:
                self._breaker.give_up(call.era)
            raise
        if answers is not None:
            return answers
        if call.under_way:
            self._breaker.note(Reason.TIMEOUT, call.era)
            return whole_call_failed(mailboxes, Reason.TIMEOUT, "the peer did not answer in time")
        if left := self._left():
            return _left_alone(mailboxes, left)
        return whole_call_failed(mailboxes, Reason.TIMEOUT, "no turn came in time")

    def _refused(self, mailboxes: Sequence[Mailbox], until: datetime) -> list[Answer] | None:
        """The answers where the peer is not to be asked before ``until``."""
        if reason := self._breaker.refuses():
            return whole_call_failed(mailboxes, reason, "the peer is down and not asked for a while")
        left = self._left()
        return _left_alone(mailboxes, left) if left and self._clock() + left >= until else None

    async def _in_turn(
        self, call: _Call, mailboxes: Sequence[Mailbox], question: Question, until: datetime
    ) -> list[Answer]:
        """A turn is held while waiting for the end of a pause: nobody else could use it."""
        async with self._turns:
            while True:
                if refused := self._refused(mailboxes, until):
                    return refused
                if not (left := self._left()):
                    break
                await self._sleep(left.total_seconds())
            self._breaker.admit()
            call.under_way, call.era = True, self._breaker.era
            self._budget.spend()
            answers = await self._inner.lookup(mailboxes, question)
            self._learn(answers, call.era)
            return answers

    def _learn(self, answers: Sequence[Answer], era: int) -> None:
        failure = failed_whole(answers)
        if failure is None:
            self._breaker.note(None, era)
        else:
            self._breaker.note(failure.reason, era, again=failure.retry_after)
        if failure and failure.reason is Reason.THROTTLED and failure.retry_after:
            pause = failure.retry_after
            if pause > self._left_of_pause():
                self._quiet_for, self._quiet_until = pause, self._clock() + pause

    def _left(self) -> timedelta:
        return max(self._left_of_pause(), self._budget.wait())

    def _left_of_pause(self) -> timedelta:
        if self._quiet_until is None:
            return timedelta()
        now = self._clock()
        if self._quiet_until - now > self._quiet_for:  # the clock was set back: no longer than what was asked
            self._quiet_until = now + self._quiet_for
        return max(self._quiet_until - now, timedelta())


def _left_alone(mailboxes: Sequence[Mailbox], left: timedelta) -> list[Answer]:
    return whole_call_failed(
        mailboxes, Reason.THROTTLED, "the peer wants to be left alone, or its budget is spent", left
    )
