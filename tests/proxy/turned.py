"""A turnstile behind a real door, with a server whose answers take as long of a clock as a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from multidict import CIMultiDictProxy

from proxy.asking import ASKING
from proxy.turnstile import Turnstile
from service.addresses import ListenAddress
from service.door import Door
from service.prompt import Shortcut
from service.visit import proved


@dataclass
class Slow:
    """Answers a path with its own name, after ``cost`` seconds of :attr:`now`; at once where it begins with /once.

    What is broken raises an error.
    """

    cost: float = 0.003
    now: float = 100.0
    order: list[str] = field(default_factory=list)
    since: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    turned: list[tuple[str, timedelta]] = field(default_factory=list)
    waits: asyncio.Event | None = None

    def clock(self) -> float:
        """Seconds."""
        return self.now

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The long way."""
        proved(request)
        self._work(request.path)
        self.since.append(ASKING.get().since)
        self.waited.append(ASKING.get().waited)
        await request.read()
        if self.waits is not None:
            await self.waits.wait()
        return web.Response(text=request.path)

    def at_once(self, message: RawRequestMessage, body: bytes, peer: str) -> Sequence[bytes] | None:
        """The short one."""
        if not message.path.startswith("/once"):
            return None
        self._work(message.path)
        return [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(message.path), message.path.encode()]

    def turned_away(
        self, path: str, headers: CIMultiDictProxy[str], peer: str, *, wait: timedelta, waited: float
    ) -> web.Response:
        """503."""
        if "broken" in path:
            raise RuntimeError(path)
        self.turned.append((path, wait))
        return web.Response(status=503, text="later", headers={"Retry-After": "3"})

    def _work(self, path: str) -> None:
        if "broken" in path:
            raise RuntimeError(path)
        self.order.append(path)
        self.now += self.cost


async def until(true: Callable[[], bool]) -> None:
    """Let the event loop go round until it is so. AssertionError where it never is."""
    for _ in range(100_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be so")


class Client:
    """One connection; what is written is there before the server looks, since both share one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def ask(self, path: str, *, whose: str = "big", body: bytes = b"", more: str = "") -> None:
        """Send it; read nothing."""
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: {whose}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.writer.write(head.encode() + body)

    async def answer(self) -> tuple[int, str]:
        """Status and body of the next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split()[1]), (await self.reader.readexactly(length)).decode()


@asynccontextmanager
async def turning(
    server: Slow, *, queue: float = 60, weights: dict[str, float] | None = None
) -> AsyncIterator[tuple[Turnstile, Door]]:
    """The door while it is open; whose a request is, its Authorization says."""
    turns = Turnstile(
        server,
        queue=timedelta(seconds=queue),
        whose=lambda headers, _: headers.get("Authorization", ""),
        weights=weights,
        exempt=frozenset({"/healthz", "/readyz"}),
        clock=server.clock,
        chance=lambda: 0.5,
    )
    async with Door(
        turns.handle, [ListenAddress("127.0.0.1", 0)], shortcut=Shortcut(at_once=server.at_once, turns=turns)
    ) as door:
        yield turns, door


@asynccontextmanager
async def clients(door: Door, number: int) -> AsyncIterator[list[Client]]:
    """So many connections, each of which has been answered once: whoever asks there is known."""
    address = door.addresses[0]
    opened = [Client(*await asyncio.open_connection(address.host, address.port)) for _ in range(number)]
    try:
        for each in opened:
            each.ask("/hello")
            await each.answer()
        yield opened
    finally:
        for each in opened:
            each.writer.close()
