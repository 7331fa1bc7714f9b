"""The network of the libraries: checked addresses, one origin, the proxy of the environment, words for what fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.reach import ANYWHERE
from service.wire_blocking import MAX_ANSWER, BlockingWire
from tests.clients.tls import Authority, authority
from tests.service.forward_proxy import forward_proxy
from tests.service.names import lead


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


@pytest_asyncio.fixture
async def port(tls: Authority) -> AsyncIterator[int]:
    """A server that says hello to a GET and far too much to a POST."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = 5 if head.startswith(b"GET") else MAX_ANSWER + 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"h" * size)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls.server)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


async def failure(wire: BlockingWire, url: str, method: str = "GET") -> PeerError:
    with pytest.raises(PeerError) as raised:
        await asyncio.to_thread(wire.request, method, url)
    wire.close()
    return raised.value


async def test_a_name_that_leads_inside_is_refused_unless_that_is_meant(
    tls: Authority, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lead(monkeypatch, localhost_example=["127.0.0.1"], metadata_example=["169.254.169.254"])
    error = await failure(BlockingWire(), f"https://localhost.example:{port}/")
    assert error.reason is Reason.UNREACHABLE
    assert error.detail == (
        "localhost.example: its name leads to the private address 127.0.0.1: "
        "write private_network = true if that is meant"
    )
    assert "169.254.169.254" in (await failure(BlockingWire(), "https://metadata.example/")).detail
    assert asked == ["localhost.example", "metadata.example"]
    inside = await failure(BlockingWire(ca=Path(tls.ca), reach=ANYWHERE), f"https://localhost.example:{port}/")
    words = "localhost.example: its certificate is not trusted: Hostname mismatch, certificate is not valid for "
    assert inside.detail.startswith(words)  # it got there
    stranger = await failure(BlockingWire(reach=ANYWHERE), f"https://localhost.example:{port}/")
    assert "its certificate is not trusted: self-signed certificate in certificate chain" in stranger.detail


async def test_what_is_written_out_is_reached(tls: Authority, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch, localhost=["127.0.0.1"])
    wire = BlockingWire(ca=Path(tls.ca))
    for host in ("127.0.0.1", "localhost"):
        assert (await asyncio.to_thread(wire.get, f"https://{host}:{port}/")).text == "hhhhh"
    wire.close()


async def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch)
    assert (await failure(BlockingWire(), "https://x.example/")).detail == "x.example: its name is not known"


async def test_only_one_origin_where_one_is_named(tls: Authority, port: int) -> None:
    wire = BlockingWire(ca=Path(tls.ca), only="https://login.example")
    assert "not sent to another place" in (await failure(wire, f"https://127.0.0.1:{port}/")).detail


async def test_too_long_an_answer(tls: Authority, port: int) -> None:
    error = await failure(BlockingWire(ca=Path(tls.ca)), f"https://127.0.0.1:{port}/", "POST")
    assert error.reason is Reason.TOO_MANY_ENTRIES


async def test_by_the_proxy_of_the_environment(tls: Authority, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch)  # the name is the proxy's to look up
    async with forward_proxy(port) as proxy:
        wire = BlockingWire(ca=Path(tls.ca), environ={"HTTPS_PROXY": proxy.url})
        error = await failure(wire, "https://login.example/")
        assert error.detail.startswith("login.example: its certificate is not trusted")  # it is of 127.0.0.1
        assert proxy.asked == ["login.example:443"]
        closed = BlockingWire(ca=Path(tls.ca), environ={"HTTPS_PROXY": proxy.url.replace("line", "wrong")})
        assert (await failure(closed, "https://login.example/")).detail == "login.example: ProxyError"
