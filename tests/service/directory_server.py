"""A directory that says what a test tells it to, over TLS or before it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1_modules import rfc2251

BIND, UNBIND, SEARCH, ABANDON, EXTENDED = (
    "bindRequest",
    "unbindRequest",
    "searchRequest",
    "abandonRequest",
    "extendedReq",
)
DELETE = "delRequest"
PLAIN = {0x42: UNBIND, 0x50: ABANDON, 0x4A: DELETE}  # not constructed, as which pyasn1-modules has them
DONE = {
    BIND: "bindResponse",
    SEARCH: "searchResDone",
    EXTENDED: "extendedResp",
    "addRequest": "addResponse",
    "modifyRequest": "modifyResponse",
    DELETE: "delResponse",
    "modDNRequest": "modDNResponse",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its number, its kind, its fields as RFC 2251 has them, and what extends it, by OID."""

    number: int
    kind: str
    body: Any = None
    controls: Mapping[str, tuple[bool, bytes | None]] = field(default_factory=dict)


def result(asked: Asked, code: int = 0, words: str = "", *, controls: Mapping[str, bytes] | None = None) -> bytes:
    """The end of an answer."""
    message, body = _answer(asked, DONE[asked.kind])
    body["resultCode"], body["matchedDN"], body["errorMessage"] = code, b"", words.encode()
    for position, (oid, value) in enumerate((controls or {}).items()):
        message["controls"][position]["controlType"] = oid.encode()
        message["controls"][position]["controlValue"] = value
    return bytes(encoder.encode(message))


def entry(asked: Asked, dn: str, attributes: Mapping[str, Sequence[bytes]] | None = None) -> bytes:
    """One entry of an answer."""
    message, body = _answer(asked, "searchResEntry")
    body["objectName"] = dn.encode()
    body["attributes"].clear()
    for position, (name, values) in enumerate((attributes or {}).items()):
        body["attributes"][position]["type"] = name.encode()
        body["attributes"][position]["vals"].extend(values)
    return bytes(encoder.encode(message))


def reference(asked: Asked, *urls: str) -> bytes:
    """A part of the answer that lies elsewhere."""
    message, body = _answer(asked, "searchResRef")
    body.extend(url.encode() for url in urls)
    return bytes(encoder.encode(message))


def _answer(asked: Asked, kind: str) -> tuple[Any, Any]:
    message = rfc2251.LDAPMessage()
    message["messageID"] = asked.number
    return message, message["protocolOp"][kind]


Talk = Callable[["Server", Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """``asked`` are the requests in order, ``lines`` how many connections there were; ``code`` answers sign-ins.

    ``talk`` answers whatever else is asked.
    """

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
                elif asked.kind == UNBIND:
                    break
                elif asked.kind != ABANDON:
                    await self.talk(self, asked, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def kinds(self) -> list[str]:
        """The kinds of what was asked."""
        return [asked.kind for asked in self.asked]


async def _request(reader: asyncio.StreamReader) -> Asked:
    data = await reader.readexactly(2)
    size = data[1]
    if size > 0x7F:
        data += await reader.readexactly(size & 0x7F)
        size = int.from_bytes(data[2:], "big")
    return request_of(data + await reader.readexactly(size))


def request_of(data: bytes) -> Asked:
    """The request that ``data`` is."""
    content = data[2 + (data[1] & 0x7F if data[1] > 0x7F else 0) :]
    start = 2 + content[1]
    if content[start] in PLAIN:
        end = start + 2 + content[start + 1]
        return Asked(int.from_bytes(content[2:start], "big"), PLAIN[content[start]], content[start + 2 : end])
    message, _ = decoder.decode(data, asn1Spec=rfc2251.LDAPMessage())
    operation = message["protocolOp"]
    controls = {
        bytes(each["controlType"]).decode(): (
            bool(each["criticality"]),
            bytes(each["controlValue"]) if each["controlValue"].isValue else None,
        )
        for each in (message["controls"] if message["controls"].isValue else ())
    }
    return Asked(int(message["messageID"]), operation.getName(), operation.getComponent(), controls)


@asynccontextmanager
async def serving(server: Server, *, plain: bool = False) -> AsyncIterator[Server]:
    """The server while it runs on a port of its own; with ``plain`` it begins without TLS."""
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=None if plain else server.tls)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
