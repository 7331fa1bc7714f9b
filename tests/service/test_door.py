"""The door: real addresses, every address, and an end that lets answers finish."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import structlog
from aiohttp import web

from certs import first_run, pem
from service.addresses import ListenAddress
from service.door import Door

ANY_PORT = ListenAddress("127.0.0.1", 0)


async def _hello(_: web.BaseRequest) -> web.Response:
    return web.Response(text="hello")


async def test_it_listens_on_every_address_and_tells_the_real_ports() -> None:
    async with Door(_hello, [ANY_PORT, ANY_PORT]) as door, aiohttp.ClientSession() as session:
        assert len({address.port for address in door.addresses}) == 2
        for address in door.addresses:
            async with session.get(f"http://{address}/") as answer:
                assert await answer.text() == "hello"


async def test_an_address_in_use_is_an_error_and_leaves_nothing_open() -> None:
    async with Door(_hello, [ANY_PORT]) as door:
        second = Door(_hello, [ANY_PORT, *door.addresses])
        with pytest.raises(OSError, match="address already in use"):
            await second.__aenter__()
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection(second.addresses[0].host, second.addresses[0].port)


async def test_tls(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path, ["localhost", "127.0.0.1"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    trusted = ssl.create_default_context(cafile=files.ca)
    async with Door(_hello, [ANY_PORT], tls=context) as door, aiohttp.ClientSession() as session:
        async with session.get(f"https://{door.addresses[0]}/", ssl=trusted) as answer:
            assert await answer.text() == "hello"
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(files.ca)
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"https://{door.addresses[0]}/", ssl=old)


async def test_answers_under_way_get_their_time_and_no_more() -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.Response:
        begun.set()
        await go.wait()
        return web.Response(text="late")

    async with aiohttp.ClientSession() as session:
        door = await Door(slow, [ANY_PORT], patience=5).__aenter__()
        under_way = asyncio.create_task(_text(session, door))
        await begun.wait()
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        await asyncio.sleep(0)
        go.set()
        await closing
        assert await under_way == "late"
        begun.clear()
        go.clear()
        door = await Door(slow, [ANY_PORT], patience=0.05).__aenter__()
        under_way = asyncio.create_task(_text(session, door))
        await begun.wait()
        await door.__aexit__(None, None, None)
        with pytest.raises(aiohttp.ClientError):
            await under_way


async def test_a_handler_that_fails_says_nothing() -> None:
    async def broken(_: web.BaseRequest) -> web.Response:
        raise RuntimeError("hunter2")

    async with (
        Door(broken, [ANY_PORT]) as door,
        aiohttp.ClientSession(headers={"Accept": "text/html"}) as session,
        session.get(f"http://{door.addresses[0]}/") as answer,
    ):
        assert (answer.status, await answer.text()) == (500, "the request failed\n")
        assert answer.content_type == "text/plain"


async def _text(session: aiohttp.ClientSession, door: Door) -> str:
    async with session.get(f"http://{door.addresses[0]}/") as answer:
        return await answer.text()


async def test_a_body_that_nobody_reads_holds_nothing_up_and_is_no_fault() -> None:
    with structlog.testing.capture_logs() as events:
        async with Door(_hello, [ANY_PORT]) as door:
            address = door.addresses[0]
            _, unfinished = await asyncio.open_connection(address.host, address.port)
            unfinished.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
            reader, junk = await asyncio.open_connection(address.host, address.port)
            junk.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk")
            assert b"200" in await reader.readline()
            await reader.read()
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 5
        unfinished.close()
        junk.close()
    assert not [event for event in events if event["log_level"] == "error"]
