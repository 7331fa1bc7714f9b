"""The listening sockets: one handler behind every address, TLS in front of it, and a stop that lets answers finish."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from service.addresses import ListenAddress

SERVER_NAME = "Busyline"  # without a version: nobody outside needs to know it
_IDLE = 120.0  # seconds a connection may rest between requests
_BACKLOG = 1024
_LINGER = 1.0  # seconds an answered caller may still send a body that nobody reads; stopping waits for that too

_log = structlog.get_logger("busyline.door")

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Door:
    """An asynchronous context that listens while it is open.

    :attr:`addresses` are the real ones, in the order given: port 0 lets the system choose. Closing it stops listening
    at once and gives answers under way ``patience`` seconds.
    """

    def __init__(
        self,
        handler: Handler,
        addresses: Sequence[ListenAddress],
        *,
        tls: ssl.SSLContext | None = None,
        patience: float = 10.0,
    ) -> None:
        self._runner = web.ServerRunner(
            _Server(handler, access_log=None, keepalive_timeout=_IDLE, lingering_time=_LINGER)
        )
        self._wanted = tuple(addresses)
        self._tls = tls
        self._patience = patience
        self.addresses: tuple[ListenAddress, ...] = ()

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            for address in self._wanted:
                await web.TCPSite(
                    self._runner,
                    address.host,
                    address.port,
                    ssl_context=self._tls,
                    backlog=_BACKLOG,
                    reuse_address=True,
                ).start()
                host, port = self._runner.addresses[-1][:2]
                self.addresses = (*self.addresses, ListenAddress(str(host), int(port)))
        except BaseException:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for site in list(self._runner.sites):
            await site.stop()
        server = self._runner.server
        if server is not None:
            server.pre_shutdown()
            await server.shutdown(self._patience)
        await self._runner.cleanup()


class _Connection(RequestHandler):
    """aiohttp's, without a word of HTML and without a version where the request is no HTTP at all."""

    __slots__ = ()

    def log_exception(self, *args: Any, exc_info: BaseException | None = None, **_: Any) -> None:
        """What a caller sent beside a request that is answered already may be unreadable: that is no fault of ours."""
        if isinstance(exc_info, web.RequestPayloadError):
            _log.info("unreadable_body")
        else:
            _log.error("connection_failed", exc_info=exc_info)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        words = "the request is not readable\n" if status == 400 else "the request failed\n"
        response = web.Response(status=status, text=words, headers={"Server": SERVER_NAME})
        response.force_close()
        return response


class _Server(Server):
    def __init__(self, handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._options = options

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=asyncio.get_running_loop(), **self._options)
