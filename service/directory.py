"""The line to a directory: LDAP inside verified TLS, signed in, many questions at once, every failure a PeerError."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from protocols.errors import PeerError
from protocols.ldap.ber import MAX_MESSAGE, BerError, size_of_message
from protocols.ldap.operations import START_TLS, Control, Request, abandon, message, unbind
from protocols.ldap.replies import Found, Part, Referred, Reply, part
from protocols.model.freebusy import Reason
from service.directory_sign_in import SignIn
from service.wire_blocking import client_context

_log = structlog.get_logger("busyline.directory")
_AT_ONCE: Final = 64 * 1024


class Security(Enum):
    """How the line is protected. Without protection nothing is ever sent."""

    LDAPS = "ldaps"
    START_TLS = "starttls"


PORTS: Final = {Security.LDAPS: 636, Security.START_TLS: 389}


class DirectoryLine:
    """An asynchronous context; :meth:`ask` is the ``Ask`` of protocols/ldap.

    Connects at the first question, and anew after a line was lost; what was on its way then is a PeerError, and nothing
    is asked twice. ``host`` is where to connect to, ``name`` whose certificate is expected there (``host`` where
    empty), checked against ``ca`` (PEM) or the system's authorities. A sign-in that was refused is not tried again: a
    wrong password locks accounts out. ``timeout`` is for one question and its whole answer.
    """

    def __init__(
        self,
        host: str,
        sign_in: SignIn,
        *,
        port: int = 0,
        name: str = "",
        security: Security = Security.LDAPS,
        ca: Path | None = None,
        timeout: timedelta = timedelta(minutes=2),
    ) -> None:
        self._host, self._port = host, port or PORTS[security]
        self._name = name or host
        self._sign_in = sign_in
        self._security = security
        self._ca = ca
        self._seconds = timeout.total_seconds()
        self._line: _Line | None = None
        self._opening = asyncio.Lock()
        self._refused: PeerError | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            await self._line.close()

    async def ask(self, request: Request, controls: Sequence[Control] = ()) -> Reply:
        """The whole answer to ``request``, whatever its result code.

        Raises PeerError(UNREACHABLE | TIMEOUT | UNAUTHORIZED | GARBLED) where none came.
        """
        line = await self._open()
        return await line.ask(request, controls, self._seconds)

    async def _open(self) -> "_Line":
        async with self._opening:
            if self._refused is not None:
                raise self._refused
            if self._line is None or self._line.lost:
                self._line = None
                self._line = await self._signed_in()
            return self._line

    async def _signed_in(self) -> "_Line":
        try:
            async with asyncio.timeout(self._seconds):
                line = _Line(self._host, *await self._connected())
        except (OSError, TimeoutError) as error:
            raise _told(self._host, error) from None
        try:
            await self._sign_in.sign_in(lambda request, controls: line.ask(request, controls, self._seconds), line.peer)
        except BaseException as error:
            await line.close()
            if isinstance(error, PeerError) and error.reason is Reason.UNAUTHORIZED:
                self._refused = error
            raise
        _log.info("directory", host=self._host, security=self._security.value)
        return line

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = client_context(self._ca)
        if self._security is Security.LDAPS:
            return await asyncio.open_connection(self._host, self._port, ssl=context, server_hostname=self._name)
        plain = await _upgraded(self._host, self._port)
        try:
            return await asyncio.open_connection(sock=plain, ssl=context, server_hostname=self._name)
        except BaseException:
            plain.close()
            raise


class _Pending:
    """One question and what of its answer has come."""

    def __init__(self) -> None:
        self.done: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.entries: list[Found] = []
        self.referrals: list[str] = []

    def take(self, body: Found | Referred | Reply) -> bool:
        """Whether the answer is whole with it."""
        if isinstance(body, Found):
            self.entries.append(body)
        elif isinstance(body, Referred):
            self.referrals += body.urls
        elif not self.done.done():
            self.done.set_result(
                Reply(
                    code=body.code,
                    diagnostic=body.diagnostic,
                    entries=tuple(self.entries),
                    referrals=(*self.referrals, *body.referrals),
                    controls=body.controls,
                    credentials=body.credentials,
                )
            )
        return isinstance(body, Reply)


class _Line:
    """One connection: questions go out as they come, a task hands the answers to those who wait."""

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader, self._writer = reader, writer
        self._numbers = count(1)
        self._waiting: dict[int, _Pending] = {}
        self.lost: PeerError | None = None
        self.peer: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self._task = asyncio.create_task(self._listen())

    async def ask(self, request: Request, controls: Sequence[Control], seconds: float) -> Reply:
        if self.lost is not None:
            raise self.lost
        number, pending = next(self._numbers), _Pending()
        data = message(number, request, controls)
        self._waiting[number] = pending
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(data)
                await self._writer.drain()
                return await pending.done
        except TimeoutError:
            self._abandon(number)
            raise PeerError(Reason.TIMEOUT, f"{self._host}: no answer in {seconds:g} s") from None
        except OSError as error:
            raise _told(self._host, error) from None
        except asyncio.CancelledError:
            self._abandon(number)
            raise
        finally:
            self._waiting.pop(number, None)

    def _abandon(self, number: int) -> None:
        if self.lost is None and not self._writer.is_closing():
            self._writer.write(abandon(next(self._numbers), number))

    async def _listen(self) -> None:
        try:
            while True:
                await self._take(part(await self._message()))
        except BerError as error:
            self._end(PeerError(Reason.GARBLED, f"{self._host}: {error}"))
        except asyncio.IncompleteReadError:
            self._end(PeerError(Reason.UNREACHABLE, f"{self._host}: it closed the connection"))
        except OSError as error:
            self._end(_told(self._host, error))
        finally:
            self._end(PeerError(Reason.UNREACHABLE, f"{self._host}: the connection is closed"))

    async def _take(self, told: Part) -> None:
        if told.number == 0:  # RFC 4511 4.4.1: notice of disconnection
            raise asyncio.IncompleteReadError(b"", None)
        pending = self._waiting.get(told.number)
        if pending is not None:
            pending.take(told.body)

    async def _message(self) -> bytes:
        head = await self._reader.readexactly(2)
        size = size_of_message(head)
        if size is None:
            head += await self._reader.readexactly(head[1] & 0x7F)
            size = size_of_message(head)
        if size is None or size[1] > MAX_MESSAGE:
            raise BerError("a message without its length")
        return head + await self._reader.readexactly(size[1])

    def _end(self, error: PeerError) -> None:
        if self.lost is None:
            self.lost = error
            self._writer.close()
        for pending in self._waiting.values():
            if not pending.done.done():
                pending.done.set_exception(self.lost)

    async def close(self) -> None:
        """Says good-bye and closes."""
        if self.lost is None:
            self._writer.write(unbind(next(self._numbers)))
        self._writer.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(5):
                await self._writer.wait_closed()


async def _upgraded(host: str, port: int) -> socket.socket:
    """A connection whose server has agreed to TLS and said nothing more: a word that somebody slipped in before TLS
    would be taken for the server's own."""
    loop = asyncio.get_running_loop()
    [(family, kind, _, _, address), *_] = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    plain = socket.socket(family, kind)
    plain.setblocking(False)
    try:
        await loop.sock_connect(plain, address)
        await loop.sock_sendall(plain, message(1, START_TLS))
        answer = await _answer(plain)
        reply = part(answer).body
        if not isinstance(reply, Reply):
            raise BerError("an answer to StartTLS that is none")
        reply.checked()
    except BerError as error:
        plain.close()
        raise PeerError(Reason.GARBLED, f"{host}: {error}") from None
    except BaseException:
        plain.close()
        raise
    return plain


