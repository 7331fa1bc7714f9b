"""What can be answered at once is; everything else finds its request whole, in its order, on the long way."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.http_parser import RawRequestMessage

from service.addresses import ListenAddress
from service.door import Door, Limits, Patience
from service.prompt import Shortcut
from service.visit import proved
from tests.service.test_visit import HELLO, LONG, SHORT, Caller, calling


@dataclass
class Parrot:
    """Answers at once whose body begins with ``a``, and remembers whom it was asked about."""

    asked: list[bytes] = field(default_factory=list)

    def __call__(self, message: RawRequestMessage, body: bytes, peer: str) -> list[bytes] | None:
        assert peer == "127.0.0.1"
        self.asked.append(body)
        if not body.startswith(b"a"):
            return None
        return [b"HTTP/1.1 299 At Once\r\nContent-Length: %d\r\n\r\n" % len(body), body]


async def _known(request: web.BaseRequest) -> web.Response:
    if "Authorization" in request.headers:
        proved(request)
    return web.Response(text=f"the long way: {await request.text()}")


@contextlib.asynccontextmanager
async def prompt(parrot: Parrot) -> AsyncIterator[tuple[Door, Caller]]:
    """A door that answers at once what ``parrot`` can, and a caller that has proved itself there."""
    limits = Limits(patience=Patience(head=LONG, body=LONG, idle=LONG, linger=SHORT))
    async with (
        Door(_known, [ListenAddress("127.0.0.1", 0)], limits=limits, shortcut=Shortcut(at_once=parrot)) as door,
        calling(door) as caller,
    ):
        caller.send(HELLO[:-2] + b"Authorization: x\r\n\r\n")
        assert await caller.status() == 200
        yield door, caller


def posted(body: bytes, more: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n%b" % (len(body), more, body)


async def test_what_can_be_answered_at_once_is_and_the_rest_takes_the_long_way() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        for body, status in ((b"ab", 299), (b"b", 200), (b"ac", 299), (b"", 200), (b"ad", 299)):
            caller.send(posted(body))
            assert await caller.status() == status
    assert parrot.asked == [b"ab", b"b", b"ac", b"", b"ad"]


async def test_a_stranger_is_never_answered_at_once() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (door, _), calling(door) as stranger:
        for _ in range(2):
            stranger.send(posted(b"ab"))
            assert await stranger.status() == 200
    assert parrot.asked == []


async def test_whoever_takes_the_long_way_finds_the_body_whole() -> None:
    async with prompt(Parrot()) as (_, caller):
        body = b"b" * 300_000
        caller.send(posted(body) + posted(b"", b"Connection: close\r\n"))
        assert body in await caller.rest()


async def test_a_body_that_comes_in_pieces_and_requests_that_come_together_keep_their_order() -> None:
    async with prompt(Parrot()) as (_, caller):
        together = posted(b"ab") + posted(b"b") + posted(b"ac")
        for cut in (5, 60, len(together) - 1):
            caller.send(together[:cut])
            await asyncio.sleep(SHORT / 10)
            caller.send(together[cut:])
            bodies = []
            for _ in range(3):
                head = await caller.reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                bodies.append((await caller.reader.readexactly(length))[-2:])
            assert bodies == [b"ab", b" b", b"ac"]


async def test_a_short_body_that_comes_after_its_head_is_waited_for() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        for body, status in ((b"ab" * 30_000, 299), (b"b", 200), (b"ac", 299)):
            whole = posted(body)
            for piece in (whole[:-1], whole[-1:]):
                caller.send(piece)
                await asyncio.sleep(SHORT / 10)
            assert await caller.status() == status
    assert [body[:2] for body in parrot.asked] == [b"ab", b"b", b"ac"]


@pytest.mark.parametrize("more", [b"Expect: 100-continue\r\n", b"Transfer-Encoding: chunked\r\n"])
async def test_a_body_that_waits_or_of_unknown_length_is_read_on_the_long_way(more: bytes) -> None:
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        if b"Expect" in more:
            caller.send(posted(b"a" * 10, more)[:-10])
            await asyncio.sleep(SHORT / 10)
            caller.send(b"a" * 10)
        else:
            caller.send(b"POST / HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n1\r\na\r\n")
            await asyncio.sleep(SHORT / 10)
            caller.send(b"0\r\n\r\n")
        assert await caller.status() == 200
    assert parrot.asked == []


async def test_a_body_that_never_comes_ends_the_wait_for_it() -> None:
    limits = Limits(patience=Patience(head=LONG, body=SHORT, idle=LONG, linger=SHORT))
    parrot = Parrot()
    async with (
        Door(_known, [ListenAddress("127.0.0.1", 0)], limits=limits, shortcut=Shortcut(at_once=parrot)) as door,
        calling(door) as caller,
    ):
        caller.send(HELLO[:-2] + b"Authorization: x\r\n\r\n")
        assert await caller.status() == 200
        caller.send(posted(b"ab")[:-1])
        async with asyncio.timeout(LONG):
            await caller.rest()
    assert parrot.asked == []


@pytest.mark.parametrize("size", [10, 700_000])
async def test_what_is_compressed_is_read_on_the_long_way(size: int) -> None:
    parrot, packed = Parrot(), gzip.compress(b"a" * size)
    async with prompt(parrot) as (_, caller):
        for cut in (60, len(posted(packed)) - 1):
            whole = posted(packed, b"Content-Encoding: gzip\r\n")
            for piece in (whole[:cut], whole[cut:]):
                caller.send(piece)
                await asyncio.sleep(SHORT / 10)
            assert await caller.status() == 200
    assert parrot.asked == []


async def test_a_length_of_many_noughts_is_what_it_says() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        whole = posted(b"ab").replace(b"Length: 2", b"Length: " + b"0" * 5_000 + b"2")
        caller.send(whole[:-1])
        await asyncio.sleep(SHORT / 10)
        caller.send(whole[-1:])
        assert await caller.status() == 299


async def test_whose_body_is_on_its_way_while_the_door_closes_is_answered() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (door, caller):
        caller.send(posted(b"ab")[:-1])
        await asyncio.sleep(SHORT / 10)
        door.say_goodbye()
        caller.send(posted(b"ab")[-1:])
        assert b"the long way: ab" in await caller.rest()


async def test_who_goes_before_its_body_has_come_leaves_nothing_behind() -> None:
    parrot = Parrot()
    async with prompt(parrot) as (door, caller):
        caller.send(posted(b"ab")[:-1])
        await asyncio.sleep(SHORT / 10)
        caller.writer.transport.abort()
        async with calling(door) as other:
            other.send(HELLO)
            assert await other.status() == 200
    assert parrot.asked == []


class _Followed(web.Response):
    """An answer that the caller has already answered with its next request before anybody waits for that."""

    def __init__(self, visit: web.RequestHandler, *pieces: bytes) -> None:
        super().__init__(text="followed")
        self._visit, self._pieces = visit, pieces

    async def write_eof(self, data: bytes = b"") -> None:
        """As every answer's."""
        await super().write_eof(data)
        for piece in self._pieces:
            asyncio.get_running_loop().call_soon(self._visit.data_received, piece)


