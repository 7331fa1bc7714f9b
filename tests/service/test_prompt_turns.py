"""Who says whose turn it is decides when a request is answered, and that it waits before anything is made of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage

from service.addresses import ListenAddress
from service.door import Door
from service.prompt import Called, Shortcut
from service.visit import Visit, proved
from tests.proxy.turned import until


class _Turns:
    """Shut unless opened; who waits is called by the test."""

    def __init__(self) -> None:
        self.open = True
        self.called: list[Called] = []
        self.on: list[bool] = []
        self.handed_over = 0
        self.short = True
        self.wanted = asyncio.Event()

    def at_once(self, message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        return [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"short"] if self.short else None

    def refusal(self, message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        return [b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n", b"no"]

    def is_open(self) -> bool:
        return self.open

    def wait(self, message: RawRequestMessage, peer: str, called: Called) -> bool:
        if message.path == "/never":
            return False
        self.called.append(called)
        self.wanted.set()
        return True

    def let_on(self, visit: Visit, *, refused: bool) -> None:
        self.on.append(refused)

    def hand_over(self) -> None:
        self.handed_over += 1
        for called in self.called:
            called(True)


async def _long(request: web.BaseRequest) -> web.StreamResponse:
    proved(request)
    return web.Response(text="long")


@asynccontextmanager
async def _visiting(turns: _Turns) -> AsyncIterator[tuple[Door, asyncio.StreamReader, asyncio.StreamWriter]]:
    async with Door(
        _long, [ListenAddress("127.0.0.1", 0)], shortcut=Shortcut(at_once=turns.at_once, turns=turns)
    ) as door:
        reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        _ask(writer)
        await reader.readuntil(b"long")  # known from here on
        turns.open = False
        yield door, reader, writer
        writer.close()


def _ask(writer: asyncio.StreamWriter, path: str = "/", *, part: slice = slice(None)) -> None:
    writer.write(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody".encode()[part])


async def test_an_open_one_answers_at_once() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        turns.open = True
        _ask(writer)
        await reader.readuntil(b"short")
    assert not turns.called


async def test_who_is_called_is_answered_and_who_never_will_be_is_refused() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        for admitted, told in ((True, b"short"), (False, b"no"), (True, b"short")):
            turns.wanted.clear()
            _ask(writer)
            await turns.wanted.wait()
            assert turns.called[-1](admitted) is True
            assert (await reader.readuntil(told)).startswith(b"HTTP/1.1 ")
    assert not turns.on


async def test_who_cannot_be_answered_at_once_goes_the_long_way_with_what_was_decided() -> None:
    turns = _Turns()
    turns.short = False
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        assert turns.called[-1](True) is False
        await reader.readuntil(b"long")
    assert turns.on == [False]


async def test_what_never_waits_does_not() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer, "/never")
        await reader.readuntil(b"short")
    assert not turns.called


async def test_a_body_that_is_not_here_yet_goes_the_long_way() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer, part=slice(-2))
        await reader.readuntil(b"long")
        assert not turns.called
        _ask(writer, part=slice(-2, None))
        turns.open = True
        _ask(writer)
        await reader.readuntil(b"200 OK")


async def test_more_of_the_same_connection_takes_the_waiting_one_the_long_way() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        _ask(writer)
        await reader.readuntil(b"long")
        assert turns.called[0](True) is True
        await reader.readuntil(b"long")
    assert not turns.on, "whoever was called in vain has decided nothing"


async def test_who_has_gone_is_not_answered() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, _, writer):
        _ask(writer)
        await turns.wanted.wait()
        writer.transport.abort()
        await until(lambda: not door.crowd.size)
        assert turns.called[0](True) is True
    assert not turns.on


async def test_at_the_end_who_waits_is_told_that_it_is_the_end() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        door.say_goodbye()
        answer = await reader.read()
        assert b"Connection: close" in answer
        assert answer.endswith(b"long")
    assert turns.handed_over >= 1
    assert turns.on == [False]
