"""How a door closes: who keeps a connection is told, who waits outside is taken in, and other doors go on."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from certs import first_run, pem
from service.addresses import ListenAddress
from service.door import Door, Limits
from service.listeners import Handed, bound

ANY_PORT = ListenAddress("127.0.0.1", 0)
HELLO = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b"\r\nConnection: close\r\n"


def saying(words: str) -> Callable[[web.BaseRequest], Awaitable[web.Response]]:
    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(text=words)

    return handler


@asynccontextmanager
async def caller(door: Door) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
    try:
        async with asyncio.timeout(10):
            yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def answered(reader: asyncio.StreamReader) -> bytes:
    """Head and body of the next answer, whose body is five bytes."""
    return await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(5)


async def test_after_goodbye_each_answer_is_the_last_and_newcomers_are_let_in() -> None:
    async with Door(saying("hello"), [ANY_PORT]) as door, caller(door) as (reader, writer):
        writer.write(HELLO)
        assert CLOSE not in await answered(reader)
        door.say_goodbye()
        writer.write(HELLO)
        assert CLOSE in await answered(reader)
        assert await reader.read() == b""
        async with caller(door) as (newcomer, asking):
            asking.write(HELLO)
            assert CLOSE in await newcomer.read()


async def test_an_answer_under_way_at_the_goodbye_is_the_last_as_well() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="hello")

    async with Door(slow, [ANY_PORT]) as door, caller(door) as (reader, writer):
        writer.write(HELLO)
        await begun.wait()
        door.say_goodbye()
        go_on.set()
        answer = await reader.read()
        assert CLOSE in answer
        assert answer.endswith(b"hello")


async def test_what_was_asked_in_one_go_is_answered_to_the_end() -> None:
    async with Door(saying("hello"), [ANY_PORT]) as door, caller(door) as (reader, writer):
        writer.write(HELLO)
        await answered(reader)
        door.say_goodbye()
        writer.write(HELLO * 3)
        rest = await reader.read()
        assert rest.count(b"200 OK") == rest.count(b"hello") == 3
        assert rest.count(CLOSE) == 1
        assert rest.rindex(b"200 OK") < rest.index(CLOSE)


async def test_whoever_keeps_a_connection_is_answered_once_more_while_the_door_closes() -> None:
    door = await Door(saying("hello"), [ANY_PORT]).__aenter__()
    async with caller(door) as (reader, writer):
        writer.write(HELLO)
        await answered(reader)
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        await asyncio.sleep(0)  # the door has closed; nobody comes in any more
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        writer.write(HELLO)
        answer = await reader.read()
        await closing
    assert CLOSE in answer
    assert answer.endswith(b"hello")


async def test_a_door_that_everybody_has_left_waits_for_nobody() -> None:
    started = asyncio.get_running_loop().time()
    for _ in range(20):
        async with Door(saying("hello"), [ANY_PORT]):
            pass
    assert asyncio.get_running_loop().time() - started < 5  # a last call each would be ten seconds


async def test_two_doors_share_an_address_and_one_may_close() -> None:
    async with Door(saying("first"), [ANY_PORT], reuse_port=True) as first:
        address = first.addresses[0]
        async with Door(saying("other"), [address], reuse_port=True) as second, aiohttp.ClientSession() as session:
            assert second.addresses == first.addresses
            heard = {await _asked(session, address) for _ in range(64)}
            assert heard == {"first", "other"}
        async with aiohttp.ClientSession() as session:
            assert {await _asked(session, address) for _ in range(16)} == {"first"}
        with pytest.raises(OSError, match="address already in use"):
            await Door(saying("third"), [address]).__aenter__()


async def _asked(session: aiohttp.ClientSession, address: ListenAddress) -> str:
    async with session.get(f"http://{address}/", headers={"Connection": "close"}) as answer:
        return await answer.text()


async def test_whoever_waits_at_a_closing_door_of_several_is_taken_in() -> None:
    """So many that some are dealt to the one that closes before it has looked."""
    async with Door(saying("hello"), [ANY_PORT], reuse_port=True) as stays:
        door = await Door(saying("hello"), stays.addresses, reuse_port=True).__aenter__()
        outside = [_outside(door) for _ in range(50)]
        await door.__aexit__(None, None, None)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            answers = [await loop.sock_recv(each, 1000) for each in outside]
        for each in outside:
            each.close()
    assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}


def _outside(door: Door) -> socket.socket:
    """Connected by the system, and nobody has had the time to take it in."""
    connection = socket.create_connection((door.addresses[0].host, door.addresses[0].port))
    connection.setblocking(False)
    connection.send(HELLO)
    return connection


async def test_handed_sockets_outlive_the_door_with_all_who_wait_there() -> None:
    (kept,) = await bound(ANY_PORT)
    door = await Door(saying("first"), [], handed=Handed(own=(kept.dup(),))).__aenter__()
    address = door.addresses[0]
    await door.__aexit__(None, None, None)
    outside = _outside(door)
    async with Door(saying("other"), [], handed=Handed(own=(kept.dup(),))) as successor:
        assert successor.addresses == (address,)
        async with asyncio.timeout(10):
            answer = await asyncio.get_running_loop().sock_recv(outside, 1000)
        outside.close()
    kept.close()
    assert answer.endswith(b"other")


async def test_one_stands_in_for_another_as_long_as_it_is_to() -> None:
    (kept,) = await bound(ANY_PORT)
    gone = await Door(saying("gone"), [], handed=Handed(own=(kept.dup(),))).__aenter__()
    await gone.__aexit__(None, None, None)
    spare, loop = kept.dup(), asyncio.get_running_loop()
    async with Door(saying("other"), [], handed=Handed(spares=(spare,))) as door, asyncio.timeout(10):
        first = _outside(gone)
        door.stand_in({spare.fileno()})
        door.stand_in({spare.fileno()})
        assert (await loop.sock_recv(first, 1000)).endswith(b"other")
        door.stand_in(())
        second = _outside(gone)
        async with Door(saying("later"), [], handed=Handed(own=(kept.dup(),))):
            assert (await loop.sock_recv(second, 1000)).endswith(b"later")
    for each in (first, second, kept):
        each.close()
    assert spare.fileno() < 0


async def test_at_the_end_whoever_waits_at_the_spares_is_taken_in_too() -> None:
    """Also where nobody ever listened at one of them."""
    kept, never = [(await bound(ANY_PORT))[0] for _ in range(2)]
    kept.listen()
    door = await Door(saying("hello"), [], handed=Handed(spares=(kept.dup(), never.dup()))).__aenter__()
    outside = socket.create_connection(kept.getsockname())
    outside.setblocking(False)
    outside.send(HELLO)
    await door.__aexit__(None, None, None)
    async with asyncio.timeout(10):
        assert (await asyncio.get_running_loop().sock_recv(outside, 1000)).endswith(b"hello")
    for each in (outside, kept, never):
        each.close()


async def test_nobody_comes_in_any_more_while_answers_are_finished(tmp_path: Path) -> None:
    """A handshake that is not over by then comes too late: whoever it let in would find nobody."""
    files = first_run.issue(tmp_path, ["localhost"])
    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="hello")

    door = await Door(slow, [ANY_PORT], tls=context).__aenter__()
    place = door.addresses[0].host, door.addresses[0].port
    trusted = ssl.create_default_context(cafile=files.ca)
    reader, writer = await asyncio.open_connection(*place, ssl=trusted, server_hostname="localhost")
    writer.write(HELLO)
    await begun.wait()
    late = socket.create_connection(place)  # it says nothing, and would have 15 seconds for that
    late.setblocking(False)
    closing = asyncio.create_task(door.__aexit__(None, None, None))
    async with asyncio.timeout(10):
        with suppress(ConnectionError):
            assert await asyncio.get_running_loop().sock_recv(late, 1000) == b""
        assert not closing.done()
        go_on.set()
        assert (await reader.read()).endswith(b"hello")
        await closing
    late.close()
    writer.close()


async def test_whoever_has_no_place_any_more_is_sent_away_at_the_end_too() -> None:
    door = await Door(saying("hello"), [ANY_PORT], limits=Limits(per_address=3)).__aenter__()
    outside = [_outside(door) for _ in range(5)]
    await door.__aexit__(None, None, None)
    loop = asyncio.get_running_loop()
    answers = []
    async with asyncio.timeout(10):
        for each in outside:
            try:
                answers.append(await loop.sock_recv(each, 1000))
            except ConnectionResetError:
                answers.append(b"")
            each.close()
    assert [bool(answer) for answer in answers] == [True] * 3 + [False] * 2
    assert door.crowd.turned_away == 2
