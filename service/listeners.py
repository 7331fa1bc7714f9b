"""Sockets to listen at, which one process may make and keep, and others inherit: whoever waits there outlives them."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

import structlog

from service.addresses import ListenAddress

_OUT_OF_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_log = structlog.get_logger("busyline.door")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a door gets in place of addresses: its ``own`` sockets, and ``spares`` at which it may stand in for others.

    They are this process's copies of sockets that another one keeps open; the door closes them.
    """

    own: tuple[socket.socket, ...] = ()
    spares: tuple[socket.socket, ...] = ()

    @classmethod
    def inherited(cls, own: Iterable[int], spares: Iterable[int]) -> Self:
        """By the descriptors at which a process finds them. Raises OSError."""
        return cls(own=tuple(map(_inherited, own)), spares=tuple(map(_inherited, spares)))


class Kept:
    """One socket, bound to an address, that its maker hands to other processes and keeps until :meth:`close`.

    Nobody is let in before another process listens at it. From then on whoever comes waits there, even where that
    process has died, until another one takes it in. :attr:`descriptor` names it there as well as here.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._was_open = False
        self.descriptor = listener.fileno()
        self.port = int(listener.getsockname()[1])

    @property
    def is_open(self) -> bool:
        """Whether anybody has listened at it, and callers may wait there."""
        if self._listener.fileno() < 0:
            return self._was_open
        return bool(self._listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))

    def refuse(self) -> None:
        """Whoever waits there is sent away, and newcomers at once, until somebody listens again."""
        if self._listener.fileno() >= 0 and self.is_open:
            self._listener.shutdown(socket.SHUT_RD)  # Linux: back to what it was before listen(2), and bound still

    def close(self) -> None:
        """Keep it no longer; processes that inherited it have theirs."""
        self._was_open = self.is_open
        self._listener.close()


async def kept(address: ListenAddress) -> tuple[Kept, ...]:
    """Sockets for all that ``address`` stands for, on the same port, which others may be bound to at the same time.

    Connections are dealt out among those at which somebody listens (Linux: socket(7), SO_REUSEPORT). Raises OSError.
    """
    made = await bound(address, reuse_port=True)
    if address.port:
        return tuple(map(Kept, made))
    try:  # a port that the system chose is lost once nobody listens, unless it is asked for by its number
        return await kept(ListenAddress(address.host, made[0].getsockname()[1]))
    finally:
        for each in made:
            each.close()


async def bound(address: ListenAddress, *, reuse_port: bool = False) -> list[socket.socket]:
    """Sockets bound to all that ``address`` stands for, on the same port. Raises OSError in words."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    port, listeners = address.port, list[socket.socket]()
    try:
        for family, kind, protocol, _, place in dict.fromkeys(found):
            endpoint = socket.socket(family, kind, protocol)
            listeners.append(_bound(endpoint, (place[0], port, *place[2:]), reuse_port=reuse_port))
            port = listeners[-1].getsockname()[1]
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def waiting(
    listener: socket.socket, most: int, rest: Callable[[socket.socket], None]
) -> Iterator[tuple[socket.socket, str]]:
    """Who waits at ``listener``, ``most`` of them: the connection and the address it comes from.

    ``rest`` is called where the system has no descriptors left.
    """
    for _ in range(most):
        try:
            connection, address = listener.accept()
        except (BlockingIOError, InterruptedError):
            return
        except ConnectionAbortedError:
            continue
        except OSError as error:
            if error.errno == errno.EINVAL:  # nobody listens at it, yet or any more
                return
            if error.errno not in _OUT_OF_FILES:
                raise
            _log.error("no_file_descriptors", reason=error.strerror)
            rest(listener)
            return
        connection.setblocking(False)
        yield connection, str(address[0])


def _bound(listener: socket.socket, place: tuple[str | int, ...], *, reuse_port: bool) -> socket.socket:
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(place)
    except OSError as error:
        listener.close()
        words = (error.strerror or str(error)).lower()
        raise OSError(error.errno, f"error while attempting to bind on address {place!r}: {words}") from None
    return listener


def _inherited(descriptor: int) -> socket.socket:
    os.set_inheritable(descriptor, False)
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener
