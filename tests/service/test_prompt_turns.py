"""Who says whose turn it is decides when a request is answered, and that it waits before anything is made of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
import structlog
from aiohttp import web
from aiohttp.http_parser import RawRequestMessage

from service.addresses import ListenAddress
from service.door import Door, Limits, Patience
from service.prompt import Called, Outcome, Place, PromptVisit, Shortcut
from service.visit import proved
from tests.proxy.turned import until
from tests.service.test_visit import SHORT


class _Place:
    """Where a request waits until the test calls it."""

    def __init__(self, called: Called) -> None:
        self.called, self.left = called, False

    def leave(self) -> None:
        self.left = True


class _Turns:
    """Shut unless opened."""

    def __init__(self) -> None:
        self.open = self.short = True
        self.places: list[_Place] = []
        self.begun: list[object] = []  # on the long way: where each had waited
        self.wanted = asyncio.Event()

    def at_once(self, message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        return [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"short"] if self.short else None

    def refusal(self, message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        return [b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n", b"no"]

    def is_open(self) -> bool:
        return self.open

    def wait(self, message: RawRequestMessage, peer: str, called: Called) -> Place:
        self.places.append(_Place(called))
        self.wanted.set()
        return self.places[-1]

    def hand_over(self) -> None:
        self.open = True
        for place in self.places:
            place.called(True)

    async def long(self, request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request.protocol, PromptVisit)
        self.begun.append(request.protocol.begin())
        if request.path != "/stranger":
            proved(request)
        return web.Response(text="long")


@asynccontextmanager
async def _opened(turns: _Turns, limits: Limits | None = None) -> AsyncIterator[Door]:
    shortcut = Shortcut(at_once=turns.at_once, turns=turns)
    address = ListenAddress("127.0.0.1", 0)
    async with Door(turns.long, [address], shortcut=shortcut, limits=limits) as door:
        yield door


@asynccontextmanager
async def _visiting(
    turns: _Turns, limits: Limits | None = None
) -> AsyncIterator[tuple[Door, asyncio.StreamReader, asyncio.StreamWriter]]:
    async with asyncio.timeout(10), _opened(turns, limits) as door:
        reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        _ask(writer)
        await reader.readuntil(b"long")  # known from here on
        turns.open = False
        turns.begun.clear()
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
    assert not turns.places


async def test_who_is_called_is_answered_and_who_never_will_be_is_refused() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        for admitted, told in ((True, b"short"), (False, b"no"), (True, b"short")):
            turns.wanted.clear()
            _ask(writer)
            await turns.wanted.wait()
            assert turns.places[-1].called(admitted) is Outcome.ANSWERED
            assert (await reader.readuntil(told)).startswith(b"HTTP/1.1 ")
    assert not turns.begun


async def test_who_cannot_be_answered_at_once_goes_the_long_way_with_what_was_decided() -> None:
    turns = _Turns()
    turns.short = False
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        assert turns.places[-1].called(True) is Outcome.UNDER_WAY
        await reader.readuntil(b"long")
        turns.open = True
        _ask(writer)
        await reader.readuntil(b"long")
    assert turns.begun == [turns.places[0], None], "what was decided holds for one request"


async def test_a_body_that_is_not_here_yet_has_no_turn_before_it_is() -> None:
    turns = _Turns()
    async with _visiting(turns) as (_, reader, writer):
        _ask(writer, part=slice(-2))
        await asyncio.sleep(0.05)
        assert not turns.places
        _ask(writer, part=slice(-2, None))
        await turns.wanted.wait()
        assert turns.places[0].called(True) is Outcome.ANSWERED
        await reader.readuntil(b"short")
        assert turns.begun == []


async def test_more_of_the_same_connection_leaves_the_waiting_one_in_its_place() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        _ask(writer)
        _ask(writer)
        await _read(door, 4)
        assert not turns.begun
        assert turns.places[0].called(True) is Outcome.ANSWERED
        await reader.readuntil(b"short")
        for _ in range(2):
            await reader.readuntil(b"long")
    assert turns.begun == [None, None], "these have not waited yet"


@pytest.mark.parametrize("more", [b"GET / HT", b"X" * 30_000, b"nonsense\r\n\r\n"])
async def test_whatever_else_comes_on_the_connection_calls_nobody(more: bytes) -> None:
    turns = _Turns()
    async with _visiting(turns, Limits(patience=Patience(head=SHORT))) as (_, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        writer.write(more)
        await asyncio.sleep(3 * SHORT)  # for the head, which never comes
        assert not turns.begun
        assert turns.places[0].called(True) is Outcome.ANSWERED
        answers = await reader.read()
        assert answers.index(b"short") < answers.index(b"HTTP/1.0 4")


async def test_who_has_gone_has_left_and_is_not_answered() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, _, writer):
        _ask(writer)
        await turns.wanted.wait()
        writer.transport.abort()
        await until(lambda: not door.crowd.size)
        assert turns.places[0].left
        assert turns.places[0].called(True) is Outcome.GONE
    assert not turns.begun


async def test_who_waits_for_its_turn_does_not_rest() -> None:
    turns = _Turns()
    async with _visiting(turns, Limits(patience=Patience(idle=4 * SHORT))) as (_, reader, writer):
        for called in (True, False):
            turns.wanted.clear()
            _ask(writer)
            await turns.wanted.wait()
            await asyncio.sleep(10 * SHORT)
            assert turns.places[-1].called(called) is Outcome.ANSWERED
            await reader.readuntil(b"short" if called else b"no")
        assert await reader.read() == b"", "but then it does"


async def test_a_stranger_that_was_refused_rests_for_a_short_time() -> None:
    turns = _Turns()
    turns.open = False
    limits = Limits(patience=Patience(stranger=SHORT))
    async with asyncio.timeout(10), _opened(turns, limits) as door:
        reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        _ask(writer, "/stranger")
        await turns.wanted.wait()
        turns.places[0].called(False)
        assert (await reader.read()).endswith(b"no")
        writer.close()


async def test_a_stranger_that_was_refused_gives_its_place_to_a_newcomer() -> None:
    turns = _Turns()
    turns.open = False
    async with asyncio.timeout(10), _opened(turns, Limits(connections=1)) as door:
        reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        _ask(writer, "/stranger")
        await turns.wanted.wait()
        turns.places[0].called(False)
        await reader.readuntil(b"no")
        turns.open = True
        newcomer, asking = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        _ask(asking)
        await newcomer.readuntil(b"long")
        asking.close()
        writer.close()


async def test_whoever_breaks_is_met_again_on_the_long_way() -> None:
    turns = _Turns()

    def broken(message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        raise RuntimeError("whatever it is")

    turns.at_once = turns.refusal = broken  # type: ignore[method-assign]  # the double's own
    with structlog.testing.capture_logs() as events:
        async with _visiting(turns) as (_, reader, writer):
            for admitted in (True, False):
                turns.wanted.clear()
                _ask(writer)
                await turns.wanted.wait()
                assert turns.places[-1].called(admitted) is Outcome.UNDER_WAY
                await reader.readuntil(b"long")
            turns.open = True
            _ask(writer)
            await reader.readuntil(b"long")
    assert [event["event"] for event in events] == ["not_answered_at_once"] * 3


async def test_who_waits_after_goodbye_is_answered_before_the_end_and_told_that_it_is_the_end() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, reader, writer):
        _ask(writer)
        await turns.wanted.wait()
        door.say_goodbye()
        assert not turns.begun, "until the end turns are as they were"
        turns.places[0].called(True)
        answer = await reader.read()
    assert b"Connection: close" in answer
    assert answer.endswith(b"long")


async def test_nobody_who_waits_when_the_door_closes_is_dropped() -> None:
    turns = _Turns()
    async with _visiting(turns) as (door, reader, writer):
        _ask(writer)
        late, asking = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        await turns.wanted.wait()
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        await asyncio.sleep(SHORT)
        _ask(asking, "/stranger")
        for each in (reader, late):
            answer = await each.read()
            assert b"Connection: close" in answer
            assert answer.endswith(b"long")
        await closing
        asking.close()
    assert len(turns.places) == 2


async def _read(door: Door, requests: int) -> None:
    """Until so many requests of one connection are read."""
    await until(lambda: sum(visit._request_count for visit in door._origins) == requests)
