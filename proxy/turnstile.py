"""Lets requests work in turns once more of them are here than can be answered, and refuses whose turn came too late."""

import asyncio
import math
import random
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from functools import partial
from time import perf_counter
from typing import Any, Final, Protocol, TypeAlias

import structlog
from aiohttp import web
from multidict import CIMultiDictProxy

from proxy.asking import ASKING, Asking
from proxy.fair_shares import FairShares
from service.prompt import Called, Message, Outcome, Place, PromptVisit

_SLICE: Final = 0.004  # seconds of work between two looks at who has come meanwhile
_FIRST_GUESS: Final = 0.001  # seconds that an answer takes
_LEARNING: Final = 0.1  # the weight of the last one
_CHECKS: Final = 4  # of those exempt, with each slice; more of them wait like everybody
_Headers: TypeAlias = CIMultiDictProxy[str]

_log = structlog.get_logger("busyline.turnstile")


class Answering(Protocol):
    """What is behind the turnstile: proxy/server.py."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Every request's answer."""
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


class _Place:
    """Of one request: where it waits, and then what was decided about it, until it is worked on."""

    __slots__ = ("_called", "_left", "caller", "refused", "since", "thought")

    def __init__(self, caller: str, since: float, called: Called) -> None:
        self.caller, self.since, self.refused = caller, since, False
        self.thought = 0.0  # seconds that its share has paid for it
        self._called: Called | None = called
        self._left: Callable[[], object] | None = None

    def stand(self, left: Callable[[], object]) -> None:
        """In a line, which ``left`` takes it from."""
        self._left = left

    def leave(self) -> None:
        """See :class:`service.prompt.Place`. Nothing of the request is kept for the sake of the line."""
        left, self._called, self._left = self._left, None, None
        if left is not None:
            left()

    def call(self, admitted: bool) -> Outcome:
        """Once, when it has been taken from its line. Raises nothing, lest all who wait behind it wait for ever."""
        called, self._called, self._left = self._called, None, None
        self.refused = not admitted
        try:
            return called(admitted) if called is not None else Outcome.GONE
        except Exception:  # noqa: BLE001  whatever it is, it is nobody else's
            _log.exception("turn_failed")
            return Outcome.GONE


