"""A line to a server on which everything takes a while, and which counts how often it is asked after an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class SlowLine:
    """From ``port`` to ``target``: what the server says comes ``delay`` seconds late."""

    target: int
    delay: float = 0.0
    port: int = 0
    turns: int = 0
    _theirs: bool = True
    _open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", self.target)
        self._open += [writer, to_far]
        await asyncio.gather(self._asked(reader, to_far), self._answered(far, writer), return_exceptions=True)

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            if b"SETINFO" not in data:  # the greeting of a new connection
                self.turns, self._theirs = self.turns + self._theirs, False
            writer.write(data)
        writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            self._theirs = data != b"+OK\r\n" * data.count(b"+OK\r\n")
            asyncio.get_running_loop().call_later(self.delay, writer.write, data)
        writer.close()


@asynccontextmanager
async def slow_line(target: int) -> AsyncIterator[SlowLine]:
    """A line to the port ``target``, ended with the block."""
    line = SlowLine(target)
    async with await asyncio.start_server(line._meet, "127.0.0.1", 0) as server:
        line.port = server.sockets[0].getsockname()[1]
        yield line
        for writer in line._open:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in line._open), return_exceptions=True)
