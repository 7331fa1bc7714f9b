"""WS-Security: callers proved by the body of their request, a token of the federation and a signature by its key."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog
from cachetools import TTLCache

from protocols.ews.wssecurity.assertion import Token, Trust
from protocols.ews.wssecurity.message import Demands
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.verdict import Verdict, judge, weigh
from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.replays import Memories, OwnMemories
from proxy.auth.turns import LineFullError, Turns

_PLACES: Final = {"strangers": (32, 2), "known": (512, 256)}  # in the line, and of one address; each takes 1 to 5 ms
_KNOWN: Final = 600.0  # seconds for which an address that proved somebody has a line of its own
_AHEAD: Final = timedelta(seconds=30)
_FLOOR: Final = 0.05  # seconds: no refusal comes sooner once a key was used
_AGAIN: Final = 10.0  # seconds until whoever could not be remembered may try again
_SAY_AGAIN: Final = 60.0  # seconds

_log = structlog.get_logger("busyline.auth")

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who asks, and what: ``verdict`` holds the message without which nobody was proved."""

    caller: Caller
    verdict: Verdict


class _Busy(SecurityRefused):
    """Nothing is wrong with the message; it may be sent again in ``wait`` seconds."""

    def __init__(self, reason: str, wait: float) -> None:
        super().__init__(reason)
        self.wait = max(1, math.ceil(wait))


class WsSecurity:
    """Proves callers by their messages: ``callers`` by domain (as A-labels).

    ``vouching``: for which domains an issuer may vouch, by its URI; one that is not named there, for all. Everything is
    looked at in threads: strangers take turns in one, and addresses from which somebody was proved in the last ten
    minutes in the other. A message made before ``memories`` began (where none are given, with this process), by a
    clock that may be half a minute ahead, has to be made anew, for nobody would know whether it was answered already;
    clocks of servers are closer than that, and a longer pause would cost every caller more than it saves.
    """

    def __init__(
        self,
        trust: Trust,
        callers: Mapping[str, Caller],
        *,
        clock: Clock,
        vouching: Mapping[str, frozenset[str]] | None = None,
        memories: Memories | None = None,
        sleep: Sleep = asyncio.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trust, self._callers, self._clock, self._sleep, self._seconds = trust, callers, clock, sleep, seconds
        self._vouching = vouching or {}
        self._memories = memories or OwnMemories(since=clock(), skew=trust.skew)
        self._replays = {caller.name: self._memories.of(caller.name) for caller in callers.values()}
        self._answers_from = self._memories.since + min(trust.skew, _AHEAD)
        self._said = -math.inf
        self._known: TTLCache[str, bool] = TTLCache(4_096, _KNOWN, seconds)
        self._strangers, self._proved = (Turns(places=all_, each=each) for all_, each in _PLACES.values())
        self._threads = ThreadPoolExecutor(len(_PLACES), thread_name_prefix="ws-security")

    async def identify(self, data: bytes, demands: Demands, address: str) -> Admitted | Refused:
        """The caller of the envelope ``data``, which comes from ``address`` ("" where nobody knows).

        Whatever is wrong, the refusal is one (401); 503 where it may be sent again. Who is let in must be remembered at
        once (:meth:`remember`), before anything is waited for, and is let in only then.
        """
        started: list[float] = []
        try:
            verdict = await self._judged(data, demands, address, started)
            found = Admitted(self._caller(verdict.token), verdict)
            self._check_new(found)
        except _Busy as busy:
            return Refused(busy.reason, 503, busy.wait)
        except SecurityRefused as refused:
            for instant in started:
                await self._sleep(max(0.0, instant + _FLOOR - self._seconds()))
            return Refused(refused.reason)
        if address:
            self._known[address] = True
        return found

    def remember(self, found: Admitted) -> Refused | None:
        """The message is answered now, and never again; else why not: another process was quicker, or nobody knows."""
        proved = found.verdict.proved
        try:
            new = self._replays[found.caller.name].note(proved.mark, proved.expires)
        except OSError as error:
            busy = self._forgetful(error)
            return Refused(busy.reason, 503, busy.wait)
        return None if new else Refused("message-seen-before")

    def doubts(self) -> list[str]:
        """Why callers would be turned away, for ``/readyz``."""
        return self._memories.doubts()

    def close(self) -> None:
        """Nobody is proved any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _judged(self, data: bytes, demands: Demands, address: str, started: list[float]) -> Verdict:
        turns = self._proved if address in self._known else self._strangers
        loop = asyncio.get_running_loop()
        try:
            async with turns.turn(address):
                now = self._clock()
                return await loop.run_in_executor(self._threads, lambda: self._heard(data, demands, now, started))
        except LineFullError:
            raise _Busy("too-many-messages-at-once", 1) from None

    def _heard(self, data: bytes, demands: Demands, now: datetime, started: list[float]) -> Verdict:
        """The cheap questions first; ``started`` is when a key was used, if one was."""
        message = weigh(data, demands, now=now)
        if message.created <= self._answers_from:
            raise self._too_old(now)
        started.append(self._seconds())
        return judge(message, self._trust, demands, now=now)

    def _too_old(self, now: datetime) -> SecurityRefused:
        reason, left = "message-older-than-this-process", (self._answers_from - now).total_seconds()
        return _Busy(reason, left) if left >= 0 else SecurityRefused(reason)

    def _caller(self, token: Token) -> Caller:
        """The one caller to whom every domain of the token belongs."""
        if not token.domains <= self._vouching.get(token.issuer, token.domains):
            raise SecurityRefused("token-of-an-issuer-that-may-not-vouch-for-it")
        found = {self._callers.get(domain) for domain in token.domains}
        if len(found) != 1 or None in found:
            raise SecurityRefused("token-of-an-organisation-that-is-no-caller")
        (caller,) = found
        assert caller is not None
        return replace(caller, person=token.person)

    def _check_new(self, found: Admitted) -> None:
        now, replays, proved = self._clock(), self._replays[found.caller.name], found.verdict.proved
        try:
            if replays.saw(proved.mark, proved.expires, now=now):
                raise SecurityRefused("message-seen-before")
            wait = replays.full(now=now)
        except OSError as error:
            raise self._forgetful(error) from None
        if wait:
            raise _Busy("too-many-messages-to-remember", wait)

    def _forgetful(self, error: OSError) -> "_Busy":
        if self._seconds() - self._said >= _SAY_AGAIN:
            self._said = self._seconds()
            note = "signed messages are refused as busy until they can be remembered"
            _log.error("messages_not_remembered", what=str(error), note=note)
        return _Busy("messages-cannot-be-remembered", _AGAIN)
