"""The settings reach the door, and the door the metrics."""

import asyncio
from pathlib import Path

import aiohttp

from proxy.settings.server import ServerSettings
from proxy.wiring.door import limits
from tests.proxy.served import EWS, XML, configuration, login, serving

_HEAD = f"POST {EWS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nAuthorization: {login()['Authorization']}\r\n"


def test_every_limit_comes_from_the_settings() -> None:
    written = {"connections": 7, "connections_per_address": 5, "head_timeout": "3s", "body_timeout": "4s"}
    server = ServerSettings.model_validate(
        configuration()["server"] | written | {"trusted_proxies": ["10.0.0.5", "2001:db8::/64"]}
    )
    found = limits(server)
    assert (found.connections, found.per_address) == (7, 5)
    assert (found.patience.head, found.patience.body) == (3, 4)
    assert (found.patience.stranger, found.patience.idle) == (10, 120)
    assert [str(network) for network in found.exempt] == ["10.0.0.5/32", "2001:db8::/64"]


async def test_a_proxy_keeps_to_them_and_counts(tmp_path: Path) -> None:
    settings = configuration()
    settings["server"] |= {"connections_per_address": 2, "body_timeout": "100ms", "head_timeout": "100ms"}
    async with serving(tmp_path, settings=settings) as proxy:
        place = proxy.addresses[0].host, proxy.addresses[0].port
        slow_head, one = await asyncio.open_connection(*place)
        one.write(_HEAD.encode())
        slow_body, two = await asyncio.open_connection(*place)
        two.write(_HEAD.encode() + b"Content-Length: 100\r\n\r\n<a")
        refused, three = await asyncio.open_connection(*place)
        async with asyncio.timeout(10):
            assert await refused.read() == b""
            assert b" 408 " in await slow_head.readline()
            assert b" 408 " in await slow_body.readline()
            rest = await slow_body.read()
        assert b"ErrorInvalidRequest" in rest
        assert b"\r\nConnection: close\r\n" in rest
        for writer in (one, two, three):
            writer.close()
            await writer.wait_closed()
        async with aiohttp.ClientSession() as session, session.get(f"{proxy.metrics_url}/metrics") as answer:
            metrics = await answer.text()
    assert "busyline_connections_refused_total 1.0" in metrics
    assert "busyline_connections 0.0" in metrics


async def test_a_caller_that_is_quick_enough_notices_nothing(tmp_path: Path) -> None:
    settings = configuration()
    settings["server"] |= {"body_timeout": "5s", "head_timeout": "5s"}
    async with serving(tmp_path, settings=settings) as proxy, aiohttp.ClientSession(headers=login()) as session:
        for _ in range(3):
            async with session.post(proxy.url + EWS, data=b"<a/>", headers=XML) as answer:
                assert answer.status == 415
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Cache-Control"] == "no-store"


async def test_strangers_keep_no_caller_out(tmp_path: Path) -> None:
    """Whoever only asks whether we live gives its place to a newcomer; a caller that was let in keeps its own."""
    settings = configuration()
    settings["server"] |= {"connections": 3, "connections_per_address": 4}
    async with serving(tmp_path, settings=settings) as proxy, asyncio.timeout(20):
        place = proxy.addresses[0].host, proxy.addresses[0].port
        known, one = await asyncio.open_connection(*place)
        one.write(_HEAD.encode() + b"Content-Length: 4\r\n\r\n<a/>")
        assert b" 415 " in await known.readline()
        strangers = [await asyncio.open_connection(*place) for _ in range(2)]
        for reader, writer in strangers:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 200 " in await reader.readline()
            await reader.readuntil(b"\r\n\r\n")
        async with aiohttp.ClientSession(headers=login()) as session:
            async with session.post(proxy.url + EWS, data=b"<a/>", headers=XML) as answer:
                assert answer.status == 415
            assert b"ok" in await strangers[0][0].read()  # and the end
            one.write(_HEAD.encode() + b"Content-Length: 4\r\nConnection: close\r\n\r\n<a/>")
            assert b" 415 " in await known.read()
        for _, writer in (*strangers, (known, one)):
            writer.close()
