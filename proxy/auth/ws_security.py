"""WS-Security: callers proved by the body of their request, a token of the federation and a signature by its key."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from cachetools import TTLCache

from protocols.ews.wssecurity.assertion import Token, Trust
from protocols.ews.wssecurity.header import Secured
from protocols.ews.wssecurity.message import Demands
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.verdict import Verdict, judge, weigh
from protocols.model.caller import Caller
from proxy.auth import Refused

_THREADS: Final = 2
_IN_LINE: Final = 32  # messages of strangers; each takes 5 ms of a core
_KNOWN: Final = 600.0  # seconds for which an address that proved somebody goes before the line
_FLOOR: Final = 0.05  # seconds: no refusal comes sooner once a key was used
_REMEMBERED: Final = 200_000  # messages; 40 MB or so

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who asks, and what: ``verdict`` holds the message without which nobody was proved."""

    caller: Caller
    verdict: Verdict


class Replays:
    """Remembers messages until they are too old to be accepted; where memory is full, a new one is refused."""

    def __init__(self, size: int = _REMEMBERED) -> None:
        self._size = size
        self._marks: set[bytes] = set()
        self._ends: list[tuple[datetime, bytes]] = []

    def note(self, mark: bytes, until: datetime, *, now: datetime) -> None:
        """Remember ``mark``. Raises SecurityRefused where it is remembered already, or no more can be."""
        while self._ends and self._ends[0][0] <= now:
            self._marks.discard(heapq.heappop(self._ends)[1])
        if mark in self._marks:
            raise SecurityRefused("message-seen-before")
        if len(self._marks) >= self._size:
            raise SecurityRefused("too-many-messages-to-remember")
        self._marks.add(mark)
        heapq.heappush(self._ends, (until, mark))


class WsSecurity:
    """Proves callers by their messages: ``callers`` by domain (as A-labels).

    What costs nothing is asked first, on the spot; keys are used in threads. Strangers take turns one after another and
    wait in a short line, so that they take half of the threads at most; an address from which somebody was proved in
    the last ten minutes goes before them. A message made before this process began is refused, for nobody would know
    whether it was answered already.
    """

    def __init__(
        self,
        trust: Trust,
        callers: Mapping[str, Caller],
        *,
        clock: Clock,
        replays: Replays | None = None,
        sleep: Sleep = asyncio.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trust, self._callers, self._clock, self._sleep, self._seconds = trust, callers, clock, sleep, seconds
        self._replays = replays or Replays()
        self._began = clock()
        self._known: TTLCache[str, bool] = TTLCache(4_096, _KNOWN, seconds)
        self._turns = asyncio.Semaphore(1)
        self._in_line = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ws-security")

    async def identify(self, data: bytes, demands: Demands, address: str) -> Admitted | Refused:
        """The caller of the envelope ``data``, which comes from ``address``. Whatever is wrong, the refusal is one."""
        started = 0.0
        try:
            message = weigh(data, demands, now=self._clock())
            self._check_age(message.created)
            started = self._seconds()
            verdict = await self._judged(message, demands, address)
            caller = self._caller(verdict.token)
            self._note(verdict)
        except SecurityRefused as refused:
            if started:
                await self._sleep(max(0.0, started + _FLOOR - self._seconds()))
            return Refused(refused.reason)
        self._known[address] = True
        return Admitted(caller, verdict)

    def close(self) -> None:
        """Nobody is proved any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _judged(self, message: Secured, demands: Demands, address: str) -> Verdict:
        if address and address in self._known:
            return await self._in_thread(message, demands)
        if self._in_line >= _IN_LINE:
            raise SecurityRefused("too-many-messages-at-once")
        self._in_line += 1
        try:
            async with self._turns:
                return await self._in_thread(message, demands)
        finally:
            self._in_line -= 1

    async def _in_thread(self, message: Secured, demands: Demands) -> Verdict:
        loop, now = asyncio.get_running_loop(), self._clock()
        return await loop.run_in_executor(self._threads, lambda: judge(message, self._trust, demands, now=now))

    def _check_age(self, created: datetime) -> None:
        if created < self._began:
            raise SecurityRefused("message-older-than-this-process")

    def _caller(self, token: Token) -> Caller:
        """The one caller to whom every domain of the token belongs."""
        found = {self._callers.get(domain) for domain in token.domains}
        if len(found) != 1 or None in found:
            raise SecurityRefused("token-of-an-organisation-that-is-no-caller")
        (caller,) = found
        assert caller is not None
        return replace(caller, person=token.person)

    def _note(self, verdict: Verdict) -> None:
        until = verdict.proved.expires + self._trust.skew
        self._replays.note(verdict.proved.mark, until, now=self._clock())
