"""One connection to a Redis for all who ask: what is asked goes out at once, and answers come back in the same order.

Nobody waits for a connection to be made or to become free, and who no longer waits for an answer leaves the connection
as it is.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias
from urllib.parse import unquote, urlsplit

from service.secrets import Secret

if TYPE_CHECKING:
    from redis.asyncio import Connection

Open: TypeAlias = "Callable[[], Connection]"
Command: TypeAlias = Sequence[Any]
_MOST: Final = 10_000  # commands under way; more than that is no delay but a fault


class Line:
    """An open connection, until something goes wrong with it or it is closed.

    Then ``ended`` is called once with what went wrong, and whether nobody was waiting for anything; not by ``close``.
    """

    def __init__(self, connection: "Connection", ended: Callable[[Exception, bool], None]) -> None:
        self._connection, self._ended = connection, ended
        self._unsent: list[Command] = []
        self._awaited: deque[asyncio.Future[Any]] = deque()
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._trouble: Exception | None = None

    @classmethod
    async def opened(cls, make: Open, ended: Callable[[Exception, bool], None]) -> Self:
        """By the connection that ``make`` makes. Raises what keeps it from being opened; it has no bound in time."""
        connection = make()
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        line, loop = cls(connection, ended), asyncio.get_running_loop()
        line._tasks = [loop.create_task(line._send()), loop.create_task(line._hear())]
        return line

    async def said(self, commands: Sequence[Command]) -> list[Any]:
        """What Redis says to each, in order. Raises the first error among them, and what went wrong with the line."""
        if self._trouble is None and len(self._awaited) + len(commands) > _MOST:
            self._end(ConnectionError("it says nothing any more"))
        if self._trouble is not None:
            raise self._trouble
        loop = asyncio.get_running_loop()
        replies = [loop.create_future() for _ in commands]
        self._awaited.extend(replies)
        self._unsent.extend(commands)
        self._wanted.set()
        said = await asyncio.gather(*replies, return_exceptions=True)
        for each in said:
            if isinstance(each, BaseException):
                raise each
        return said

    async def close(self) -> None:
        """Nothing of it is left on return."""
        self._trouble = self._trouble or ConnectionError("closed")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._connection.disconnect(nowait=True)
        self._fail(self._trouble)

    async def _send(self) -> None:
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                commands, self._unsent = self._unsent, []
                await self._connection.send_packed_command(self._connection.pack_commands(commands))
        except Exception as error:  # noqa: BLE001  redis-py raises many things: whoever waits is told
            self._end(error)

    async def _hear(self) -> None:
        from redis.exceptions import ResponseError  # noqa: PLC0415  an extra

        try:
            while True:
                try:
                    reply: Any = await self._connection.read_response()
                except ResponseError as error:
                    reply = error
                if not self._awaited:
                    raise ConnectionError("it speaks without being asked")
                _settle(self._awaited.popleft(), reply)
        except Exception as error:  # noqa: BLE001  whatever listens there may say anything: whoever waits is told
            self._end(error)

    def _end(self, error: Exception) -> None:
        if self._trouble is None:
            self._trouble = error
            idle = not self._awaited
            self._fail(error)
            self._ended(error, idle)

    def _fail(self, error: Exception) -> None:
        while self._awaited:
            _settle(self._awaited.popleft(), error)


def _settle(waits: "asyncio.Future[Any]", reply: Any) -> None:
    """For whoever still waits."""
    if waits.done():
        return
    if isinstance(reply, Exception):
        waits.set_exception(reply)
    else:
        waits.set_result(reply)


def opener(url: str, username: str | None, password: Secret | None, ca: str | None) -> Open:
    """What makes a connection to the Redis at ``url``; it has no bounds in time, and never tries twice."""
    from redis.asyncio import Connection, SSLConnection  # noqa: PLC0415  an extra

    parts = urlsplit(url)
    knobs: dict[str, Any] = {
        "host": unquote(parts.hostname or ""),
        "port": parts.port or 6379,
        "db": int(parts.path.strip("/") or 0),
        "username": username,
        "password": password.reveal() if password else None,
        "protocol": 2,
        "socket_timeout": None,
        "socket_connect_timeout": None,
    }
    if parts.scheme == "rediss":
        return lambda: SSLConnection(ssl_ca_certs=ca, ssl_check_hostname=True, **knobs)
    return lambda: Connection(**knobs)
