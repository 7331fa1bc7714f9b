"""The listening sockets: one handler behind every address, TLS in front of it, and a stop that lets answers finish."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self, TypeAlias

import structlog
from aiohttp import web
from aiohttp.web_server import Server

from service import descriptors
from service.addresses import IpNetwork, ListenAddress
from service.crowd import Crowd
from service.listeners import Handed, bound, waiting
from service.prompt import PromptVisit, Shortcut
from service.visit import SERVER_NAME, Patience, Visit

__all__ = ["SERVER_NAME", "Door", "Handler", "Limits", "Patience"]

_BACKLOG = 1024
_SPARE = 256  # descriptors for everything else: calls to peers, files, the metrics
_AT_ONCE = 64  # connections taken from one socket before others get their turn
_PAUSE = 1.0  # seconds without taking anybody in where the system has no file descriptors left
_LAST_CALL = 0.5  # seconds for the first request of whoever came before the end, and one more of whoever stayed

_log = structlog.get_logger("busyline.door")

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a door bears: connections in all, those of one address (but for ``exempt``), and how long it waits."""

    connections: int = 4096
    per_address: int = 512
    exempt: tuple[IpNetwork, ...] = ()
    patience: Patience = field(default_factory=Patience)


class Door:
    """An asynchronous context that listens while it is open.

    :attr:`addresses` are the real ones, in the order given: port 0 lets the system choose. Whoever comes beyond
    ``limits`` is closed at once, before TLS costs anything; but first whoever rests longest without having proved
    itself (:func:`service.visit.proved`) gives its place to a newcomer. Closing the door takes in
    who is waiting outside already, stops listening, and gives answers under way ``patience`` seconds.
    With ``reuse_port`` another door may listen on the same addresses while this one closes. What is ``handed`` counts
    before ``addresses``: sockets that another process keeps open, so that nobody who waits there is ever lost.
    """

    def __init__(
        self,
        handler: Handler,
        addresses: Sequence[ListenAddress],
        *,
        tls: ssl.SSLContext | None = None,
        patience: float = 10.0,
        limits: Limits | None = None,
        shortcut: Shortcut | None = None,
        reuse_port: bool = False,
        handed: Handed | None = None,
    ) -> None:
        self._shortcut = shortcut
        self._made = Visit if shortcut is None else partial(PromptVisit, shortcut=shortcut)
        self._reuse_port, self._handed = reuse_port, handed
        self._limits = limits or Limits()
        self.crowd = Crowd(
            most=self._limits.connections, most_each=self._limits.per_address, exempt=self._limits.exempt
        )
        self._handler, self._wanted, self._tls, self._patience = handler, tuple(addresses), tls, patience
        self._server: _Server | None = None
        self._listeners: list[socket.socket] = []
        self._spares: list[socket.socket] = []
        self._attended: set[socket.socket] = set()
        self._arrivals: set[asyncio.Task[None]] = set()
        self._origins: dict[Visit, str] = {}
        self._unheard: dict[Visit, tuple[float, asyncio.Task[None] | None]] = {}  # since when; the first came first
        self._resting: dict[Visit, None] = {}  # and not known; the first for longest
        self._parting = False
        self._nobody_left = asyncio.Event()
        self.addresses: tuple[ListenAddress, ...] = ()

    async def __aenter__(self) -> Self:
        descriptors.allow(self._limits.connections + _SPARE)
        self._server = _Server(self._handler, partial(self._visit, self._limits.patience))
        try:
            if self._handed is not None:
                self._spares.extend(self._handed.spares)
                self.addresses = tuple(self._opened(self._handed.own))
            for address in self._wanted if self._handed is None else ():
                opened = self._opened(await bound(address, reuse_port=self._reuse_port))
                self.addresses = (*self.addresses, opened[-1])
        except BaseException:
            self._stop_listening()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.say_goodbye()
        self._take_in_the_last()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(_LAST_CALL, self._patience)):
                await self._everybody_leaves()
        for arrival in self._arrivals:
            arrival.cancel()  # whoever came in from now on would find nobody
        if self._shortcut is not None and self._shortcut.turns is not None:
            self._shortcut.turns.hand_over()
        if self._server is not None:
            await asyncio.sleep(0)  # what has just been read is begun
            self._server.pre_shutdown()
            await self._server.shutdown(self._patience)

    def say_goodbye(self) -> None:
        """From now on each answer is the last on its connection: ``Connection: close`` (RFC 9112 9.6) sends callers who
        keep one elsewhere, without a question lost. Newcomers are still let in.
        """
        self._parting = True
        for visit in self._origins:
            visit.part()

    def stand_in(self, descriptors: Collection[int]) -> None:
        """From now on take in who waits at these of the spares, too, and at none of the others."""
        for spare in self._spares:
            self._attend(spare, spare.fileno() in descriptors)

    def _opened(self, listeners: Sequence[socket.socket]) -> list[ListenAddress]:
        self._listeners.extend(listeners)
        for listener in listeners:
            listener.listen(_BACKLOG)
            self._attend(listener, True)
        return [ListenAddress(str(each.getsockname()[0]), int(each.getsockname()[1])) for each in listeners]

    def _attend(self, listener: socket.socket, wanted: bool) -> None:
        loop = asyncio.get_running_loop()
        if not wanted:
            self._attended.discard(listener)
            loop.remove_reader(listener)
        elif listener not in self._attended:
            self._attended.add(listener)
            loop.add_reader(listener, self._take_in, listener)

    def _stop_listening(self) -> None:
        for listener in (*self._listeners, *self._spares):
            self._attend(listener, False)
            listener.close()
        self._listeners.clear()
        self._spares.clear()

    def _take_in_the_last(self) -> None:
        while listeners := self._listeners or self._spares:
            listener = listeners.pop()
            self._attend(listener, False)
            last = list(waiting(listener, _BACKLOG, self._rest))
            listener.close()  # before anything else: whom the system still puts into its queue is lost
            for connection, address in last:
                self._admit(connection, address)

    def _take_in(self, listener: socket.socket) -> None:
        for connection, address in waiting(listener, _AT_ONCE, self._rest):
            self._admit(connection, address)

    def _admit(self, connection: socket.socket, address: str) -> None:
        origin = self.crowd.enter(address, make_room=self._make_room)
        if origin is None:
            connection.close()
            return
        arrival = asyncio.get_running_loop().create_task(self._arrive(connection, origin, address))
        self._arrivals.add(arrival)
        arrival.add_done_callback(self._arrivals.discard)

    def _rest(self, listener: socket.socket) -> None:
        """The system has no descriptors left: those who are inside must leave first."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(listener)
        loop.call_later(_PAUSE, self._resume, listener)

    def _resume(self, listener: socket.socket) -> None:
        if listener in self._attended:
            asyncio.get_running_loop().add_reader(listener, self._take_in, listener)

    async def _arrive(self, connection: socket.socket, origin: str, address: str) -> None:
        assert self._server is not None
        visit = self._server()
        self._origins[visit] = origin
        visit.known = not origin  # a reverse proxy has many callers on one connection
        self._unheard[visit] = asyncio.get_running_loop().time(), asyncio.current_task()
        limit = {} if self._tls is None else {"ssl_handshake_timeout": self._limits.patience.head}
        shutdown = {} if self._tls is None else {"ssl_shutdown_timeout": self._limits.patience.linger}
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: visit, connection, ssl=self._tls, **limit, **shutdown
            )
        except OSError as error:  # TLS that fails or takes too long among them
            _log.info("no_handshake", address=address, reason=_why(error))
        except BaseException:
            connection.close()
            raise
        finally:
            if visit.transport is None:
                self._left(visit)

    def _visit(self, patience: Patience, server: "_Server") -> Visit:
        visit = self._made(
            server,
            loop=asyncio.get_running_loop(),
            patience=patience,
            heard=self._heard,
            rests=self._rests,
            left=self._left,
        )
        visit.parting = self._parting
        return visit

    def _heard(self, visit: Visit) -> None:
        self._resting.pop(visit, None)
        self._unheard.pop(visit, None)

    def _rests(self, visit: Visit) -> None:
        if not visit.known and visit in self._origins:
            self._resting[visit] = None

    def _make_room(self) -> bool:
        """Whether somebody was found who has no more right to a place than a newcomer, and sent away."""
        visit = next(iter(self._resting), None)
        if visit is None:
            visit = next((each for each in self._unheard if not each.known), None)
            settled = asyncio.get_running_loop().time() - self._limits.patience.settling
            if visit is None or self._unheard[visit][0] > settled:
                return False
        _, arrival = self._unheard.get(visit, (0.0, None))
        self._left(visit)
        if visit.transport is not None:
            visit.transport.abort()
        elif arrival is not None:
            arrival.cancel()
        return True

    def _left(self, visit: Visit) -> None:
        self._heard(visit)
        origin = self._origins.pop(visit, None)
        if origin is not None:
            self.crowd.leave(origin)
        if not self._origins:
            self._nobody_left.set()

    async def _everybody_leaves(self) -> None:
        """Who has just come asks once, who keeps a connection once more."""
        if self._arrivals:
            await asyncio.wait(self._arrivals)
        self._nobody_left.clear()
        if self._origins:
            await self._nobody_left.wait()


class _Server(Server):
    def __init__(self, handler: Handler, visit: Callable[["_Server"], Visit]) -> None:
        super().__init__(handler)
        self._new = visit

    def __call__(self) -> Visit:
        return self._new(self)


def _why(error: OSError) -> str:
    """In OpenSSL's own words, of the certificate or of the alert, where it has any; those of others hold addresses."""
    words = getattr(error, "verify_message", "") or getattr(error, "reason", "")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
