"""Asks again, within the deadline, about whom the peer had no time for just now."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole, whole_call_failed
from proxy.connector import Clock, cut
from proxy.layers.lane import Lane
from proxy.layers.limit import Sleep

_ATTEMPTS: Final = 4
_BACK_OFF: Final = timedelta(milliseconds=500)


class Patience:
    """THROTTLED mailboxes are asked again after their ``retry_after``, where that is within ``deadline``.

    It stands around all accounts of a peer: where a whole call was throttled, the next goes out as soon as any of them
    is free. Where nobody says how long, pauses grow.
    """

    def __init__(self, inner: Lane, *, deadline: timedelta, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._inner, self._deadline, self._clock, self._sleep = inner, deadline, clock, sleep

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        until = self._clock() + self._deadline
        answers = await self._inner.lookup(mailboxes, question)
        for attempt in range(1, _ATTEMPTS):
            throttled = [index for index, answer in enumerate(answers) if _is_throttled(answer)]
            if not throttled:
                break
            pause = self._pause([answers[index] for index in throttled], attempt)
            if self._clock() + pause >= until:
                break
            await self._sleep(pause.total_seconds())
            again = [mailboxes[index] for index in throttled]
            found = await cut(self._inner.lookup(again, question), until - self._clock())
            if found is None:
                found = whole_call_failed(again, Reason.TIMEOUT, "the peer did not answer in time")
            for index, answer in zip(throttled, found, strict=True):
                answers[index] = answer
        return answers

    def _pause(self, answers: Sequence[Answer], attempt: int) -> timedelta:
        """Until an account is free, or the longest that any mailbox asks for; else 0.5 s, 1 s, 2 s … by attempt."""
        asked = [answer.retry_after for answer in answers if isinstance(answer, Unavailable) and answer.retry_after]
        pause = self._inner.held() if failed_whole(answers) else max(asked, default=timedelta())
        return pause or _BACK_OFF * (2 ** (attempt - 1))


def _is_throttled(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason is Reason.THROTTLED
