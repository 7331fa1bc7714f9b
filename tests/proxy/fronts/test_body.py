"""The body over real sockets: whole, decompressed, capped, and asked for where the caller waits."""

import asyncio
import gzip
import threading
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from protocols.errors import Fault, RequestError
from proxy.fronts.body import decoded, read_strangers_xml, read_xml
from service.addresses import ListenAddress
from service.door import Door, Limits, Patience

LIMIT = 1000
_PACKED = {"gzip": gzip.compress(b"<a/>"), "deflate": zlib.compress(b"<a/>"), "Identity": b"<a/>"}
XML = {"Content-Type": 'Text/XML; charset="utf-8"'}


async def _echo(request: web.BaseRequest) -> web.Response:
    try:
        return web.Response(body=await read_xml(request, LIMIT))
    except RequestError as error:
        return web.Response(status=400, text=error.fault.value)


@pytest.mark.parametrize(
    ("body", "headers", "status", "answer"),
    [
        (b"<a/>", XML, 200, b"<a/>"),
        (b"x" * LIMIT, XML, 200, b"x" * LIMIT),
        (b"x" * (LIMIT + 1), XML, 400, b"too-large"),
        (gzip.compress(b"x" * LIMIT, mtime=0), {**XML, "Content-Encoding": "gzip"}, 200, b"x" * LIMIT),
        (gzip.compress(b"x" * 10**8, mtime=0), {**XML, "Content-Encoding": "gzip"}, 400, b"too-large"),
        (b"this is no gzip", {**XML, "Content-Encoding": "gzip"}, 400, b"malformed"),
        (b"<a/>", {"Content-Type": "text/html"}, 400, b"unsupported-type"),
        (b"<a/>", {"Content-Type": "application/soap+xml; action=x"}, 200, b"<a/>"),
    ],
)
async def test_what_is_read(body: bytes, headers: dict[str, str], status: int, answer: bytes) -> None:
    async with (
        Door(_echo, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(f"http://{door.addresses[0]}/", data=body, headers=headers) as response,
    ):
        assert (response.status, await response.read()) == (status, answer)


@pytest.mark.parametrize(
    ("encoding", "answer"), [("gzip", "unsupported-type"), ("deflate", "unsupported-type"), ("Identity", "<a/>")]
)
async def test_what_a_stranger_compressed_is_not_read(encoding: str, answer: str) -> None:
    async def read(request: web.BaseRequest) -> web.Response:
        try:
            return web.Response(body=await read_strangers_xml(request, LIMIT))
        except RequestError as error:
            return web.Response(status=400, text=error.fault.value)

    async with (
        Door(read, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(
            f"http://{door.addresses[0]}/", data=_PACKED[encoding], headers={**XML, "Content-Encoding": encoding}
        ) as response,
    ):
        assert await response.text() == answer


@pytest.mark.parametrize(("size", "same"), [(64 * 1024, True), (64 * 1024 + 1, False)])
async def test_a_large_body_is_decoded_in_a_thread(size: int, same: bool) -> None:
    where = await decoded(lambda data: (len(data), threading.get_ident()), b"x" * size)
    assert (where[0], where[1] == threading.get_ident()) == (size, same)


async def test_a_body_in_chunks_is_capped_as_it_comes() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async with (
        Door(_echo, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(f"http://{door.addresses[0]}/", data=chunks(), headers=XML) as response,
    ):
        assert await response.text() == "too-large"


async def test_a_caller_that_waits_is_told_to_go_on() -> None:
    async with (
        Door(_echo, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(f"http://{door.addresses[0]}/", data=b"<a/>", headers=XML, expect100=True) as response,
    ):
        assert await response.text() == "<a/>"


async def test_a_caller_that_hangs_up_half_way_is_no_fault_of_ours() -> None:
    told: asyncio.Future[Fault] = asyncio.get_running_loop().create_future()

    async def read(request: web.BaseRequest) -> web.Response:
        with pytest.raises(RequestError) as refused:
            await read_xml(request, LIMIT)
        told.set_result(refused.value.fault)
        return web.Response()

    async with Door(read, [ListenAddress("127.0.0.1", 0)]) as door:
        _, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<a>")
        await writer.drain()
        writer.close()
        async with asyncio.timeout(10):
            assert await told is Fault.MALFORMED


async def test_a_body_that_does_not_come_in_time_is_too_slow() -> None:
    limits = Limits(patience=Patience(body=0.05))
    async with Door(_echo, [ListenAddress("127.0.0.1", 0)], limits=limits) as door:
        reader, writer = await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<a>")
        async with asyncio.timeout(10):
            assert (await reader.read()).endswith(b"too-slow")
        writer.close()


@pytest.mark.parametrize("encoding", ["compress", "gzip, gzip", "aes128gcm", "x-gzip"])
async def test_an_encoding_that_nobody_reads_is_said_to_be_one(encoding: str) -> None:
    async with (
        Door(_echo, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(
            f"http://{door.addresses[0]}/", data=b"<a/>", headers={**XML, "Content-Encoding": encoding}
        ) as response,
    ):
        assert await response.text() == "unsupported-type"
