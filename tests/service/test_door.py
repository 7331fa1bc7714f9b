"""The door: real addresses, every address, and an end that lets answers finish."""

import asyncio
import contextlib
import resource
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
import structlog
import uvloop
from aiohttp import web

from certs import first_run, pem
from service.addresses import ListenAddress, parse_network
from service.door import Door, Limits, Patience
from service.visit import proved
from tests.proxy.auth.issuing import Issued, authority, leaf

Run: TypeAlias = Callable[[Coroutine[Any, Any, None]], None]
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


LIMITS = Limits(patience=Patience(head=0.1, body=5, idle=5, linger=0.1))


async def _ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side ends it without a word."""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(10):
            return await reader.read() == b""
    return True


async def test_more_connections_than_are_borne_are_closed_at_once_and_the_others_stay() -> None:
    limits = Limits(connections=3, per_address=2)
    async with Door(_hello, [ANY_PORT], limits=limits) as door:
        place = door.addresses[0].host, door.addresses[0].port
        inside = [await asyncio.open_connection(*place) for _ in range(2)]
        for _, writer in inside:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for reader, _ in inside:
            assert b"200" in await reader.readline()
        third, writer = await asyncio.open_connection(*place)
        assert await _ended(third)
        assert (door.crowd.size, door.crowd.turned_away) == (2, 1)
        writer.close()
        inside[0][1].write(b"GET /again HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await inside[0][0].read()).count(b"hello") == 2
        fourth, writer = await asyncio.open_connection(*place)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in await fourth.readline()
        for each in (inside[0][1], inside[1][1], writer):
            each.close()


async def test_a_trusted_proxy_is_not_one_address() -> None:
    limits = Limits(connections=3, per_address=1, exempt=(parse_network("127.0.0.0/8"),))
    async with Door(_hello, [ANY_PORT], limits=limits) as door:
        place = door.addresses[0].host, door.addresses[0].port
        callers = [await asyncio.open_connection(*place) for _ in range(3)]
        for reader, writer in callers:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in await reader.readline()
        late, writer = await asyncio.open_connection(*place)
        assert await _ended(late)
        for each in (*(writer for _, writer in callers), writer):
            each.close()


async def _tls_is_hardened(tls: ssl.SSLContext, trusted: ssl.SSLContext) -> None:
    limits = replace(LIMITS, connections=2)
    async with Door(_hello, [ANY_PORT], tls=tls, limits=limits) as door:
        place = door.addresses[0].host, door.addresses[0].port
        silent, first = await asyncio.open_connection(*place)  # no handshake ever
        slow, second = await asyncio.open_connection(*place)
        second.write(b"\x16\x03\x01\x02\x00\x01")
        beyond, third = await asyncio.open_connection(*place)
        assert await _ended(beyond)  # not a byte of TLS for it
        assert door.crowd.turned_away == 1
        assert await _ended(silent)
        assert await _ended(slow)
        reader, fourth = await asyncio.open_connection(*place, ssl=trusted, server_hostname="localhost")
        fourth.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"hello" in await reader.read()
        for writer in (first, second, third, fourth):
            writer.close()
        plain, fifth = await asyncio.open_connection(*place)
        fifth.write(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert b"HTTP" not in await plain.read()
        fifth.close()
    assert door.crowd.size == 0


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_handshake_has_its_time_and_its_place_among_the_connections(tmp_path: Path, run: Run) -> None:
    files = first_run.issue(tmp_path, ["localhost", "127.0.0.1"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    run(_tls_is_hardened(context, ssl.create_default_context(cafile=files.ca)))


async def _nobody_outside_is_forgotten(tls: ssl.SSLContext | None, trusted: ssl.SSLContext | None) -> None:
    door = await Door(_hello, [ANY_PORT], tls=tls, patience=5).__aenter__()
    place = door.addresses[0].host, door.addresses[0].port
    outside = []
    for _ in range(20):  # the system has accepted them, and our loop has had no turn to
        one = socket.create_connection(place)
        if tls is None:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        one.setblocking(False)
        outside.append(one)
    closing = asyncio.create_task(door.__aexit__(None, None, None))
    for one in outside:
        more: dict[str, Any] = {} if trusted is None else {"ssl": trusted, "server_hostname": "localhost"}
        reader, writer = await asyncio.open_connection(sock=one, **more)
        if trusted is not None:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"hello" in await reader.read()
        writer.close()
    await closing
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(place)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("secure", [False, True])
def test_who_waits_outside_when_the_door_closes_is_answered(tmp_path: Path, run: Run, secure: bool) -> None:
    if not secure:
        run(_nobody_outside_is_forgotten(None, None))
        return
    files = first_run.issue(tmp_path, ["localhost", "127.0.0.1"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    run(_nobody_outside_is_forgotten(context, ssl.create_default_context(cafile=files.ca)))


async def test_who_connects_and_says_nothing_does_not_hold_the_end_up() -> None:
    loop = asyncio.get_running_loop()
    door = await Door(_hello, [ANY_PORT], patience=0.2).__aenter__()
    _, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
    started = loop.time()
    await door.__aexit__(None, None, None)
    assert loop.time() - started < 5
    writer.close()


async def test_without_file_descriptors_it_rests_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.door._PAUSE", 0.05)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with Door(_hello, [ANY_PORT]) as door:
        place = door.addresses[0].host, door.addresses[0].port
        caller = socket.socket()
        caller.setblocking(False)
        with structlog.testing.capture_logs() as events:
            resource.setrlimit(resource.RLIMIT_NOFILE, (caller.fileno() + 1, hard))
            try:
                await asyncio.get_running_loop().sock_connect(caller, place)
                while not events:  # noqa: ASYNC110 - each turn of the loop accepts once
                    await asyncio.sleep(0)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert events[0]["event"] == "no_file_descriptors"
        reader, writer = await asyncio.open_connection(sock=caller)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"hello" in await reader.read()
        writer.close()


async def _asked(door: Door) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has been answered once."""
    reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head
    await reader.readexactly(len(b"hello"))
    return reader, writer