async def _answer(plain: socket.socket) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while True:
        size = size_of_message(data)
        if size is not None and len(data) >= sum(size):
            if len(data) > sum(size):
                raise BerError("more than an answer came before TLS")
            return data
        more = await loop.sock_recv(plain, _AT_ONCE)
        if not more:
            raise ConnectionResetError
        data += more


_TOLD: Final = (  # the most particular first
    (TimeoutError, Reason.TIMEOUT, "no answer in time"),
    (ssl.SSLCertVerificationError, Reason.UNREACHABLE, "its certificate is not trusted: check ca and name"),
    (ssl.SSLError, Reason.UNREACHABLE, "no TLS connection came about"),
    (socket.gaierror, Reason.UNREACHABLE, "its name is not known"),
    (OSError, Reason.UNREACHABLE, "the connection failed"),
)


def _told(host: str, error: Exception) -> PeerError:
    reason, words = next((reason, words) for kind, reason, words in _TOLD if isinstance(error, kind))
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"{words} ({error.verify_message or 'it does not fit the name'})"
    elif reason is Reason.UNREACHABLE and not isinstance(error, ssl.SSLError | socket.gaierror) and error.errno:  # type: ignore[attr-defined]
        words = f"{words}: {os.strerror(error.errno)}"  # type: ignore[attr-defined]
    return PeerError(reason, f"{host}: {words}")
