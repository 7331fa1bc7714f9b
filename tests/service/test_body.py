"""The body of a request, whole and capped."""

import gzip

import aiohttp
import pytest
from aiohttp import web

from protocols.errors import RequestError
from service.addresses import ListenAddress
from service.body import encoding, whole
from service.door import Door

LIMIT = 1000


async def _echo(request: web.BaseRequest) -> web.Response:
    try:
        return web.Response(body=encoding(request).encode() + b":" + await whole(request, LIMIT))
    except RequestError as error:
        return web.Response(status=400, text=error.fault.value)


@pytest.mark.parametrize(
    ("body", "encoded", "answer"),
    [
        (b"", "", b":"),
        (b"x" * LIMIT, "", b":" + b"x" * LIMIT),
        (b"x" * (LIMIT + 1), "", b"too-large"),
        (gzip.compress(b"x" * LIMIT, mtime=0), "GZip", b"gzip:" + b"x" * LIMIT),
        (gzip.compress(b"x" * 10**7, mtime=0), "gzip", b"too-large"),
        (b"no gzip", "gzip", b"malformed"),
        (b"x", "other", b"unsupported-type"),
    ],
)
async def test_what_is_read(body: bytes, encoded: str, answer: bytes) -> None:
    headers = {"Content-Encoding": encoded} if encoded else {}
    async with (
        Door(_echo, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.post(f"http://{door.addresses[0]}/", data=body, headers=headers) as response,
    ):
        assert await response.read() == answer
