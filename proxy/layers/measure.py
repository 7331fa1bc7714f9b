"""Tells the metrics how long each call to a peer took and how it ended."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from protocols.model.freebusy import Answer, Question, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector

ANSWERED, CALLED_OFF = "answered", "called-off"


class Metrics(Protocol):
    """Whoever counts."""

    def observe(self, connector: str, seconds: float, outcomes: Mapping[str, int]) -> None:
        """One call: how long it took, and how many mailboxes ended ``answered``, ``called-off`` or as a Reason says."""
        ...


class Measure:
    """Observes every call, those that are called off too."""

    def __init__(
        self, inner: Connector, *, name: str, metrics: Metrics, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self._inner, self._name, self._metrics, self._timer = inner, name, metrics, timer

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        started = self._timer()
        outcomes: Mapping[str, int] = {CALLED_OFF: len(mailboxes)}
        try:
            answers = await self._inner.lookup(mailboxes, question)
            outcomes = Counter(map(_outcome, answers))
        finally:
            self._metrics.observe(self._name, self._timer() - started, outcomes)
        return answers


def _outcome(answer: Answer) -> str:
    return answer.reason.value if isinstance(answer, Unavailable) else ANSWERED
