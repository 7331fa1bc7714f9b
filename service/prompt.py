"""A connection whose requests are answered as soon as they are read, or wait for their turn before anything is made.

A task, a request and a response of aiohttp cost together as much as an answer that is kept: here there are none, until
it is clear that somebody has to be waited for.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from aiohttp import HttpVersion11
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo

from service.visit import Visit

Message: TypeAlias = RawRequestMessage
"""The head of a request, as aiohttp's parser hands it on."""
AtOnce: TypeAlias = Callable[[Message, bytes, str], Sequence[bytes] | None]
"""What can be answered without waiting: a whole request (its head, its body, the address it comes from) gets the whole
answer, head and body in parts; None where somebody must be waited for."""
Called: TypeAlias = Callable[[bool], bool]
"""Told whether the turn has come, or never will; says whether the answer is out now, or somebody has to work on it."""


class Turns(Protocol):
    """Who says whose turn it is where more is asked than can be answered: proxy/turnstile.py."""

    def is_open(self) -> bool:
        """Whether whoever comes now need not wait. Costs next to nothing."""
        ...

    def wait(self, message: Message, peer: str, called: Called) -> bool:
        """Have ``called`` told once; False where requests like this one never wait."""
        ...

    def refusal(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """As AtOnce, for a request whose turn never comes."""
        ...

    def let_on(self, visit: Visit, *, refused: bool) -> None:
        """The request of ``visit`` that was called goes the long way, and must not wait there again."""
        ...

    def hand_over(self) -> None:
        """Call everybody who waits: the door is closing, and only what is under way is waited for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What stands before the handler of a door: who answers at once, and who says whose turn it is."""

    at_once: AtOnce
    turns: Turns | None = None


class PromptVisit(Visit):
    """A request that is all there, and the only one, is answered by ``at_once`` if that can; only of whom is known.

    Where ``turns`` are not open, it waits until it is called; it stays where every visit has it, so that whatever else
    the caller sends finds it on the long way. Nothing is answered here once the visit is parting.
    """

    __slots__ = ("_at_once", "_peer", "_turns")

    def __init__(self, *arguments: Any, shortcut: Shortcut, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_once, self._turns, self._peer = shortcut.at_once, shortcut.turns, ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As every visit's."""
        super().connection_made(transport)
        place = transport.get_extra_info("peername")
        self._peer = str(place[0]) if isinstance(place, tuple | list) else str(place or "")

    def data_received(self, data: bytes) -> None:
        """Hand ``data`` to the parser; whoever waits for requests hears of what is not answered at once."""
        waiter, turns = self._waiter, self._turns
        is_open = turns is None or turns.is_open()
        if waiter is None or self._messages or (is_open and not self._is_prompt):
            super().data_received(data)
            return
        self._waiter = None  # nobody is woken before it is clear that somebody has to wait
        try:
            super().data_received(data)
        finally:
            self._waiter = waiter
        if self._force_close or self._close:
            waiter.cancel()
        elif self._messages and not self._served(turns if not is_open else None) and not waiter.done():
            waiter.set_result(None)

    @property
    def _is_prompt(self) -> bool:
        return self.known and not self.parting

    def _served(self, turns: Turns | None) -> bool:
        """Whether nobody has to be woken: it is answered, or it waits for its turn among ``turns``."""
        message, payload = self._messages[0]
        if len(self._messages) > 1 or isinstance(message, _ErrInfo) or not payload.is_eof():
            return False
        if turns is not None and turns.wait(message, self._peer, self._called):
            return True
        return self._is_prompt and self._answered(self._at_once)

    def _called(self, admitted: bool) -> bool:
        """See Called."""
        waiter, turns = self._waiter, self._turns
        if self.transport is None or waiter is None or waiter.done() or not self._messages or turns is None:
            return True  # gone, or on the long way already
        answers = self._at_once if admitted and self._is_prompt else None if admitted else turns.refusal
        if not self.parting and self._answered(answers):
            return True
        turns.let_on(self, refused=not admitted)
        waiter.set_result(None)
        return False

    def _answered(self, answers: AtOnce | None) -> bool:
        """Whether the first request is answered now, by ``answers``; where not, nothing of it is touched."""
        message, payload = self._messages[0]
        if answers is None or isinstance(message, _ErrInfo) or not _is_plain(message):
            return False
        if self._paused or self._reading_paused or self.transport is None or self.transport.is_closing():
            return False
        body = b"".join(payload._buffer) if payload is not EMPTY_PAYLOAD else b""
        parts = answers(message, body, self._peer)
        if parts is None:
            return False
        self._messages.popleft()
        assert self._parser is not None
        assert self._manager is not None
        self._parser.message_consumed()
        self._manager.requests_count += 1
        self._asked -= 1
        self._next_keepalive_close_time = self._loop.time() + self._patience.idle
        self.transport.writelines(parts)
        return True


def _is_plain(message: Message) -> bool:
    """Whether nothing but an answer is due: the connection stays, and the body is what came."""
    return message.version == HttpVersion11 and not (message.should_close or message.upgrade or message.compression)
