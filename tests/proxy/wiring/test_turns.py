"""The queue in a whole proxy: each dialect's words for "not now", the settings of it, and what the metrics tell."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import HttpVersion11
from lxml import etree
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bench import upstream
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.settings.server import ServerSettings
from proxy.turnstile import Turnstile
from proxy.wiring import Proxy, build
from service.addresses import ListenAddress
from service.door import Door
from tests.proxy.served import EWS, NOW, XML, configuration, login, password_hash, question, serving

_GUID = "6a3b1c9e-0000-4000-8000-00000000abcd"


async def _refused(
    tmp_path: Path, path: str, headers: Mapping[str, str] | None = None, settings: dict[str, Any] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    settings = settings or configuration()
    settings["server"]["queue"] = "2s"
    async with serving(tmp_path, settings=settings) as proxy:
        assert isinstance(proxy.turns, Turnstile)
        parts = proxy.turns.refusal(_message(path, headers or {}), b"", "192.0.2.1")
        assert parts is not None
        async with aiohttp.ClientSession() as session, session.get(f"{proxy.metrics_url}/metrics") as answer:
            assert 'busyline_refused_total{reason="queue"} 1.0' in await answer.text()
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    fields: CIMultiDict[str] = CIMultiDict(line.partition(": ")[::2] for line in lines)
    assert int(fields["Content-Length"]) == len(body)
    assert 2 <= int(fields["Retry-After"]) <= 4, "one to two times [server] queue"
    assert fields["Server"] == "Busyline"
    assert fields["X-Request-Id"] == fields["request-id"]
    return int(status.split()[1]), fields, body


def _message(path: str, headers: Mapping[str, str]) -> RawRequestMessage:
    found = CIMultiDictProxy(CIMultiDict({"Authorization": "Basic abc", **headers}))
    return RawRequestMessage("POST", path, HttpVersion11, found, (), False, None, False, False, URL(path))


async def test_ews_says_server_busy_with_the_status_of_iis(tmp_path: Path) -> None:
    status, fields, body = await _refused(tmp_path, EWS)
    assert status == 503
    assert fields["Content-Type"].startswith("text/xml")
    assert b"ErrorServerBusy" in body
    [wait] = [each.text or "" for each in etree.fromstring(body).iter() if each.get("Name") == "BackOffMilliseconds"]
    assert 2_000 <= int(wait) <= 4_000


async def test_google_says_backend_error(tmp_path: Path) -> None:
    status, _, body = await _refused(tmp_path, "/calendar/v3/freeBusy?alt=json")
    assert status == 503
    assert json.loads(body)["error"]["errors"][0]["reason"] == "backendError"


async def test_graph_says_server_busy(tmp_path: Path) -> None:
    status, fields, body = await _refused(tmp_path, "/v1.0/me/calendar/getSchedule")
    assert status == 503
    assert json.loads(body)["error"]["code"] == "ErrorServerBusy"
    assert json.loads(body)["error"]["innerError"]["request-id"] == fields["request-id"]


async def test_caldav_says_so_in_dav(tmp_path: Path) -> None:
    status, fields, body = await _refused(tmp_path, "/caldav/outbox/")
    assert status == 503
    assert "calendar-auto-schedule" in fields["DAV"]
    assert etree.fromstring(body).tag == "{DAV:}error"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/autodiscover/autodiscover.svc", b"cannot service this request right now"),
        ("/autodiscover/autodiscover.xml", b"Response"),
        ("/freebusy/ann@fabrikam.example.ifb", b"the request failed"),
        ("/nowhere", b"the request failed"),
    ],
)
async def test_all_others_say_so_too(tmp_path: Path, path: str, words: bytes) -> None:
    status, _, body = await _refused(tmp_path, path)
    assert status == 503
    assert words in body


async def test_the_token_endpoint_says_so_in_its_words(tmp_path: Path) -> None:
    oauth = {"client_id": "northwind", "secret": "file:interop.hash"}
    status, fields, body = await _refused(tmp_path, "/oauth/token", settings=configuration(oauth=oauth))
    assert status == 503
    assert json.loads(body)["error"] == "temporarily_unavailable"
    assert fields["Cache-Control"] == "no-store"


async def test_the_callers_own_id_comes_back(tmp_path: Path) -> None:
    wanted = {"client-request-id": _GUID, "return-client-request-id": "true"}
    _, fields, _ = await _refused(tmp_path, EWS, wanted)
    assert fields["client-request-id"] == _GUID


async def test_a_crowd_is_answered_and_counted(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=login()) as session:
        body = question("bob@fabrikam.example")

        async def ask() -> int:
            async with session.post(proxy.url + EWS, data=body, headers=XML) as answer:
                await answer.read()
                return answer.status

        assert set(await asyncio.gather(*(ask() for _ in range(200)))) == {200}
        async with session.get(f"{proxy.metrics_url}/metrics") as answer:
            told = await answer.text()
    assert "busyline_queue_waiting 0.0" in told
    assert "busyline_queue_refused_total 0.0" in told
    assert proxy.turns is not None
    assert f"busyline_queue_total {float(proxy.turns.turned.waited)}" in told


class _Exchange:
    """Answers once it is let."""

    def __init__(self) -> None:
        self.gate, self.heard = asyncio.Event(), asyncio.Semaphore(0)
        self.calls = 0

    async def ews(self, request: web.BaseRequest) -> web.StreamResponse:
        """Everybody's blocks."""
        asked = await request.read()
        self.calls += 1
        self.heard.release()
        await self.gate.wait()
        return web.Response(body=upstream.answer(asked, NOW.date()), content_type="text/xml")


