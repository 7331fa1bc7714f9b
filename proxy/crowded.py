"""Turns "too much is asked of those calendar systems" into a refusal of the whole request, which says when to come."""

from collections.abc import Sequence
from datetime import timedelta

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Answer, Question, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, at_once_of
from proxy.layers.line import CROWDED


class NoTurnError(RequestError):
    """Nobody could be asked in time; ``back_off`` says when it is worth another try."""

    def __init__(self, back_off: timedelta) -> None:
        super().__init__(Fault.BUSY, back_off=back_off)


class Crowded:
    """Where no turn came for any mailbox of a question, nothing was found out: raises NoTurnError.

    It stands before everything that answers one caller. Where some mailboxes are answered, all are, those without a
    turn as THROTTLED.
    """

    def __init__(self, inner: Connector) -> None:
        self._inner = inner
        self.at_once = at_once_of(inner)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`; but that it raises."""
        answers = await self._inner.lookup(mailboxes, question)
        if answers and all(map(_is_crowded, answers)):
            again = max(answer.retry_after or timedelta() for answer in answers if isinstance(answer, Unavailable))
            raise NoTurnError(again)
        return answers


def _is_crowded(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.detail == CROWDED
