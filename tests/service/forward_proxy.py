"""A forward proxy over real sockets: CONNECT only, one user, and one place where all ways lead."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.relay import relayed


@dataclass(slots=True)
class ForwardProxy:
    """``url`` holds the user; ``asked`` are the places it was asked the way to."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def forward_proxy(port: int) -> AsyncIterator[ForwardProxy]:
    """A proxy whose ways all lead to ``port`` on 127.0.0.1, whatever name is asked for."""
    proxy = ForwardProxy()
    wanted = "Basic " + base64.b64encode(b"busy:line@home").decode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, place, _ = head.split(" ", 2)
        if f"proxy-authorization: {wanted}".lower() not in head.lower() or method != "CONNECT":
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        proxy.asked.append(place)
        there = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await relayed((reader, writer), there)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    proxy.url = f"http://busy:line%40home@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
