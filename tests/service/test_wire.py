"""The outgoing wire against real sockets: every way a peer can fail is a PeerError with words and without secrets."""

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from yarl import URL

from certs import first_run, pem
from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest
from protocols.model.freebusy import Reason
from service.reach import Reach
from service.wire import BlockingWire, Wire
from tests.service.forward_proxy import forward_proxy
from tests.service.names import lead

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(talk: Talk) -> AsyncIterator[str]:
    """A server that handles each connection by ``talk``; its address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}/path?key=hunter2"
    finally:
        server.close()


def answering(*answers: bytes) -> Talk:
    """The answers in turn on one connection, each to one request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()

    return talk


def whole(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    """An HTTP answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields])
    return head.encode() + b"\r\n\r\n" + body


async def test_status_headers_and_body_come_back() -> None:
    answer = whole(gzip.compress(b"hello", mtime=0), "Content-Encoding: gzip", "X-A: 1", "x-a: 2", status="418 Teapot")
    async with peer(answering(answer)) as url, Wire() as wire:
        response = await wire.send(HttpRequest("GET", url))
        assert (response.status, response.body) == (418, b"hello")
        assert list(response.headers.all("X-A")) == ["1", "2"]


async def test_one_connection_serves_many_requests() -> None:
    async with peer(answering(*[whole(b"a")] * 3)) as url, Wire() as wire:
        for _ in range(3):
            assert (await wire.send(HttpRequest("POST", url, Headers(), b""))).body == b"a"


async def test_what_is_sent() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(4))
        writer.write(whole(b""))

    async with peer(talk) as url, Wire() as wire:
        await wire.send(HttpRequest("POST", url + "%2F", Headers((("Content-Type", "text/xml"),)), b"body"))
    text = seen[0].decode()
    assert text.startswith("POST /path?key=hunter2%2F HTTP/1.1\r\n")
    assert "User-Agent: Busyline\r\n" in text
    assert "gzip" in text
    assert "Cookie" not in text


def _hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> Awaitable[None]:
    return asyncio.sleep(30)


@pytest.mark.parametrize(
    ("talk", "reason", "words"),
    [
        (
            answering(whole(b"", "Location: https://elsewhere/?token=hunter2", status="302 Found")),
            "garbled",
            "redirect",
        ),
        (answering(b"not http at all\r\n\r\n"), "garbled", "no HTTP answer"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "garbled", "broke off"),
        (answering(whole(b"no gzip", "Content-Encoding: gzip")), "garbled", "compressed"),
        (answering(whole(b"x" * 2000)), "too-many-entries", "exceeds 1000 bytes"),
        (
            answering(whole(gzip.compress(b"x" * 10**7, mtime=0), "Content-Encoding: gzip")),
            "too-many-entries",
            "exceeds 1000 bytes",
        ),
        (answering(b""), "unreachable", "closed the connection"),
        (_hang, "timeout", "no answer in time"),
    ],
)
async def test_every_failure_has_its_words(talk: Talk, reason: str, words: str) -> None:
    async with peer(talk) as url, Wire(timeout=timedelta(seconds=0.3), max_answer=1000) as wire:
        with pytest.raises(PeerError, match=words) as raised:
            await wire.send(HttpRequest("GET", url, Headers({"Authorization": "Bearer hunter2"})))
        assert raised.value.reason is Reason(reason)
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "http://x:a/", "http://x:99999/", "ftp://x/", ""])
async def test_what_is_no_address_is_told_too(url: str) -> None:
    blocking = BlockingWire()
    async with Wire(repeatable=True) as wire:
        with pytest.raises(PeerError, match="its address is none of http or https") as raised:
            await wire.send(HttpRequest("GET", url))
    assert raised.value.reason is Reason.GARBLED
    with pytest.raises(PeerError, match="its address is none of http or https") as raised:
        await asyncio.to_thread(blocking.get, url)
    assert raised.value.reason is Reason.GARBLED
    blocking.close()


async def test_nobody_listens() -> None:
    async with peer(answering()) as url:
        pass
    async with Wire() as wire:
        with pytest.raises(PeerError, match="refused") as raised:
            await wire.send(HttpRequest("GET", url))
        assert raised.value.reason is Reason.UNREACHABLE


def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize(("end", "words"), [(_hang_up, "closed the connection"), (_reset, "connection failed")])
@pytest.mark.parametrize("answered", [0, 1])
async def test_a_question_lost_on_a_connection_closed_meanwhile_is_asked_once_more(
    end: Callable[[asyncio.StreamWriter], None], words: str, answered: int
) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            await answering(whole(b"again"))(reader, writer)
            return
        for _ in range(answered):
            await answering(whole(b"a"))(reader, writer)
        await reader.readuntil(b"\r\n\r\n")  # and no answer comes
        end(writer)

    for repeatable, count in ((True, 2), (False, 1)):
        connections = 0
        async with peer(talk) as url, Wire(repeatable=repeatable) as wire:
            for _ in range(answered):
                await wire.send(HttpRequest("POST", url))
            if repeatable:
                assert (await wire.send(HttpRequest("POST", url))).body == b"again"
            else:
                with pytest.raises(PeerError, match=words):
                    await wire.send(HttpRequest("POST", url))
        assert connections == count


@pytest.mark.parametrize("end", [_hang_up, _reset])
async def test_an_answer_that_breaks_off_is_not_asked_for_again(end: Callable[[asyncio.StreamWriter], None]) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")(reader, writer)
        end(writer)

    async with peer(talk) as url, Wire(repeatable=True) as wire:
        with pytest.raises(PeerError):
            await wire.send(HttpRequest("POST", url))
    assert connections == 1


async def test_tls_is_verified_and_a_private_authority_is_trusted(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path, ["127.0.0.1"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(whole(b"hello"))(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with Wire(ca=files.ca) as wire:
        assert (await wire.send(HttpRequest("GET", url))).body == b"hello"
    async with Wire() as wire:
        with pytest.raises(PeerError, match="certificate is not trusted: self-signed certificate") as raised:
            await wire.send(HttpRequest("GET", url))
        assert raised.value.reason is Reason.UNREACHABLE
    blocking = BlockingWire(ca=files.ca)
    assert (await asyncio.to_thread(blocking.get, url)).text == "hello"
    blocking.close()
    server.close()


async def test_the_blocking_wire_fails_in_words_too() -> None:
    async with peer(answering()) as url:
        pass
    blocking = BlockingWire()
    with pytest.raises(PeerError) as raised:
        await asyncio.to_thread(blocking.post, url, data={"a": "b"})
    assert raised.value.reason is Reason.UNREACHABLE
    assert "hunter2" not in str(raised.value)
    blocking.close()


async def test_a_name_that_leads_inside_is_refused_unless_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    async with peer(answering(whole(b"a"))) as url:
        port = URL(url).port
        asked = lead(monkeypatch, inside_example=["127.0.0.1"], mixed_example=["8.8.8.8", "169.254.169.254"])
        async with Wire() as wire:
            for host, address in (("inside.example", "127.0.0.1"), ("mixed.example", "169.254.169.254")):
                with pytest.raises(PeerError) as raised:
                    await wire.send(HttpRequest("GET", f"http://{host}:{port}/"))
                assert raised.value.reason is Reason.UNREACHABLE
                assert raised.value.detail == (
                    f"{host}: its name leads to the private address {address}: "
                    "write private_network = true if that is meant"
                )
        async with Wire(reach=Reach(private_network=True)) as wire:
            assert (await wire.send(HttpRequest("GET", f"http://inside.example:{port}/"))).body == b"a"
        assert asked == ["inside.example", "mixed.example", "inside.example"]  # once each: what was checked is used


async def test_what_is_written_out_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch, localhost=["127.0.0.1"])
    for host in ("127.0.0.1", "localhost"):
        async with peer(answering(whole(b"a"))) as url, Wire() as wire:
            assert (await wire.send(HttpRequest("GET", f"http://{host}:{URL(url).port}/"))).body == b"a"


async def test_by_the_proxy_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By CONNECT, with its user; the proxy itself may be inside, and looks the names up."""
    files = first_run.issue(tmp_path, ["mail.example"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(whole(b"proxied" if b"roxy-" not in head else b"the proxy's password came here"))
        writer.close()

    lead(monkeypatch, proxy_example=["127.0.0.1"])
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with forward_proxy(server.sockets[0].getsockname()[1]) as proxy:
        named = proxy.url.replace("127.0.0.1", "proxy.example")
        async with Wire(ca=files.ca, environ={"HTTPS_PROXY": named}) as wire:
            assert (await wire.send(HttpRequest("GET", "https://mail.example/"))).body == b"proxied"
        assert proxy.asked == ["mail.example:443"]
        async with Wire(environ={"HTTPS_PROXY": named.replace("line", "wrong")}) as wire:
            with pytest.raises(PeerError, match=r"mail\.example: the proxy .* refuses the way \(HTTP 407\)"):
                await wire.send(HttpRequest("GET", "https://mail.example/"))
        async with Wire(environ={"HTTPS_PROXY": named, "NO_PROXY": "example"}) as wire:
            with pytest.raises(PeerError, match="name is not known"):
                await wire.send(HttpRequest("GET", "https://mail.example/"))
    async with Wire(environ={"HTTPS_PROXY": named}) as wire:
        with pytest.raises(PeerError, match="the proxy that the environment names is not reached"):
            await wire.send(HttpRequest("GET", "https://mail.example/"))
    server.close()


async def test_no_password_of_a_netrc_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hunter2\ndefault login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(whole(b""))

    async with peer(talk) as url, Wire() as wire:
        await wire.send(HttpRequest("GET", url))
    assert b"authorization" not in seen[0].lower()


async def test_the_authorities_of_the_environment_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = first_run.issue(tmp_path, ["127.0.0.1"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(whole(b"hello"))(reader, writer)
        writer.close()

    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca))
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with Wire() as wire:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert (await wire.send(HttpRequest("GET", url))).body == b"hello"
    server.close()
