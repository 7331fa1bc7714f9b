"""Tests of service.directory_tunnel: what goes through it, and how it ends."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.directory_tunnel import Tunnel, connected, told
from service.wire_blocking import client_context
from tests.clients.tls import Authority, authority

NAME = "127.0.0.1"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says everything back until "bye"."""
    while data := await reader.read(100_000):
        writer.write(data)
        await writer.drain()
        if data.endswith(b"bye"):
            break
    writer.close()


class Ends:
    """What the tunnel calls, and our end of it."""

    def __init__(self, tunnel: Tunnel) -> None:
        self.tunnel = tunnel
        self.moves = 0
        self.ended = asyncio.Event()
        self.end = socket.socket(fileno=tunnel.descriptor)
        self.end.setblocking(False)

    def moved(self) -> None:
        self.moves += 1

    async def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = await asyncio.get_running_loop().sock_recv(self.end, 100_000)
            if not more:
                break
            data += more
        return data


@asynccontextmanager
async def through(tls: Authority) -> AsyncIterator[Ends]:
    server = await asyncio.start_server(echo, NAME, 0, ssl=tls.server)
    async with server, asyncio.timeout(20):
        port = server.sockets[0].getsockname()[1]
        tunnel = await connected(NAME, port, NAME, client_context(Path(tls.ca)), start_tls=False)
        ends = Ends(tunnel)
        await tunnel.start(moved=ends.moved, ended=ends.ended.set)
        try:
            yield ends
        finally:
            ends.end.close()
            await tunnel.close()


async def test_what_goes_in_comes_back(tls: Authority) -> None:
    data = os.urandom(3_000_000)
    async with through(tls) as ends:
        sending = asyncio.create_task(asyncio.get_running_loop().sock_sendall(ends.end, data))
        assert await ends.read(len(data)) == data
        await sending
        assert ends.moves > 0
        assert ends.tunnel.error is None


async def test_the_certificate_is_there_to_be_bound_to(tls: Authority) -> None:
    async with through(tls) as ends:
        assert ends.tunnel.certificate is not None
        assert ssl.DER_cert_to_PEM_cert(ends.tunnel.certificate).startswith("-----BEGIN CERTIFICATE")


async def test_all_that_came_is_handed_over_before_the_end_is_told(tls: Authority) -> None:
    async with through(tls) as ends:
        ends.end.send(b"good bye")
        await ends.ended.wait()
        assert await ends.read(100) == b"good bye"
        assert isinstance(ends.tunnel.error, PeerError)
        assert ends.tunnel.error.reason is Reason.UNREACHABLE
        assert "closed the connection" in str(ends.tunnel.error)


async def test_a_tunnel_that_is_cut_ends_for_both(tls: Authority) -> None:
    async with through(tls) as ends:
        ends.tunnel.cut()
        assert await ends.read(1) == b""
        await ends.ended.wait()


async def test_a_tunnel_that_was_never_used_leaves_nothing_open(tls: Authority) -> None:
    server = await asyncio.start_server(echo, NAME, 0, ssl=tls.server)
    async with server:
        port = server.sockets[0].getsockname()[1]
        tunnel = await connected(NAME, port, NAME, client_context(Path(tls.ca)), start_tls=False)
        os.close(tunnel.descriptor)
        await tunnel.close()


@pytest.mark.parametrize("answer", [b"\x30\x05\x02\x01\x01\x42\x00", b"HTTP/1.1 400\r\n\r\n", b""])
async def test_an_answer_to_start_tls_that_is_none(tls: Authority, answer: bytes) -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(answering, NAME, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(PeerError if answer else ConnectionResetError) as caught:
            await connected(NAME, port, NAME, client_context(Path(tls.ca)), start_tls=True)
    assert getattr(caught.value, "reason", Reason.GARBLED) is Reason.GARBLED


def test_start_tls_is_asked_for_as_rfc_4511_says() -> None:
    from service.directory_tunnel import _asking_for_tls

    assert _asking_for_tls() == bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (TimeoutError(), Reason.TIMEOUT, "no answer in time"),
        (ssl.SSLError(), Reason.UNREACHABLE, "no TLS connection"),
        (socket.gaierror(), Reason.UNREACHABLE, "its name is not known"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Reason.UNREACHABLE, "failed: Connection refused"),
        (OSError(), Reason.UNREACHABLE, "the connection failed"),
    ],
)
def test_every_failure_has_its_words(error: OSError, reason: Reason, words: str) -> None:
    found = told("dc.b", error)
    assert found.reason is reason
    assert words in str(found)
    assert "dc.b" in str(found)
