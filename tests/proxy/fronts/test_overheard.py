"""What is overheard of a real request: all that a capture is made of, with the body that the front has read."""

import ssl
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from certs import first_run
from proxy.capture.heard import Heard
from proxy.fronts.answers import plain
from proxy.fronts.body import read_xml
from proxy.fronts.record import Record
from proxy.server import Server
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics
from tests.proxy.served import NOW, XML


class Ear:
    """Hears everything while it listens."""

    def __init__(self) -> None:
        self.listening = True
        self.heard: list[Heard] = []

    def hear(self, heard: Heard) -> None:
        """One more."""
        self.heard.append(heard)


class Echo:
    """A front that reads a body and says one word."""

    name = "echo"

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The word."""
        record.body = await read_xml(request, 1000)
        record.caller, record.operation = "northwind", "Echo"
        return plain("heard", status=200)


def _server(ear: Ear) -> Server:
    return Server({"/echo": Echo()}, metrics=Metrics(), clock=lambda: NOW, listener=ear)


async def test_a_request_is_heard_whole() -> None:
    ear = Ear()
    address = ListenAddress("127.0.0.1", 0)
    async with Door(_server(ear).handle, [address]) as door, aiohttp.ClientSession() as session:
        url = f"http://{door.addresses[0]}/Echo?a=%20b"
        async with session.post(url, data=b"<a/>", headers={**XML, "X-Forwarded-For": "192.0.2.1"}) as answer:
            assert await answer.read() == b"heard\n"
        ear.listening = False
        async with session.post(url, data=b"<b/>", headers=XML) as answer:
            assert answer.status == 200
    (one,) = ear.heard
    assert (one.method, one.path, one.query, one.version) == ("POST", "/Echo", "a=%20b", "1.1")
    assert (one.body, one.answer, one.status, one.outcome) == (b"<a/>", b"heard\n", 200, "answered")
    assert (one.front, one.caller, one.operation, one.refused) == ("echo", "northwind", "Echo", "")
    assert (one.peer, one.forwarded, one.tls, one.at) == ("127.0.0.1", "192.0.2.1", (), NOW)
    assert dict(one.headers)["Content-Type"] == XML["Content-Type"]
    assert dict(one.answer_headers)["Server"] == "Busyline"
    assert one.seconds > 0


async def test_what_no_front_read_is_heard_without_a_body() -> None:
    ear = Ear()
    async with Door(_server(ear).handle, [ListenAddress("127.0.0.1", 0)]) as door, aiohttp.ClientSession() as session:
        async with session.post(f"http://{door.addresses[0]}/nowhere", data=b"<a/>") as answer:
            assert answer.status == 404
        async with session.post(f"http://{door.addresses[0]}/echo", data=b"{}") as answer:
            assert answer.status == 415
    assert [(one.front, one.body, one.outcome) for one in ear.heard] == [
        ("", None, "not-found"),
        ("echo", None, "unsupported-type"),
    ]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_version_and_cipher_of_tls_are_heard(tmp_path: Path, version: ssl.TLSVersion) -> None:
    issued = first_run.issue(tmp_path, ["127.0.0.1"])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(issued.chain, issued.key)
    client = ssl.create_default_context(cafile=issued.ca)
    client.maximum_version = version
    ear = Ear()
    async with Door(_server(ear).handle, [ListenAddress("127.0.0.1", 0)], tls=server) as door:
        connector = aiohttp.TCPConnector(ssl=client)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get(f"https://{door.addresses[0]}/nowhere") as answer,
        ):
            assert answer.status == 404
    (one,) = ear.heard
    assert one.tls[0] == version.name.replace("_", ".")
    assert "_" in one.tls[1] or "-" in one.tls[1]


class Deaf(Ear):
    """Fails at every word."""

    def hear(self, heard: Heard) -> None:
        """Always."""
        raise TypeError(heard.path)


async def test_a_capture_that_fails_harms_no_answer() -> None:
    async with (
        Door(_server(Deaf()).handle, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(f"http://{door.addresses[0]}/echo", data=b"<a/>", headers=XML) as answer,
    ):
        assert (answer.status, await answer.read()) == (200, b"heard\n")
