"""Callers that never stop asking and forgive nothing: a question without a whole answer is counted, not repeated."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from bench.questions import EVENTS, HEADERS

_PATIENCE: Final = 20.0  # seconds for one question
_AWAY: Final = (OSError, EOFError, TimeoutError, ssl.SSLError)
_PATH: Final = "/EWS/Exchange.asmx"


@dataclass(slots=True)
class Steady:
    """``callers`` at ``host``:``port``, by TLS where there is a ``tls``; each body is about one mailbox.

    Every second caller keeps its connection until an answer says ``Connection: close``; the others open one for each
    question. Nobody asks a question twice: what a client may do about a connection that was closed on it is not done.
    """

    host: str
    port: int
    bodies: Sequence[bytes]
    callers: int = 8
    tls: ssl.SSLContext | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = "127.0.0.1"
    answered: int = 0
    moved_on: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    async def until(self, stop: asyncio.Event) -> None:
        """Ask; returns once everybody has the answer to the last question. Raises nothing but cancellation."""
        await asyncio.gather(*(self._caller(number, stop) for number in range(self.callers)))

    async def once(self) -> None:
        """One question of one caller."""
        await self._ask(None, 0, keeps=False)

    async def _caller(self, number: int, stop: asyncio.Event) -> None:
        line = None
        for turn in count(number):
            if stop.is_set():
                break
            line = await self._ask(line, turn, keeps=number % 2 == 0)
        if line is not None:
            await line.close()

    async def _ask(self, line: "_Line | None", turn: int, *, keeps: bool) -> "_Line | None":
        """Ask on ``line`` or a new one; what the next question may go by."""
        try:
            async with asyncio.timeout(_PATIENCE):
                line = line or await _Line.open(self.host, self.port, self.tls, self.source)
                if self._looked_at(await line.ask(self._request(turn, keeps=keeps))) and keeps:
                    return line
        except _AWAY as error:
            self.failed[f"{type(error).__name__}: {error}"] += 1
        self.moved_on += keeps
        if line is not None:
            await line.close()
        return None

    def _request(self, turn: int, *, keeps: bool) -> bytes:
        body = self.bodies[turn % len(self.bodies)]
        fields = {"Host": self.host, **HEADERS, **self.headers, "Content-Length": str(len(body))}
        if not keeps:
            fields["Connection"] = "close"
        lines = [f"POST {_PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        return "\r\n".join(lines).encode("ascii") + body

    def _looked_at(self, answer: tuple[int, bytes, bool]) -> bool:
        """Count it; whether the connection may be used again."""
        status, body, goes_on = answer
        counted = body.count(b">NoError<"), body.count(b"CalendarEvent>") // 2
        if status == 200 and counted == (1, EVENTS):
            self.answered += 1
        else:
            self.failed[f"HTTP {status}, {counted[0]} answers with {counted[1]} events"] += 1
        return goes_on


@dataclass(frozen=True, slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, host: str, port: int, tls: ssl.SSLContext | None, source: str) -> "_Line":
        return cls(*await asyncio.open_connection(host, port, ssl=tls, local_addr=(source, 0)))

    async def ask(self, request: bytes) -> tuple[int, bytes, bool]:
        """Status, body, and whether another question may follow. EOFError where the answer is not whole."""
        self.writer.write(request)
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        body = await self.reader.readexactly(int(fields.get("content-length", "0")))
        return int(head[0].split()[1]), body, fields.get("connection") != "close"

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()