@asynccontextmanager
async def _before(exchange: _Exchange, directory: Path, **knobs: Any) -> AsyncIterator[Proxy]:
    """A whole proxy before ``exchange``, which answers everybody in the end."""
    settings = configuration()
    settings["server"]["queue"] = "300ms"
    (directory / "interop.hash").write_text(password_hash() + "\n")
    async with Door(exchange.ews, [ListenAddress("127.0.0.1", 0)]) as door:
        settings["connectors"]["fabrikam"] |= {"url": f"http://{door.addresses[0]}{EWS}", **knobs}
        async with build(ProxySettings.model_validate(settings), directory=directory, clock=lambda: NOW) as proxy:
            try:
                yield proxy
            finally:
                exchange.gate.set()


async def test_of_more_than_a_calendar_system_bears_some_are_answered_the_others_refused_and_nobody_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOBODY", "secret")
    exchange = _Exchange()
    async with _before(exchange, tmp_path, concurrency=2) as proxy, aiohttp.ClientSession(headers=login()) as session:

        async def ask(name: str) -> tuple[int, str | None]:
            body = question(f"{name}@fabrikam.example")
            async with session.post(proxy.url + EWS, data=body, headers=XML) as answer:
                await answer.read()
                return answer.status, answer.headers.get("Retry-After")

        exchange.gate.set()
        assert await ask("first") == (200, None), "whose answer tells in what manner it is to be asked"
        exchange.gate.clear()
        under_way = [asyncio.create_task(ask(f"p{number}")) for number in range(2)]
        for _ in ("first", *under_way):
            await asyncio.wait_for(exchange.heard.acquire(), 10)
        refused = await asyncio.gather(*(ask(f"late{number // 2}") for number in range(30)))
        assert refused == [(503, "1")] * 30
        exchange.gate.set()
        assert await asyncio.gather(*under_way) == [(200, None)] * 2
        assert [await ask(f"late{number // 2}") for number in range(30)] == [(200, None)] * 30
    assert exchange.calls == 18, "each mailbox once, and for those who were refused nobody"


def test_what_the_settings_say_of_it_where_nobody_writes_anything() -> None:
    written = configuration()
    del written["server"]["queue"]
    server, caller = ServerSettings(**written["server"]), CallerSettings(**written["callers"][0])
    assert server.queue.total_seconds() == 2
    assert caller.weight == 1


@pytest.mark.parametrize("weight", [0, -1, 101, float("nan")])
def test_a_weight_that_is_none(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        CallerSettings(**configuration()["callers"][0], weight=weight)