async def _answers(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bool:
    connection[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        return b" 200 " in await connection[0].readuntil(b"\r\n\r\n")
    return False


async def _room_is_made() -> None:
    async def hello(request: web.BaseRequest) -> web.Response:
        if "Authorization" in request.headers:
            proved(request)
        return web.Response(text="hello")

    async with Door(hello, [ANY_PORT], limits=Limits(connections=3)) as door, asyncio.timeout(10):
        friend = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        friend[1].write(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\n\r\n")
        await friend[0].readuntil(b"hello")
        first, second = await _asked(door), await _asked(door)
        third = await _asked(door)
        assert (door.crowd.size, door.crowd.turned_away, door.crowd.moved_on) == (3, 0, 1)
        assert not await _answers(first)
        for each in (second, friend, third):
            assert await _answers(each)
        for _, writer in (first, second, third, friend):
            writer.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_where_it_is_full_whoever_rests_longest_unproved_makes_room(run: Run) -> None:
    run(_room_is_made())


async def _silent_ones_move_on(tls: ssl.SSLContext, trusted: ssl.SSLContext) -> None:
    limits = Limits(connections=2, patience=Patience(settling=0.0))
    async with Door(_hello, [ANY_PORT], tls=tls, limits=limits) as door, asyncio.timeout(10):
        place = door.addresses[0].host, door.addresses[0].port
        silent = [await asyncio.open_connection(*place) for _ in range(2)]
        address = f"https://localhost:{place[1]}/"
        async with aiohttp.ClientSession() as session, session.get(address, ssl=trusted) as answer:
            assert await answer.text() == "hello"
        assert await _ended(silent[0][0])
        for _, writer in silent:
            writer.close()
    assert door.crowd.size == 0


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_silent_handshakes_keep_nobody_out(tmp_path: Path, run: Run) -> None:
    files = first_run.issue(tmp_path, ["localhost", "127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    run(_silent_ones_move_on(tls, ssl.create_default_context(cafile=files.ca)))


async def test_who_is_being_answered_is_not_moved_on() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="hello")

    async with Door(slow, [ANY_PORT], limits=Limits(connections=1)) as door, asyncio.timeout(10):
        place = door.addresses[0].host, door.addresses[0].port
        reader, one = await asyncio.open_connection(*place)
        one.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await begun.wait()
        late, other = await asyncio.open_connection(*place)
        assert await _ended(late)
        go_on.set()
        assert b"hello" in await reader.read()
        one.close()
        other.close()


async def _turned_away(directory: Path, client: Issued) -> str:
    """What is logged of a caller with the certificate ``client``, where one authority's are believed."""
    issued = first_run.issue(directory / "server", ["127.0.0.1"])
    trusted = authority("ours").write(directory / "ca.pem")
    server = pem.load(issued.chain, issued.key, now=datetime.now(UTC), client_authorities=[trusted]).context
    shown = ssl.create_default_context(cafile=issued.chain.with_name("ca.pem"))
    shown.load_cert_chain(client.write(directory / "client.pem", key=True))
    with structlog.testing.capture_logs() as events:
        async with Door(_hello, [ANY_PORT], tls=server) as door:
            place = door.addresses[0]
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(place.host, place.port, ssl=shown)
                await reader.read()
                writer.close()
    (told,) = (event for event in events if event["event"] == "no_handshake")
    assert told["address"] == "127.0.0.1"
    return str(told["reason"])


async def test_a_handshake_that_fails_is_told_by_address_and_in_openssls_words(tmp_path: Path) -> None:
    stranger = authority("a stranger")
    assert "unable to get local issuer certificate" in await _turned_away(tmp_path, leaf(stranger))
