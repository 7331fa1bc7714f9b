"""The line before one calendar system: no more questions go on than it answers at once, to each caller its share."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from protocols.model.freebusy import Answer, Question, Reason
from protocols.model.mailbox import Mailbox
from proxy.answers import whole_call_failed
from proxy.connector import Connector
from proxy.fair_shares import FairShares
from proxy.layers.batch import BatchLimits
from proxy.layers.wait import Wait
from proxy.passengers import aboard

CROWDED: Final = "its turn did not come in time: more is asked of this calendar system than it answers"

Calls: TypeAlias = Callable[[Sequence[Mailbox], Question], int]
"""How many calls a question takes."""


class Line:
    """At most ``turns`` calls' worth of questions at once, the others wait: each caller in a line of its own.

    Whose line is next depends on the calls that each caller has had, by its weight. Whoever waited longer than
    ``queue`` in lines, here and before, is THROTTLED, with a ``retry_after`` of one to two times as long and the detail
    :data:`CROWDED`; nobody waits where there are turns left. A question about more mailboxes than ``turns`` calls can
    carry goes on alone, once there is one. For a flight that several share see :class:`proxy.layers.wait.Wait`.
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
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._inner, self._name, self._calls, self._queue = inner, name, calls, queue
        self._left, self._chance = turns, chance
        self._shares: FairShares[Wait] = FairShares(weights)
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return self._shares.waiting

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        going, calls = mailboxes, self._count(mailboxes, question)
        if self._left > 0 and not self._shares.waiting:
            self._left -= calls
        else:
            going, calls = await self._turn(mailboxes, question)
        if not going:
            return self._refusals(mailboxes)
        try:
            answers = await self._inner.lookup(going, question)
        finally:
            self._give_back(calls)
        if len(going) == len(mailboxes):
            return answers
        left = self._refusals(mailboxes)
        found = {mailbox.address: answer for mailbox, answer in zip(going, answers, strict=True)}
        return [found.get(each.address) or refusal for each, refusal in zip(mailboxes, left, strict=True)]

    async def _turn(self, mailboxes: Sequence[Mailbox], question: Question) -> tuple[Sequence[Mailbox], int]:
        """For which of ``mailboxes`` the turn came in time, and the calls that were taken for them."""
        wait = Wait(
            mailboxes,
            self._shares,
            calls=lambda some: self._count(some, question),
            patience=self._queue.total_seconds(),
            refuse=self._refuse,
        )
        try:
            await wait.end(aboard({mailbox.address for mailbox in mailboxes}))
        except BaseException:
            self._give_back(wait.taken)  # the turn may have come, and nobody has it
            raise
        return wait.going, wait.taken

    def _count(self, mailboxes: Sequence[Mailbox], question: Question) -> int:
        return max(1, self._calls(mailboxes, question))

    def _give_back(self, calls: int) -> None:
        self._left += calls
        while self._left > 0 and (ticket := self._shares.take()):
            self._left -= ticket.item.come(ticket)

    def _refuse(self, mailboxes: Sequence[Mailbox]) -> list[Answer]:
        self.refused += 1
        return self._refusals(mailboxes)

    def _refusals(self, mailboxes: Sequence[Mailbox]) -> list[Answer]:
        again = self._queue * (1 + self._chance())
        return whole_call_failed(mailboxes, Reason.THROTTLED, CROWDED, again, source=self._name)


def calls_of(limits: BatchLimits, mailboxes: Sequence[Mailbox], question: Question) -> int:
    """How many calls a question takes of a peer with these ``limits``."""
    return -(-len(mailboxes) // limits.mailboxes) * -(-question.window.length // limits.window)