class Turnstile:
    """Requests go through at once as long as the process keeps up. Else they wait in fair lines, one for each caller.

    The process keeps up where all that it found when it looked was answered within a few milliseconds. What is beyond
    waits; between two such slices of work it looks who has come, so that a caller that asks little is answered between
    the questions of one that asks much. A turn costs what it took of the processor. ``queue``: who waited longer is
    refused, with 503 and a Retry-After of one to two times as long, drawn for each by ``chance``, lest all come again
    at once. ``exempt`` are paths (those of a health check) that come first with each slice: one request of each caller,
    and a few in all.
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
        self._shares: FairShares[_Place] = FairShares(weights)
        self._checks: dict[str, _Place] = {}  # of those exempt, the next of each caller
        self._slice, self._until = _SLICE, 0.0  # the end of the one that is being worked on
        self._looking = self._serving = False
        self._short = self._long = _FIRST_GUESS  # what answers usually take: those at once, and all others
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
        self._looking, self._until = True, self._clock() + self._slice
        asyncio.get_running_loop().call_soon(self._look)
        return True

    def refusal(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """See :class:`service.prompt.Turns`."""
        del body
        return _written(self._turned_away(message.path, message.headers, peer), whole=message.method != "HEAD")

    def wait(self, message: Message, peer: str, called: Called) -> Place:
        """See :class:`service.prompt.Turns`."""
        return self._put(message.path, message.headers, peer, called)

    def hand_over(self) -> None:
        """See :class:`service.prompt.Turns`."""
        self._slice = self._until = math.inf
        self._let_checks_on()
        for ticket in self._shares.everybody():
            self._shares.leave(ticket)
            self._let_on(ticket.item, 0.0)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The long way, for whoever cannot be answered at once: after waiting for a turn, where it did not already."""
        asking = Asking(since=self._clock())
        ASKING.set(asking)
        visit = request.protocol
        place = visit.begin() if isinstance(visit, PromptVisit) else None
        if place is None and self.is_open():
            return await self._server.handle(request)
        if not isinstance(place, _Place):
            place = await self._turn(request)
        asking.since, asking.waited = place.since, self._clock() - place.since
        if place.refused:
            return self._refused(request, place)
        return await _Timed(self._server.handle(request), partial(self._worked, place), self._clock)

    async def _turn(self, request: web.BaseRequest) -> _Place:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = self._put(request.path, request.headers, request.remote or "", partial(_settle, called))
        try:
            await called
        finally:
            place.leave()
        return place

    def _put(self, path: str, headers: _Headers, peer: str, called: Called) -> _Place:
        caller = self._whose(headers, peer)
        place = _Place(caller, self._clock(), called)
        if path in self._exempt and caller not in self._checks and len(self._checks) < _CHECKS:
            self._checks[caller] = place
            place.stand(partial(self._checks.pop, caller))
        else:
            self.turned.waited += 1
            place.stand(partial(self._shares.leave, self._shares.put(caller, place, since=place.since)))
        if not self._serving:
            self._serving = True
            asyncio.get_running_loop().call_soon(self._serve)
        return place

    def _look(self) -> None:
        self._looking = False

    def _serve(self) -> None:
        """One slice of work; then whoever has come meanwhile is read, and the next one begins."""
        try:
            self._work()
        finally:
            self._serving = bool(self._shares.waiting or self._checks)
            if self._serving:
                asyncio.get_running_loop().call_soon(self._serve)

    def _work(self) -> None:
        began = self._clock()
        promised = self._let_checks_on()  # to those on the long way, who work as soon as this is over
        now = self._refuse(self._clock())
        while now + promised < began + _SLICE and (ticket := self._shares.take(self._short)):
            self.turned.seconds += now - ticket.since
            promised += self._let_on(ticket.item, self._short)
            now = self._clock()

    def _let_checks_on(self) -> float:
        promised = 0.0
        while self._checks:
            _, place = self._checks.popitem()
            promised += self._let_on(place, 0.0)
        return promised

    def _let_on(self, place: _Place, paid: float) -> float:
        """Its turn has come, for which its share has ``paid``. The seconds of work that are still to be done for it."""
        began = self._clock()
        outcome = place.call(True)
        took = self._clock() - began
        if outcome is Outcome.ANSWERED:
            self._short += (took - self._short) * _LEARNING
        elif outcome is Outcome.UNDER_WAY:
            place.thought = self._long
        else:
            took = 0.0  # who has gone is not charged for whatever it was
        self._shares.charge(place.caller, took + place.thought - paid)
        return place.thought

    def _refuse(self, now: float) -> float:
        """Send those away whose turn is too late; for half a slice at most, and the rest with the next."""
        half = now + _SLICE / 2
        for ticket in self._shares.late(now - self._patience):
            began, outcome = now, ticket.item.call(False)
            now = self._clock()
            if outcome is not Outcome.GONE:
                self.turned.refused += 1
                self._shares.charge(ticket.caller, now - began)
            if now > half:
                break
        return now

    def _refused(self, request: web.BaseRequest, place: _Place) -> web.Response:
        began = self._clock()
        response = self._turned_away(request.path, request.headers, request.remote or "")
        if not request.content.is_eof():
            response.force_close()  # what comes next on this connection is ambiguous
        self._shares.charge(place.caller, self._clock() - began)
        return response

    def _worked(self, place: _Place, seconds: float, whole: bool) -> None:
        self._shares.charge(place.caller, seconds - place.thought)
        if whole:
            self._long += (seconds - self._long) * _LEARNING

    def _turned_away(self, path: str, headers: _Headers, peer: str) -> web.Response:
        wait = self._queue * (1 + self._chance())
        return self._server.turned_away(path, headers, peer, wait=wait, waited=self._patience)


class _Timed:
    """Awaits ``work`` and tells how many seconds of it were work, what it waits for in between being none, and whether
    that was the whole of it.
    """

    def __init__(
        self,
        work: Coroutine[Any, Any, web.StreamResponse],
        worked: Callable[[float, bool], None],
        clock: Callable[[], float],
    ) -> None:
        self._work, self._worked, self._clock = work, worked, clock

    def __await__(self) -> Generator[Any, Any, web.StreamResponse]:
        work, clock, seconds, whole = self._work, self._clock, 0.0, False
        step: Callable[[], Any] = partial(work.send, None)
        try:
            while True:
                began = clock()
                try:
                    awaited = step()
                except StopIteration as end:
                    answer: web.StreamResponse = end.value
                    whole = True
                    return answer
                finally:
                    seconds += clock() - began
                try:
                    step = partial(work.send, (yield awaited))
                except BaseException as error:  # noqa: BLE001  whatever it is, it is for the one who waits
                    step = partial(work.throw, error)
        finally:
            work.close()
            self._worked(seconds, whole)


def _settle(called: asyncio.Future[None], _: bool) -> Outcome:
    if called.done():
        return Outcome.GONE
    called.set_result(None)
    return Outcome.UNDER_WAY


def _written(response: web.Response, *, whole: bool) -> list[bytes]:
    """The answer, as aiohttp would write it; where not ``whole``, its head."""
    body = response.body if isinstance(response.body, bytes) else b""
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    lines += [f"Content-Length: {len(body)}", f"Date: {formatdate(usegmt=True)}", "", ""]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
    return [head, body] if whole else [head]
