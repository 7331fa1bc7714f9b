"""A published file without bounds: refused by name, before more of it is held than is ever taken."""

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from calsync.reports.telling import text
from calsync.spokes.ics import IcsSubscription
from protocols.http import Headers, HttpRequest, HttpResponse
from service.runs.states import RunState
from service.wire import MAX_ANSWER, Wire
from tests.calsync.bad_input.gate import vevent
from tests.calsync.bad_input.joint import joint, subjects
from tests.calsync.spokes.test_ics import URL
from tests.contracts.spoke_world import NOW, WINDOW
from tests.service.test_wire import Talk, peer

MB: Final = 1024 * 1024
FEED: Final = 64 * MB
_EVENT: Final = "SUMMARY:Number {0}\r\nDTSTART:20261109T120000Z\r\nDTEND:20261109T130000Z\r\nDESCRIPTION:" + "x" * 300
_HEAD: Final = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\n"


async def pieces() -> AsyncIterator[bytes]:
    """A feed of 64 MB, as it is written."""
    some = "\r\n".join(vevent(_EVENT.format(number), str(number)) for number in range(200)).encode() + b"\r\n"
    yield _HEAD
    for _ in range(FEED // len(some)):
        yield some
    yield b"END:VCALENDAR\r\n"


class Plain:
    """Sends it as it is. ``sent`` counts the bytes that went out before whoever asked hung up, of which there are fewer
    than ``goes_out``."""

    field = ""
    goes_out = MAX_ANSWER + 16 * MB

    def __init__(self) -> None:
        self.sent = 0

    def packed(self, piece: bytes) -> bytes:
        """What goes over the line for it."""
        return piece

    @property
    def talk(self) -> Talk:
        """See tests.service.test_wire.peer."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\n{self.field}\r\n".encode())
            try:
                async for piece in pieces():
                    writer.write(self.packed(piece))
                    await writer.drain()
                    self.sent += len(piece)
            except ConnectionError:
                pass  # nobody listens any more, which is what is looked for

        return talk


class Squeezed(Plain):
    """Sends it packed: so little goes over the line that all of it fits into its buffers, and much comes out of it."""

    field = "Content-Encoding: deflate\r\n"
    goes_out = FEED + MB

    def __init__(self) -> None:
        super().__init__()
        self._packer = zlib.compressobj()

    def packed(self, piece: bytes) -> bytes:
        return self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize("server", [Plain, Squeezed])
async def test_a_feed_of_64_mb_is_refused_by_name_and_not_read_to_its_end(server: type[Plain], tmp_path: Path) -> None:
    feed = server()
    async with joint("ics", tmp_path) as made, peer(feed.talk) as url, Wire() as wire:
        await made.fill()
        await made.sync()
        there = await subjects(made.well)

        async def elsewhere(request: HttpRequest) -> HttpResponse:
            return await wire.send(replace(request, url=url))

        before, made.bad.gate.send = made.bad.gate.send, elsewhere
        tracemalloc.start()
        try:
            report = await made.quiet()
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert report.state is RunState.FAILED
        assert "published could not be read: " in text(report)
        assert str(MAX_ANSWER) in text(report)
        assert most < MAX_ANSWER + 16 * MB, "what is taken at most, what lies in buffers, and no more"
        assert feed.sent < feed.goes_out
        assert await subjects(made.well) == there
        made.bad.gate.send = before
        await made.quiet(whole=True)


async def test_a_feed_that_is_taken_needs_no_more_than_a_few_times_its_size() -> None:
    events = "\r\n".join(vevent(_EVENT.format(number), str(number)) for number in range(1000)).encode()
    data = _HEAD + events + b"\r\nEND:VCALENDAR\r\n"

    async def send(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, Headers({"ETag": '"1"'}), data)

    async def known() -> Mapping[str, str]:
        return {}

    spoke, count = IcsSubscription("published", send, url=URL, clock=lambda: NOW), 0
    tracemalloc.start()
    try:
        async for page in spoke.changes("", known, WINDOW):
            count += len(page.items)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 1000
    assert most < 6 * len(data)
