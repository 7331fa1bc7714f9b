"""A connection whose requests are answered as soon as they are read, or wait for their turn before anything is made.

A task, a request and a response of aiohttp cost together as much as an answer that is kept: here there are none, until
it is clear that somebody has to be waited for.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Protocol, TypeAlias

import structlog
from aiohttp import HttpVersion11, web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo

from service.visit import Visit

_log = structlog.get_logger("busyline.door")

_FEW: Final = 4  # parts; to hand on more of them costs more than to copy them into one
_SHORT_BODY: Final = 65_536  # bytes; half of what aiohttp takes before it stops to read
_DIGITS: Final = 5  # of its length
Message: TypeAlias = RawRequestMessage
"""The head of a request, as aiohttp's parser hands it on."""
AtOnce: TypeAlias = Callable[[Message, bytes, str], Sequence[bytes] | None]
"""What can be answered without waiting: a whole request (its head, its body, the address it comes from) gets the whole
answer, head and body in parts; None where somebody must be waited for."""


class Outcome(Enum):
    """What became of a request that was called."""

    ANSWERED = auto()  # what is due is out
    UNDER_WAY = auto()  # it goes the long way from here
    GONE = auto()  # nobody waits for an answer any more


Called: TypeAlias = Callable[[bool], Outcome]
"""Told whether the turn has come, or never will."""


class Place(Protocol):
    """Where a request waits for its turn."""

    def leave(self) -> None:
        """Nobody waits here any more."""
        ...


