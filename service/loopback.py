"""Waits on this machine for the browser that comes back from a sign-in, once, and hears nothing else (RFC 8252 7.3)."""

import asyncio
import secrets
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

_LONGEST: Final = 8_192  # bytes of a request's head
_PATIENCE: Final = 5.0  # seconds for a request's head
_PAGE: Final = b"You can close this window and go back to the terminal.\n"
_STRANGE: Final = b"Nothing is here.\n"


class Loopback:
    """A listener at 127.0.0.1 with a port of its own; use with ``async with``. Only who knows ``state`` is heard."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._told: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._hear, "127.0.0.1", 0, limit=_LONGEST)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where the browser has to be sent back to."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def told(self, seconds: float) -> dict[str, str]:
        """What the browser brought with it. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._told)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
            told = _query(head)
            ours = secrets.compare_digest(told.get("state", "").encode(), self._state.encode())
            status, page = (b"200 OK", _PAGE) if ours else (b"404 Not Found", _STRANGE)
            writer.write(b"HTTP/1.1 %b\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % (status, len(page)))
            writer.write(b"Cache-Control: no-store\r\nConnection: close\r\n\r\n" + page)
            await writer.drain()
            if ours and not self._told.done():
                self._told.set_result(told)
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # whoever it was, it was not the browser
        finally:
            writer.close()


def _query(head: bytes) -> dict[str, str]:
    method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    path, _, _ = rest.partition(" ")
    parts = urlsplit(path) if method == "GET" and path.startswith("/") else None
    return dict(parse_qsl(parts.query)) if parts is not None and parts.path == "/" else {}
