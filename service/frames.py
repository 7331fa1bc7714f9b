"""Messages between two processes of ours over a pipe: each a JSON object behind its length, whole or not at all."""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import orjson

LONGEST: Final = 64 * 1024 * 1024
"""Bytes of one message, and of all that may wait for the other side."""
_HEAD: Final = 4

Message: TypeAlias = Mapping[str, Any]
Tell: TypeAlias = Callable[[Message], bool]
"""Hands over a message to the other process, later or never; whether it was taken."""


def framed(message: Message) -> bytes:
    """The message on its way. Raises ValueError where it is longer than :data:`LONGEST`."""
    data = orjson.dumps(message)
    if len(data) > LONGEST:
        raise ValueError(f"a message of {len(data)} bytes is too long for a pipe")
    return len(data).to_bytes(_HEAD, "big") + data


async def heard(stream: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next message; None where the other side is gone. Raises ValueError for what is no message."""
    try:
        size = int.from_bytes(await stream.readexactly(_HEAD), "big")
        if size > LONGEST:
            raise ValueError(f"a message of {size} bytes is too long for a pipe")
        found = orjson.loads(await stream.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    if not isinstance(found, dict):
        raise ValueError("no message: it is no JSON object")
    return found


def write_now(descriptor: int, message: Message) -> None:
    """Write the message where no event loop runs, and wait until it is taken. Raises OSError."""
    left = memoryview(framed(message))
    os.set_blocking(descriptor, True)  # a loop that had the pipe has made it not wait
    while left:
        left = left[os.write(descriptor, left) :]


class Line:
    """This end of two pipes, inside an event loop: what comes, in order, and what goes without ever waiting."""

    def __init__(
        self,
        stream: asyncio.StreamReader,
        incoming: asyncio.BaseTransport,
        out: asyncio.WriteTransport,
        hung_up: asyncio.Event,
    ) -> None:
        self._stream, self._incoming, self._out, self._hung_up = stream, incoming, out, hung_up

    @classmethod
    async def opened(cls, incoming: int, outgoing: int) -> "Line":
        """Over the two descriptors, which belong to the line from now on."""
        loop = asyncio.get_running_loop()
        stream = asyncio.StreamReader()
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(incoming, "rb", 0)
        )
        out, end = await loop.connect_write_pipe(_End, os.fdopen(outgoing, "wb", 0))
        return cls(stream, reading, out, end.hung_up)

    def tell(self, message: Message) -> bool:
        """See :data:`Tell`: what does not fit beside all that waits already is not taken."""
        data = framed(message)
        if self._out.is_closing() or self._out.get_write_buffer_size() + len(data) > LONGEST:
            return False
        self._out.write(data)
        return True

    async def heard(self) -> dict[str, Any] | None:
        """See :func:`heard`."""
        return await heard(self._stream)

    async def close(self) -> None:
        """Hang up, and wait until the other side has taken what was told before, or is gone."""
        self._incoming.close()
        self._out.close()
        await self._hung_up.wait()


class _End(asyncio.BaseProtocol):
    def __init__(self) -> None:
        self.hung_up = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """All is written, or nobody is there to read it."""
        self.hung_up.set()
