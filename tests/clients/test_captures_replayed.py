"""Every captured request, sent byte for byte to the proxy and to the simulated systems that it was meant for."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

import orjson
import pytest
import pytest_asyncio
from lxml import etree

from protocols.ews.request import decode
from protocols.ews.soap import read_envelope
from protocols.model.window import TimeWindow
from proxy.auth.passwords import hash_password
from simulation.estate import Estate
from simulation.google import GoogleServer
from simulation.graph import Application, GraphServer
from tests.clients.blocks import EWS_WORDS
from tests.clients.estate_proxy import LOOKER, EstateProxy, estate_proxy
from tests.protocols.ews.samples import texts, valid
from tests.wire.captures import Captured, captured

pytestmark = [pytest.mark.client, pytest.mark.asyncio(loop_scope="module")]
PEOPLE = {"alice": "frieda.lang@fabrikam.example", "bob": "grace.miller@contoso.example"}
EXAMPLE_TEST = """
[[routes]]
match = "alice@example.test"
via = "fabrikam"
rewrite = "frieda.lang@fabrikam.example"

[[routes]]
match = "bob@example.test"
via = "contoso"
rewrite = "grace.miller@contoso.example"

[[callers]]
name = "alice"
basic = { usernames = ["alice@example.test"], password = "file:alice.hash" }
may_ask = ["example.test"]
"""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


async def replay(raw: bytes, url: str, ca: str | None = None) -> Reply:
    """Send exactly ``raw`` to the host of ``url``; the connection is ours to close."""
    parts = urlsplit(url)
    tls = ssl.create_default_context(cafile=ca) if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=tls)
    try:
        async with asyncio.timeout(20):
            writer.write(raw)
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            return Reply(int(first.split()[1]), headers, body)
    finally:
        writer.close()


def every(*clients: str) -> list[object]:
    """All requests of these clients, each as a test of its own."""
    return [
        pytest.param(one, id=f"{client}-{number}") for client in clients for number, one in enumerate(captured(client))
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    directory = tmp_path_factory.mktemp("replayed")
    (directory / "alice.hash").write_text(hash_password("secret"))
    (directory / "alice.hash").chmod(0o600)
    async with estate_proxy(directory, estate, extra=EXAMPLE_TEST) as here:
        yield here


@pytest.mark.parametrize("one", every("exchangelib", "ews-javascript-api"))
async def test_ews(here: EstateProxy, one: Captured) -> None:
    reply = await replay(one.raw, here.url, str(here.ca))
    if "Authorization" not in one.request.headers:
        assert reply.status == one.status == 401
        assert reply.headers["www-authenticate"] == 'Basic realm="Busyline"'
        assert reply.body == b""
        return
    root = valid(reply.body)
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    if b"ConvertId" in one.request.body:  # not ours to do: Exchange did
        assert reply.status == 500
        assert texts(root, "ResponseCode") == ["ErrorInvalidOperation"]
        return
    assert reply.status == one.status == 200
    if b"GetServerTimeZones" in one.request.body:
        assert [zone.get("Id") for zone in root.iter("{*}TimeZoneDefinition")] == ["W. Europe Standard Time"]
    else:
        asked = decode(read_envelope(one.request.body))
        assert asked.question is not None
        window = asked.question.window
        assert window.start.astimezone(asked.zone).isoformat().startswith("2026-11-23T00:00:00")
        assert taken(root) == [truth(here.estate, address, window, asked.zone) for address in PEOPLE.values()]


@pytest.mark.parametrize("one", every("exchangelib-autodiscover", "ews-javascript-api-autodiscover"))
async def test_autodiscover(here: EstateProxy, one: Captured) -> None:
    reply = await replay(one.raw, here.url, str(here.ca))
    assert reply.status == one.status
    if reply.status == 401:
        assert reply.headers["www-authenticate"] == 'Basic realm="Busyline"'
        assert reply.body == b""
        assert reply.headers.get("x-soap-enabled") == ("True" if one.request.url.endswith(".xml") else None)
        return
    assert reply.headers["content-type"].partition(";")[0] in {"text/xml", "application/soap+xml"}
    root = etree.fromstring(reply.body)
    assert set(texts(root, "ErrorCode")) <= {"NoError", "SettingIsNotAvailable"}  # of the user's own mailbox server
    assert here.ews_url in texts(root, "Value")


async def test_one_connection_carries_a_clients_whole_conversation(here: EstateProxy) -> None:
    conversation = captured("exchangelib-autodiscover")
    parts = urlsplit(here.url)
    tls = ssl.create_default_context(cafile=here.ca)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=tls)
    for one in conversation:
        writer.write(one.raw)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        assert int(head.split()[1]) == one.status
        length = re.search(r"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    writer.close()


async def test_google(estate: Estate) -> None:
    first, token, again = captured("google-api-python-client")
    async with GoogleServer(estate, refresh={"rt": LOOKER}) as google:
        assert (await replay(first.raw, google.url)).status == 401  # a token that it never gave
        reply = await replay(token.raw, google.url)
        assert reply.status == token.status == 200
        bearer = orjson.loads(reply.body)["access_token"].encode()
        reply = await replay(again.raw.replace(b"stub-token", bearer), google.url)
        assert reply.status == again.status == 200
        calendars = orjson.loads(reply.body)["calendars"]
        assert {asked: calendar["errors"][0]["reason"] for asked, calendar in calendars.items()} == {
            "alice@example.test": "notFound",
            "bob@example.test": "notFound",
        }


async def test_microsoft_entra(estate: Estate) -> None:
    discovery, token = captured("azure-identity")
    async with GraphServer(estate, applications=(Application(client_id="cid", secret="sec"),)) as graph:
        reply = await replay(discovery.raw, graph.url)
        assert reply.status == discovery.status == 200
        path = urlsplit(token.request.url).path
        assert orjson.loads(reply.body)["token_endpoint"] == graph.url + path
        reply = await replay(token.raw, graph.url)
        assert reply.status == token.status == 200
        assert orjson.loads(reply.body)["access_token"]


def taken(root: etree._Element) -> list[list[tuple[str, str, str]]]:
    """What each mailbox of an answer shows as taken, as written."""
    found = []
    for response in root.iter("{*}FreeBusyResponse"):
        rows = zip(*(texts(response, name) for name in ("StartTime", "EndTime", "BusyType")), strict=True)
        found.append(sorted(row for row in rows if row[2] != "Free"))
    return found


def truth(estate: Estate, address: str, window: TimeWindow, zone: tzinfo) -> list[tuple[str, str, str]]:
    """The same of the estate, by the clocks of ``zone``."""

    def naive(instant: datetime) -> str:
        return instant.astimezone(zone).replace(tzinfo=None).isoformat()

    return sorted(
        (naive(i.window.start), naive(i.window.end), EWS_WORDS[i.status]) for i in estate.expected(address, window)
    )
