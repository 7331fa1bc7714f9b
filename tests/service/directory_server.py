"""A directory that says what a test tells it to, over TLS or before it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from protocols.ldap.ber import element, elements, integer, number, octets, size_of_message, tlv

BIND, UNBIND, SEARCH, ABANDON, EXTENDED = 0x60, 0x42, 0x63, 0x50, 0x77
DONE = {BIND: 0x61, SEARCH: 0x65, EXTENDED: 0x78}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its number, its kind, and its octets."""

    number: int
    kind: int
    body: bytes


def result(asked: Asked, code: int = 0, words: str = "") -> bytes:
    """The end of an answer."""
    return tlv(0x30, integer(asked.number), tlv(DONE[asked.kind], integer(code, 0x0A), octets(""), octets(words)))


def entry(asked: Asked, dn: str) -> bytes:
    """One entry of an answer, without attributes."""
    return tlv(0x30, integer(asked.number), tlv(0x64, octets(dn), tlv(0x30, b"")))


def reference(asked: Asked, url: str) -> bytes:
    """A part of the answer that lies elsewhere."""
    return tlv(0x30, integer(asked.number), tlv(0x73, octets(url)))


Talk = Callable[["Server", Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """``asked`` are the requests in order, ``lines`` how many connections there were; ``code`` answers sign-ins."""

    talk: Talk
    tls: ssl.SSLContext
    code: int = 0
    words: str = ""
    start_tls: bytes | None = None
    after: bytes = b""
    port: int = 0
    lines: int = 0
    asked: list[Asked] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.lines += 1
        try:
            while True:
                asked = await _request(reader)
                self.asked.append(asked)
                self.heard.set()
                if asked.kind == BIND:
                    writer.write(result(asked, self.code, self.words))
                elif asked.kind == EXTENDED:
                    code = self.code if self.start_tls is None else 0
                    writer.write(result(asked, code) + self.after)
                    await writer.drain()
                    await writer.start_tls(self.tls)
                elif asked.kind == SEARCH:
                    await self.talk(self, asked, writer)
                elif asked.kind == UNBIND:
                    break
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def kinds(self) -> list[int]:
        """The kinds of what was asked."""
        return [asked.kind for asked in self.asked]


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readexactly(2)
    size = size_of_message(head)
    if size is None:
        head += await reader.readexactly(head[1] & 0x7F)
        size = size_of_message(head)
    assert size is not None
    data = head + await reader.readexactly(size[1])
    _, start, stop = element(data, 0, len(data))
    (_, a, b), (tag, c, d), *_ = elements(data, start, stop)
    return Asked(number(data, a, b), tag, data[c:d])


@asynccontextmanager
async def serving(server: Server, *, plain: bool = False) -> AsyncIterator[Server]:
    """The server while it runs on a port of its own; with ``plain`` it begins without TLS."""
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=None if plain else server.tls)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
