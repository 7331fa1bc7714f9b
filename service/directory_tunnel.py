"""The verified TLS connection to a directory, and the pair of sockets by which libldap speaks through it.

TLS is Python's own, as for everything else that goes out: the same authorities, the same words where a certificate is
not trusted, and the name that is expected may differ from the address. libldap looks up what it checks.
"""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Callable
from typing import Final

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error, SubstrateUnderrunError
from pyasn1_modules import rfc2251

from protocols.errors import PeerError
from protocols.ldap.results import SUCCESS, refusal
from protocols.model.freebusy import Reason

_AT_ONCE: Final = 64 * 1024
_MOST: Final = 64 * 1024  # octets of the answer to StartTLS
_START_TLS: Final = "1.3.6.1.4.1.1466.20037"  # RFC 4511 4.14.1
_PATIENCE: Final = 5.0


class Tunnel:
    """One connection. ``descriptor`` is what libldap gets; ``certificate`` (DER) is the directory's.

    ``error`` says how it ended, None while it lasts.
    """

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader, self._writer = reader, writer
        self.certificate: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._ours = ours
        self.descriptor = theirs.detach()
        self.error: PeerError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._inner: asyncio.StreamWriter | None = None

    async def start(self, *, moved: Callable[[], None], ended: Callable[[], None]) -> None:
        """``moved`` is called when something of libldap's has gone out, ``ended`` when all that came was handed over
        and nothing more comes."""
        reader, self._inner = await asyncio.open_unix_connection(sock=self._ours)
        self._tasks = [
            asyncio.create_task(self._out(reader, moved)),
            asyncio.create_task(self._in(self._inner, ended)),
        ]

    async def _out(self, reader: asyncio.StreamReader, moved: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):  # the other direction says how it ended
            while data := await reader.read(_AT_ONCE):
                self._writer.write(data)
                moved()
                await self._writer.drain()
        self._writer.close()

    async def _in(self, inner: asyncio.StreamWriter, ended: Callable[[], None]) -> None:
        error = PeerError(Reason.UNREACHABLE, f"{self._host}: it closed the connection")
        try:
            while data := await self._reader.read(_AT_ONCE):
                inner.write(data)
                await inner.drain()
        except OSError as broken:
            error = told(self._host, broken)
        self.error = error
        inner.close()
        with contextlib.suppress(OSError):
            await inner.wait_closed()
        ended()

    def cut(self) -> None:
        """Ends it at once."""
        if self._inner is not None:
            self._inner.transport.abort()
        else:
            self._ours.close()
        self._writer.close()

    async def close(self) -> None:
        """Hands on what libldap has said last, which has closed its end, and ends."""
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=_PATIENCE)
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._writer.wait_closed()


async def connected(host: str, port: int, name: str, context: ssl.SSLContext, *, start_tls: bool) -> Tunnel:
    """A connection to ``host`` whose certificate is for ``name``; with ``start_tls`` TLS is asked for first.

    Raises OSError (also as ssl.SSLError), PeerError where the directory refuses TLS.
    """
    if not start_tls:
        return Tunnel(host, *await asyncio.open_connection(host, port, ssl=context, server_hostname=name))
    plain = await _upgraded(host, port)
    try:
        return Tunnel(host, *await asyncio.open_connection(sock=plain, ssl=context, server_hostname=name))
    except BaseException:
        plain.close()
        raise


async def _upgraded(host: str, port: int) -> socket.socket:
    """A connection whose server has agreed to TLS and said nothing more: a word that somebody slipped in before TLS
    would be taken for the server's own."""
    loop = asyncio.get_running_loop()
    [(family, kind, _, _, address), *_] = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    plain = socket.socket(family, kind)
    plain.setblocking(False)
    try:
        await loop.sock_connect(plain, address)
        await loop.sock_sendall(plain, _asking_for_tls())
        code = await _code(plain)
    except ValueError as error:
        plain.close()
        raise PeerError(Reason.GARBLED, f"{host}: {error}") from None
    except BaseException:
        plain.close()
        raise
    if code != SUCCESS:
        plain.close()
        raise refusal(code)
    return plain


def _asking_for_tls() -> bytes:
    message = rfc2251.LDAPMessage()
    message["messageID"] = 1
    message["protocolOp"]["extendedReq"]["requestName"] = _START_TLS
    return bytes(encoder.encode(message))


async def _code(plain: socket.socket) -> int:
    """The result of the one message that comes. Raises ValueError where that is no result, or is not alone."""
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < _MOST:
        more = await loop.sock_recv(plain, _AT_ONCE)
        if not more:
            raise ConnectionResetError
        data += more
        try:
            message, rest = decoder.decode(data, asn1Spec=rfc2251.LDAPMessage())
        except SubstrateUnderrunError:
            continue
        except PyAsn1Error:
            break
        if rest:
            raise ValueError("more than an answer came before TLS")
        if message["protocolOp"].getName() == "extendedResp":
            return int(message["protocolOp"]["extendedResp"]["resultCode"])
        break
    raise ValueError("an answer to StartTLS that is none")


_TOLD: Final[tuple[tuple[type[OSError], Reason, str], ...]] = (  # the most particular first
    (TimeoutError, Reason.TIMEOUT, "no answer in time"),
    (ssl.SSLCertVerificationError, Reason.UNREACHABLE, "its certificate is not trusted: check ca and name"),
    (ssl.SSLError, Reason.UNREACHABLE, "no TLS connection came about"),
    (socket.gaierror, Reason.UNREACHABLE, "its name is not known"),
    (OSError, Reason.UNREACHABLE, "the connection failed"),
)


def told(host: str, error: OSError) -> PeerError:
    """What a failure of the connection means."""
    reason, words = next((reason, words) for kind, reason, words in _TOLD if isinstance(error, kind))
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"{words} ({error.verify_message or 'it does not fit the name'})"
    elif reason is Reason.UNREACHABLE and not isinstance(error, ssl.SSLError | socket.gaierror) and error.errno:
        words = f"{words}: {os.strerror(error.errno)}"
    return PeerError(reason, f"{host}: {words}")
