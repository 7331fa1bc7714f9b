"""How much an application may ask of one mailbox of the simulated Microsoft 365, and how long each request takes."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulation.graph.resource_units import Bucket
from simulation.graph.schedule import GraphRefusal

AT_ONCE: Final = 4
"""Requests of one application at one mailbox at the same time (Graph, throttling limits: Outlook service)."""
MOST: Final = 10_000
"""Requests of one application at one mailbox in :data:`WHILE` seconds."""
WHILE: Final = 600.0
TENANT: Final = 2000
"""Requests of one application in one tenant in a second."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written down: a batch has many of them in one."""

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """An error as Graph tells it."""
    return Reply(status, {"error": {"code": code, "message": text}}, headers or {})


class MailboxLimits:
    """Lets requests through as Outlook does. ``clock`` tells seconds, monotonic.

    ``latency`` is how many seconds each request takes, ``refuse`` gives the Retry-After of a request that is refused
    for a test's sake (None: it is not). ``answered`` counts by status, ``most`` is the highest number at once by
    mailbox.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, latency: float = 0.0) -> None:
        self.latency = latency
        self.refuse: Callable[[str, str], float | None] = lambda method, path: None
        self.answered: Counter[int] = Counter()
        self.most: Counter[str] = Counter()
        self.tenant = Bucket(TENANT, 1.0, clock)
        self._clock = clock
        self._open: Counter[str] = Counter()
        self._spent: dict[str, Bucket] = {}

    async def within(self, mailbox: str, method: str, path: str, answer: Callable[[], Reply]) -> Reply:
        """What ``answer`` says once its time has passed, or that there is too much."""
        reply = self._refused(mailbox, method, path)
        if reply is None:
            self._open[mailbox] += 1
            self.most[mailbox] = max(self.most[mailbox], self._open[mailbox])
            try:
                await asyncio.sleep(self.latency)
                reply = answer()
            except GraphRefusal as error:
                reply = refusal(error.status, error.code, error.text)
            finally:
                self._open[mailbox] -= 1
        self.answered[reply.status] += 1
        return reply

    def _refused(self, mailbox: str, method: str, path: str) -> Reply | None:
        if (wait := self.refuse(method, path)) is not None:
            return _wait("Too many requests.", wait)
        if self._open[mailbox] >= AT_ONCE:
            return _wait("Application is over its MailboxConcurrency limit.", 1)
        spent = self._spent.setdefault(mailbox, Bucket(MOST, WHILE, self._clock))
        if wait := spent.take(1) or self.tenant.take(1):
            return _wait("Application is over its request limit.", int(wait) + 1)
        return None


def _wait(text: str, seconds: float) -> Reply:
    return refusal(429, "ApplicationThrottled", text, {"Retry-After": f"{seconds:g}"})