class Turns(Protocol):
    """Who says whose turn it is where more is asked than can be answered."""

    def is_open(self) -> bool:
        """Whether whoever comes now need not wait. Costs next to nothing."""
        ...

    def wait(self, message: Message, peer: str, called: Called) -> Place:
        """Have ``called`` told once, after this has returned, unless the place is left before."""
        ...

    def refusal(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """As AtOnce, for a request whose turn never comes."""
        ...

    def hand_over(self) -> None:
        """Call everybody who waits, and be open from now on: the door closes, and waits for what is under way only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What stands before the handler of a door: who answers at once, and who says whose turn it is."""

    at_once: AtOnce
    turns: Turns | None = None


class PromptVisit(Visit):
    """The only request, once it is all there, is answered by ``at_once`` if that can; only of whom is known.

    Where ``turns`` are not open, it waits until it is called. Meanwhile this is neither a visit that rests nor one that
    can be woken: whatever else the caller sends stays behind it. Nothing is answered here once the visit is parting.

    After an answer that went the long way aiohttp takes a step or two until it waits for the next request. What comes
    meanwhile is kept until then: else a caller that is quick would take the long way for ever. A short body may come
    after its head; nobody is woken before.
    """

    __slots__ = ("_aside", "_at_once", "_between", "_early", "_half", "_peer", "_place", "_turns")

    def __init__(self, *arguments: Any, shortcut: Shortcut, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_once, self._turns, self._peer = shortcut.at_once, shortcut.turns, ""
        self._place: Place | None = None
        self._aside: asyncio.Future[None] | None = None  # aiohttp's waiter, while nobody may wake it
        self._half = False  # whether of the only request the head is here, and a short body is on its way
        self._between, self._early = False, bytearray()  # whether aiohttp is about to wait, and what came too early

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As every visit's."""
        super().connection_made(transport)
        place = transport.get_extra_info("peername")
        self._peer = str(place[0]) if isinstance(place, tuple | list) else str(place or "")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nobody waits any more."""
        place = self.begin()
        if place is not None:
            place.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand ``data`` to the parser; whoever waits for requests hears of what is not answered at once."""
        if self._early or (self._between and self._waiter is None and self._is_prompt):
            self._keep(data)
            return
        self._between = False
        goes_on = self._taken_up()
        waiter, turns = self._waiter, self._turns
        is_open = turns is None or turns.is_open()
        if not goes_on and (waiter is None or self._messages or (is_open and not self._is_prompt)):
            super().data_received(data)
            return
        assert waiter is not None
        self._waiter = None  # nobody is woken before it is clear that somebody has to work on it
        try:
            super().data_received(data)
        finally:
            self._waiter = waiter
        if self._force_close or self._close:
            waiter.cancel()
        elif self._messages and not self._served(turns if not is_open else None) and not waiter.done():
            waiter.set_result(None)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """As every visit's."""
        resp, lost = await super().finish_response(request, resp, start_time)
        self._between = bool(resp.keep_alive) and not (lost or self._messages) and request.content.is_eof()
        return resp, lost

    def begin(self) -> Place | None:
        """Where the request that is begun now has waited for its turn, if it has: told once."""
        place, self._place = self._place, None
        return place

    def _keep(self, data: bytes) -> None:
        if not self._early:
            self._loop.call_soon(self._catch_up)
        self._early += data

    def _catch_up(self) -> None:
        """Read what came too early, once aiohttp waits for it, or never will."""
        if self._between and self._waiter is None and self._is_prompt and not (self._close or self._force_close):
            self._loop.call_soon(self._catch_up)
            return
        self._between, early, self._early = False, bytes(self._early), bytearray()
        if self.transport is None:
            return
        try:
            self.data_received(early)
        except Exception:  # noqa: BLE001  as the event loop does with what it reads itself
            _log.exception("connection_failed")
            self.transport.abort()

    def part(self) -> None:
        """As every visit's. What is half here goes the long way, which ends with its answer."""
        super().part()
        self._wake()

    def _body_is_late(self) -> None:
        super()._body_is_late()
        self._wake()

    def _wake(self) -> None:
        if self._taken_up() and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _taken_up(self) -> bool:
        """Take up what was half here, so that whoever waits for requests may be woken. Whether anything was."""
        half, self._half = self._half, False
        if half:
            self._waiter, self._aside = self._aside, None
        return half

    @property
    def _is_prompt(self) -> bool:
        return self.known and not self.parting

    def _served(self, turns: Turns | None) -> bool:
        """Whether nobody has to be woken: it is answered, or it waits for its turn among ``turns``."""
        message, payload = self._messages[0]
        if len(self._messages) > 1 or isinstance(message, _ErrInfo):
            return False
        if not payload.is_eof():
            self._half = self._is_prompt and payload.exception() is None and _has_short_body(message)
            if self._half:
                self._aside, self._waiter = self._waiter, None
            return self._half
        if turns is None:
            return self._is_prompt and self._answered(self._at_once)
        self._place = turns.wait(message, self._peer, self._called)
        self._aside, self._waiter = self._waiter, None
        return True

    def _called(self, admitted: bool) -> Outcome:
        """See Called."""
        waiter, self._aside, turns = self._aside, None, self._turns
        if self.transport is None or waiter is None or waiter.done() or turns is None:
            return Outcome.GONE
        self._waiter = waiter
        answers = turns.refusal if not admitted else self._at_once if self.known else None
        if self.parting or not self._answered(answers):
            waiter.set_result(None)
            return Outcome.UNDER_WAY
        self._place = None
        if self._messages:  # they came while this one waited
            waiter.set_result(None)
        return Outcome.ANSWERED

    def _answered(self, answers: AtOnce | None) -> bool:
        """Whether the first request is answered now, by ``answers``; where not, nothing of it is touched."""
        message, payload = self._messages[0]
        if answers is None or isinstance(message, _ErrInfo) or not _is_plain(message):
            return False
        if self._paused or self._reading_paused or self.transport is None or self.transport.is_closing():
            return False
        body = b"".join(payload._buffer) if payload is not EMPTY_PAYLOAD else b""
        try:
            parts = answers(message, body, self._peer)
        except Exception:  # noqa: BLE001  whatever it is, it is for the long way to tell the caller
            _log.exception("not_answered_at_once")
            return False
        if parts is None:
            return False
        self._messages.popleft()
        assert self._parser is not None
        assert self._manager is not None
        self._parser.message_consumed()
        self._manager.requests_count += 1
        self.transport.writelines(parts if len(parts) <= _FEW else [b"".join(parts)])
        self._next_keepalive_close_time = self._loop.time() + self._patience.idle
        if self._keepalive_handle is None:  # it ran out while this waited for its turn
            self._keepalive_handle = self._loop.call_at(self._next_keepalive_close_time, self._process_keepalive)
        self._one_is_answered()
        return True


def _has_short_body(message: Message) -> bool:
    """Whether all of it finds room while nobody reads it, and comes by itself."""
    if message.chunked or message.compression or "Expect" in message.headers:
        return False
    length = message.headers.get("Content-Length", "").lstrip("0")
    return len(length) <= _DIGITS and int(length or 0) <= _SHORT_BODY


def _is_plain(message: Message) -> bool:
    """Whether nothing but an answer is due: the connection stays, and the body is what came."""
    return message.version == HttpVersion11 and not (message.should_close or message.upgrade or message.compression)
