"""Lets requests work in turns once more of them are here than can be answered, and refuses whose turn came too late."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from functools import partial
from time import perf_counter
from typing import Any, Final, Protocol, TypeAlias

from aiohttp import web
from multidict import CIMultiDictProxy

from proxy.asking import ASKING, Asking
from proxy.fair_shares import FairShares, Ticket
from service.prompt import Called, Message
from service.visit import Visit

_SLICE: Final = 0.004  # seconds of work between two looks at who has come meanwhile
_FIRST_GUESS: Final = 0.001  # seconds that an answer takes
_LEARNING: Final = 0.1  # the weight of the last one
_ENTITLED: Final = 8_192
_Headers: TypeAlias = CIMultiDictProxy[str]


class Answering(Protocol):
    """What is behind the turnstile: proxy/server.py."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Every request's answer."""
        ...

    def at_once(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """See :data:`service.prompt.AtOnce`."""
        ...

    def turned_away(self, path: str, headers: _Headers, peer: str, *, wait: timedelta, waited: float) -> web.Response:
        """The refusal, in the words of whoever asks at ``path``, which waited so many seconds; ``wait``: until when."""
        ...


Whose: TypeAlias = Callable[[_Headers, str], str]
"""Whom a request counts for, by its headers and the address it comes from, without proof and without waiting."""


@dataclass(slots=True)
class Turned:
    """What the metrics read."""

    waited: int = 0
    refused: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Entitled:
    """What was decided about a request on its way to the handler, and since when it has been here."""

    refused: bool
    since: float


class Turnstile:
    """Requests go through at once as long as the process keeps up. Else they wait in fair lines, one for each caller.

    The process keeps up where all that it found when it looked was answered within a few milliseconds. What is beyond
    waits; between two such slices of work it looks who has come, so that a caller that asks little is answered between
    the questions of one that asks much. A turn costs what it took of the processor. ``queue``: who waited longer is
    refused, with 503 and a Retry-After of one to two times as long, drawn for each by ``chance``, lest all come again
    at once. ``exempt`` are paths that never wait (those of a health check).
    """

    def __init__(
        self,
        server: Answering,
        *,
        queue: timedelta,
        whose: Whose,
        weights: Mapping[str, float] | None = None,
        exempt: frozenset[str] = frozenset(),
        clock: Callable[[], float] = perf_counter,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._server, self._whose, self._exempt = server, whose, exempt
        self._queue, self._clock, self._chance = queue, clock, chance
        self._patience = queue.total_seconds()
        self._shares: FairShares[Called] = FairShares(weights)
        self._until = 0.0  # of the slice that is being worked on
        self._looking = self._serving = False
        self._usual = _FIRST_GUESS
        self._entitled: dict[Visit, _Entitled] = {}
        self._called = 0.0  # since when whoever is being called has waited
        self.turned = Turned()

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return self._shares.waiting

    def is_open(self) -> bool:
        """See :class:`service.prompt.Turns`."""
        if self._shares.waiting:
            return False
        if self._looking:
            return self._clock() < self._until
        self._looking, self._until = True, self._clock() + _SLICE
        asyncio.get_running_loop().call_soon(self._look)
        return True

    def at_once(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """See :data:`service.prompt.AtOnce`."""
        return self._server.at_once(message, body, peer)

    def refusal(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """See :class:`service.prompt.Turns`."""
        del body
        return _written(self._turned_away(message.path, message.headers, peer))

    def wait(self, message: Message, peer: str, called: Called) -> bool:
        """See :class:`service.prompt.Turns`."""
        if message.path in self._exempt:
            return False
        self._put(self._whose(message.headers, peer), called)
        return True

    def let_on(self, visit: Visit, *, refused: bool) -> None:
        """See :class:`service.prompt.Turns`."""
        if len(self._entitled) >= _ENTITLED:
            self._entitled = {each: told for each, told in self._entitled.items() if each.transport is not None}
        self._entitled[visit] = _Entitled(refused, self._called)

    def hand_over(self) -> None:
        """See :class:`service.prompt.Turns`."""
        for ticket in self._shares.everybody():
            self._shares.leave(ticket)
            self._called = ticket.since
            ticket.item(True)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The long way, for whoever cannot be answered at once: after waiting for a turn, where it did not already."""
        asking = Asking(since=self._clock())
        ASKING.set(asking)
        visit = request.protocol
        told = self._entitled.pop(visit, None) if self._entitled and isinstance(visit, Visit) else None
        if told is None and (self.is_open() or request.path in self._exempt):
            return await self._server.handle(request)
        caller = self._whose(request.headers, request.remote or "")
        if told is None:
            told = _Entitled(not await self._turn(caller), asking.since)
        asking.since = told.since
        if told.refused:
            response = self._turned_away(request.path, request.headers, request.remote or "")
            if not request.content.is_eof():
                response.force_close()  # what comes next on this connection is ambiguous
            return response
        return await _Timed(self._server.handle(request), partial(self._worked, caller), self._clock)

    async def _turn(self, caller: str) -> bool:
        called: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        ticket = self._put(caller, partial(_settle, called))
        try:
            return await called
        finally:
            self._shares.leave(ticket)

    def _put(self, caller: str, called: Called) -> Ticket[Called]:
        self.turned.waited += 1
        if not self._serving:
            self._serving = True
            asyncio.get_running_loop().call_soon(self._serve)
        return self._shares.put(caller, called, since=self._clock())

    def _look(self) -> None:
        self._looking = False

    def _serve(self) -> None:
        """One slice of work; then whoever has come meanwhile is read, and the next one begins."""
        began = self._clock()
        now = self._refuse(began)
        promised = 0.0  # to those on the long way, who work as soon as this is over
        while now + promised < began + _SLICE and (ticket := self._shares.take(self._usual)):
            self.turned.seconds += now - ticket.since
            self._called, before = ticket.since, now
            done = ticket.item(True)
            now = self._clock()
            if done:
                self._worked(ticket.caller, now - before)
            else:
                promised += self._usual
        self._serving = bool(self._shares.waiting)
        if self._serving:
            asyncio.get_running_loop().call_soon(self._serve)

    def _refuse(self, now: float) -> float:
        """Send those away whose turn is too late; for half a slice at most, and the rest with the next."""
        half = now + _SLICE / 2
        for ticket in self._shares.late(now - self._patience):
            self.turned.refused += 1
            self._called = ticket.since
            ticket.item(False)
            if (now := self._clock()) > half:
                break
        return now

    def _worked(self, caller: str, seconds: float) -> None:
        self._shares.charge(caller, seconds - self._usual)
        self._usual += (seconds - self._usual) * _LEARNING

    def _turned_away(self, path: str, headers: _Headers, peer: str) -> web.Response:
        wait = self._queue * (1 + self._chance())
        return self._server.turned_away(path, headers, peer, wait=wait, waited=self._patience)


class _Timed:
    """Awaits ``work`` and tells how many seconds of it were work; what it waits for in between is not."""

    def __init__(
        self,
        work: Coroutine[Any, Any, web.StreamResponse],
        worked: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._work, self._worked, self._clock = work, worked, clock

    def __await__(self) -> Generator[Any, Any, web.StreamResponse]:
        work, clock, seconds = self._work, self._clock, 0.0
        step: Callable[[], Any] = partial(work.send, None)
        try:
            while True:
                began = clock()
                try:
                    awaited = step()
                except StopIteration as end:
                    answer: web.StreamResponse = end.value
                    return answer
                finally:
                    seconds += clock() - began
                try:
                    step = partial(work.send, (yield awaited))
                except BaseException as error:  # noqa: BLE001  whatever it is, it is for the one who waits
                    step = partial(work.throw, error)
        finally:
            work.close()
            self._worked(seconds)


def _settle(called: asyncio.Future[bool], admitted: bool) -> bool:
    if not called.done():
        called.set_result(admitted)
    return False


def _written(response: web.Response) -> list[bytes]:
    """The whole answer, as aiohttp would write it."""
    body = response.body if isinstance(response.body, bytes) else b""
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    lines += [f"Content-Length: {len(body)}", f"Date: {formatdate(usegmt=True)}", "", ""]
    return ["\r\n".join(lines).encode("utf-8", "surrogateescape"), body]
