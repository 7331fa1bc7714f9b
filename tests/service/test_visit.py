"""What a stranger can draw out has its time, and what it can blow up its size: raw sockets, and short times."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import structlog
from aiohttp import web

from service.addresses import ListenAddress
from service.door import Door, Limits, Patience
from service.visit import HEAD, HEADERS, LINE, Visit, proved

LONG = 20.0  # seconds that no test waits for: what should not run out
SHORT = 0.05
HELLO = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"


@dataclass
class Caller:
    """One raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def status(self) -> int:
        """Of the next answer, whose body is read too."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("ascii")
        lengths = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
        await self.reader.readexactly(int(lengths[0]) if lengths else 0)
        return int(head.split()[1])

    async def rest(self) -> bytes:
        """Everything up to the end."""
        with contextlib.suppress(ConnectionError):
            return await self.reader.read()
        return b""


@contextlib.asynccontextmanager
async def calling(door: Door) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
    try:
        async with asyncio.timeout(10):
            yield Caller(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _hello(request: web.BaseRequest) -> web.Response:
    try:
        return web.Response(text=str(len(await request.read())))
    except TimeoutError:
        return web.Response(status=408, text="slow")


def opened(**times: float) -> Door:
    patience = Patience(**{"head": LONG, "body": LONG, "idle": LONG, "linger": SHORT, **times})
    return Door(_hello, [ListenAddress("127.0.0.1", 0)], limits=Limits(patience=patience))


async def test_who_says_nothing_is_not_waited_for() -> None:
    async with opened(head=SHORT) as door, calling(door) as caller:
        assert await caller.rest() == b""


async def test_a_head_that_trickles_is_answered_408() -> None:
    async with opened(head=SHORT) as door, calling(door) as caller:
        caller.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b")
        answer = await caller.rest()
        assert answer.startswith(b"HTTP/1.0 408 ")
        assert b"Content-Type: text/plain" in answer
        assert answer.endswith(b"\r\n\r\nthe request took too long to arrive\n")


async def test_bytes_that_trickle_win_no_time() -> None:
    async with opened(head=4 * SHORT) as door, calling(door) as caller:
        started = asyncio.get_running_loop().time()
        trickling = asyncio.create_task(_trickle(caller))
        answer = await caller.rest()
        assert not answer or b" 408 " in answer  # a byte that crosses it makes TCP take the answer back
        assert asyncio.get_running_loop().time() - started < 40 * SHORT
        trickling.cancel()


async def _trickle(caller: Caller) -> None:
    for number in range(1000):
        caller.send(b"X-%d: a\r\n" % number if number else HELLO[:-2])
        await asyncio.sleep(SHORT / 2)  # this is how such a caller is


async def test_a_later_head_has_the_same_time_and_rest_between_requests_has_another() -> None:
    async with opened(head=SHORT) as door, calling(door) as caller:
        caller.send(HELLO)
        assert await caller.status() == 200
        await asyncio.sleep(3 * SHORT)  # idle: no head is on its way
        caller.send(HELLO)
        assert await caller.status() == 200
        caller.send(b"GET ")
        assert b" 408 " in await caller.rest()
    async with opened(idle=SHORT) as door, calling(door) as caller:
        caller.send(HELLO)
        assert await caller.status() == 200
        assert await caller.rest() == b""


async def test_a_body_that_trickles_is_a_timeout_for_its_reader_and_the_end() -> None:
    async with opened(body=SHORT) as door, calling(door) as caller:
        caller.send(POST + b"12345")
        assert await caller.status() == 408
        assert await caller.rest() == b""


async def test_a_body_in_pieces_stops_the_time_when_it_is_whole() -> None:
    async with opened(body=4 * SHORT, head=4 * SHORT) as door, calling(door) as caller:
        for _ in range(3):
            caller.send(POST + b"12345")
            await caller.writer.drain()
            await asyncio.sleep(SHORT / 2)
            caller.send(b"67890")
            assert await caller.status() == 200
        await asyncio.sleep(6 * SHORT)
        caller.send(HELLO)
        assert await caller.status() == 200


async def test_many_requests_at_once_are_answered_in_order_without_a_time_for_heads() -> None:
    async with opened(head=LONG) as door, calling(door) as caller:
        for number in range(1, 301):
            body = b"x" * number
            caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (number, body))
        for number in range(1, 301):
            head = await caller.reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await caller.reader.readexactly(len(str(number))) == str(number).encode()


TOO_LONG = {
    "one header": (HELLO[:-2] + b"X: " + b"a" * HEAD + b"\r\n\r\n", 431),
    "all headers": (HELLO[:-2] + b"X: %b\r\n" % (b"a" * 4000) * 5 + b"\r\n", 431),
    "too many": (HELLO[:-2] + b"X: a\r\n" * (HEADERS + 1) + b"\r\n", 431),
    "the address": (b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * LINE), 414),
    "no end": (HELLO[:-2] + b"X: %b\r\n" % (b"a" * 4000) * 8, 431),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 505),
    "an encoding nobody knows": (POST.replace(b"\r\n\r\n", b"\r\nContent-Encoding: br\r\n\r\n"), 415),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", TOO_LONG)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("whole", [True, False])
async def test_what_is_refused_before_anybody_reads_it(name: str, first: bool, whole: bool) -> None:
    data, expected = TOO_LONG[name]
    async with opened() as door, calling(door) as caller:
        if not first:
            caller.send(HELLO)
            assert await caller.status() == 200
        for part in [data] if whole else [data[n : n + 1000] for n in range(0, len(data), 1000)]:
            caller.send(part)
            with contextlib.suppress(ConnectionError):
                await caller.writer.drain()
        answer = await caller.rest()
        assert int(answer.split()[1]) == expected
        assert b"Server: Busyline\r\n" in answer
        assert b"<" not in answer
        assert b"aaaa" not in answer


async def test_what_is_just_short_enough() -> None:
    async with opened() as door, calling(door) as caller:
        caller.send(HELLO[:-2] + b"X: %b\r\n" % (b"a" * (HEAD - 200)) + b"\r\n")
        assert await caller.status() == 200
        caller.send(b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * (LINE - 100)))
        assert await caller.status() == 200
        caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000)
        assert await caller.status() == 200


async def test_who_takes_no_answer_is_cut_off() -> None:
    cut_off = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 1_000_000)
        except ConnectionError:
            cut_off.set()
            raise

    limits = Limits(patience=Patience(head=LONG, body=SHORT, idle=LONG, linger=SHORT))
    async with Door(endless, [ListenAddress("127.0.0.1", 0)], limits=limits) as door, calling(door) as caller:
        caller.send(HELLO)
        await cut_off.wait()  # nobody reads here: only our side can end it


async def test_an_upgrade_that_nobody_offers_is_an_answer_like_any_other() -> None:
    async with opened() as door, calling(door) as caller:
        caller.send(HELLO[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert await caller.status() == 200
        caller.send(HELLO)
        assert await caller.status() == 200


async def test_nothing_of_what_strangers_do_is_an_error_in_the_log() -> None:
    with structlog.testing.capture_logs() as events:
        async with opened(head=SHORT, body=SHORT) as door:
            for data in (
                b"",
                b"GET",
                POST,
                POST + b"1",
                b"\x16\x03\x01\r\n\r\n",
                *(each[0] for each in TOO_LONG.values()),
            ):
                async with calling(door) as caller:
                    caller.send(data)
                    await caller.rest()
    assert [event for event in events if event["log_level"] == "error"] == []


async def test_a_stranger_rests_for_a_short_time_and_whoever_proved_itself_for_a_long_one() -> None:
    async def hello(request: web.BaseRequest) -> web.Response:
        if "Authorization" in request.headers:
            proved(request)
        return web.Response(text="hello")

    known = HELLO[:-2] + b"Authorization: x\r\n\r\n"
    limits = Limits(patience=Patience(head=LONG, body=LONG, idle=LONG, stranger=SHORT, linger=SHORT))
    async with (
        Door(hello, [ListenAddress("127.0.0.1", 0)], limits=limits) as door,
        calling(door) as caller,
        calling(door) as stranger,
    ):
        for first in (HELLO, known):
            caller.send(first)
            assert await caller.status() == 200
        stranger.send(HELLO)
        assert await stranger.status() == 200
        assert await stranger.rest() == b""
        await asyncio.sleep(3 * SHORT)
        caller.send(HELLO)  # what was proved once on this connection
        assert await caller.status() == 200


async def test_a_stranger_that_asks_again_in_time_is_answered_however_long_it_takes() -> None:
    async def slow(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(3 * SHORT)
        return web.Response(text="hello")

    limits = Limits(patience=Patience(head=LONG, body=LONG, idle=LONG, stranger=SHORT, linger=SHORT))
    async with Door(slow, [ListenAddress("127.0.0.1", 0)], limits=limits) as door, calling(door) as caller:
        for _ in range(2):
            caller.send(HELLO)
            assert await caller.status() == 200
        assert await caller.rest() == b""


async def test_whoever_is_cut_off_in_the_instant_it_asks_is_no_fault() -> None:
    """The connection ends between the moment in which a request is read and the one in which it is begun."""
    visits: list[Visit] = []
    loop, ours, theirs = asyncio.get_running_loop(), *socket.socketpair()
    server = web.Server(_hello)

    def made() -> Visit:
        heard = visits.append
        return Visit(server, loop=loop, patience=Patience(), heard=heard, rests=heard, left=lost.set_result)

    lost: asyncio.Future[Visit] = loop.create_future()
    transport, visit = await loop.connect_accepted_socket(made, ours)
    task = visit._task_handler
    assert task is not None
    transport.abort()  # which is told to the visit a moment later
    visit.data_received(HELLO)
    await lost
    await asyncio.wait({task})
    theirs.close()
    assert task.cancelled()
    assert server.requests_count == 0
    assert visits == [visit]  # it was heard
