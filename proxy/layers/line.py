"""The line before one calendar system: no more questions go on than it answers at once, to each caller its share."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from time import perf_counter
from typing import Final, TypeAlias

from protocols.model.freebusy import Answer, Question, Reason
from protocols.model.mailbox import Mailbox
from proxy.answers import whole_call_failed
from proxy.asking import ASKING
from proxy.connector import Connector
from proxy.fair_shares import FairShares
from proxy.layers.batch import BatchLimits

CROWDED: Final = "its turn did not come in time: more is asked of this calendar system than it answers"

Calls: TypeAlias = Callable[[Sequence[Mailbox], Question], int]
"""How many calls a question takes."""


class Line:
    """At most ``turns`` calls' worth of questions at once, the others wait: each caller in a line of its own.

    Whose line is next depends on the calls that each caller has had, by its weight. Whoever waited longer than
    ``queue`` since its request came is THROTTLED, with a ``retry_after`` of one to two times as long and the detail
    :data:`CROWDED`; nobody waits where there are turns left. A question about more mailboxes than ``turns`` calls can
    carry goes on alone, once there is one.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        name: str,
        turns: int,
        calls: Calls,
        queue: timedelta,
        weights: Mapping[str, float] | None = None,
        clock: Callable[[], float] = perf_counter,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._inner, self._name, self._calls, self._queue = inner, name, calls, queue
        self._left, self._clock, self._chance = turns, clock, chance
        self._shares: FairShares[asyncio.Future[bool]] = FairShares(weights)
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn now."""
        return self._shares.waiting

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        calls = max(1, self._calls(mailboxes, question))
        if self._left > 0 and not self._shares.waiting:
            self._left -= calls
        elif not await self._turn(calls):
            self.refused += 1
            again = self._queue * (1 + self._chance())
            return whole_call_failed(mailboxes, Reason.THROTTLED, CROWDED, again, source=self._name)
        try:
            return await self._inner.lookup(mailboxes, question)
        finally:
            self._left += calls
            self._call()

    async def _turn(self, calls: int) -> bool:
        """Whether the turn came in time; then it is taken."""
        now, asking, loop = self._clock(), ASKING.get(), asyncio.get_running_loop()
        since = asking.since or now
        left = since + self._queue.total_seconds() - now
        if left <= 0:
            return False
        called: asyncio.Future[bool] = loop.create_future()
        ticket = self._shares.put(asking.caller, called, since=since, cost=calls)
        timer = loop.call_later(left, _settle, called, False)
        try:
            return await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled() and called.result():  # the turn came, and nobody has it
                self._left += calls
                self._call()
            raise
        finally:
            timer.cancel()
            self._shares.leave(ticket)

    def _call(self) -> None:
        while self._left > 0 and (ticket := self._shares.take()):
            if not ticket.item.done():
                self._left -= int(ticket.cost)
                ticket.item.set_result(True)


def calls_of(limits: BatchLimits, mailboxes: Sequence[Mailbox], question: Question) -> int:
    """How many calls a question takes of a peer with these ``limits``."""
    return -(-len(mailboxes) // limits.mailboxes) * -(-question.window.length // limits.window)


def _settle(called: asyncio.Future[bool], came: bool) -> None:
    if not called.done():
        called.set_result(came)