@pytest.mark.parametrize("cut", [10, 60, None])
@pytest.mark.parametrize("keeps", [True, False])
async def test_who_asks_again_as_soon_as_it_is_answered_leaves_the_long_way(cut: int | None, keeps: bool) -> None:
    following = posted(b"a" * 60)

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        proved(request)
        response = _Followed(request.protocol, *filter(None, (following[:cut], following[cut:] if cut else b"")))
        if not keeps:
            response.force_close()
        return response

    parrot = Parrot()
    async with (
        Door(answer, [ListenAddress("127.0.0.1", 0)], shortcut=Shortcut(at_once=parrot)) as door,
        calling(door) as caller,
    ):
        caller.send(HELLO)
        assert await caller.status() == 200
        if keeps:
            assert await caller.status() == 299
        else:
            assert await caller.rest() == b""
    assert parrot.asked == [b"a" * 60] * keeps


@pytest.mark.parametrize(
    "more", [b"Connection: close\r\n", b"Content-Encoding: gzip\r\n", b"Connection: upgrade\r\nUpgrade: websocket\r\n"]
)
async def test_what_is_unusual_takes_the_long_way(more: bytes) -> None:
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        caller.send(posted(b"ab", more))
        await caller.status()
    assert parrot.asked == []


async def test_who_takes_no_answers_is_not_answered_at_once_for_ever() -> None:
    """A caller that asks on and on and reads nothing fills no memory of ours: its turn comes when it reads."""
    parrot = Parrot()
    async with prompt(parrot) as (_, caller):
        body = b"a" * 60_000
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 2_000:
                caller.send(posted(body))
                sent += 1
                async with asyncio.timeout(0.2):
                    await caller.writer.drain()
        assert sent < 2_000
        assert len(parrot.asked) < sent
        caller.writer.transport.abort()


async def test_a_connection_that_rests_too_long_is_closed_after_an_answer_at_once() -> None:
    limits = Limits(patience=Patience(head=LONG, body=LONG, idle=4 * SHORT, linger=SHORT))
    at_once = Parrot()
    async with (
        Door(_known, [ListenAddress("127.0.0.1", 0)], limits=limits, shortcut=Shortcut(at_once=at_once)) as door,
        calling(door) as caller,
    ):
        caller.send(HELLO[:-2] + b"Authorization: x\r\n\r\n")
        assert await caller.status() == 200
        caller.send(posted(b"ab"))
        assert await caller.status() == 299
        assert await caller.rest() == b""
