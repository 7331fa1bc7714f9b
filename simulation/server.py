"""The ground that the simulated servers stand on: a socket of their own, a journal, and the troubles of the network."""

import asyncio
from contextlib import suppress
from ssl import SSLContext
from types import TracebackType
from typing import Self

from aiohttp import web

from simulation.estate import Estate
from simulation.faults import Call, Faults, Trouble

_GARBAGE = b"\x00\xfe<{not an answer"
_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Please sign in.<br></body></html>"
_MAX_BODY = 16 * 2**20
_TRICKLE = 0.5  # seconds from byte to byte


class SimulatedServer:
    """A server on 127.0.0.1 with a port of its own, plain or with the TLS context given; use with ``async with``.

    ``calls`` is the journal of every request, ``faults`` the switches, ``most_at_once`` the highest number of questions
    that were being answered at the same time.
    """

    def __init__(self, estate: Estate, *, ssl: SSLContext | None = None) -> None:
        self.estate = estate
        self.calls: list[Call] = []
        self.faults = Faults()
        self.most_at_once = 0
        self._ssl = ssl
        self._now = 0
        self._closing = asyncio.Event()
        self._port = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._ssl)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        return f"http{'s' if self._ssl else ''}://127.0.0.1:{self._port}"

    @property
    def questions(self) -> list[Call]:
        """The calls of the journal that asked for somebody's time."""
        return [call for call in self.calls if self.is_question(call.path)]

    def is_question(self, path: str) -> bool:
        """Whether a request to ``path`` asks for somebody's time: the ones that the faults befall."""
        raise NotImplementedError

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        """The answer of a healthy server; ``trouble`` is one of those that only the dialect can act out."""
        raise NotImplementedError

    def throttled(self, request: web.Request) -> web.Response:
        """How this server says that there were too many requests."""
        raise NotImplementedError

    def broken(self, request: web.Request) -> web.Response:
        """How this server says that it failed."""
        raise NotImplementedError

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.path, headers, await request.read())
        self.calls.append(call)
        if not self.is_question(request.path):
            return await self._noted(call, await self.answer(request, call, None))
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await self._noted(call, await self.attend(request, call))
        finally:
            self._now -= 1

    async def _noted(self, call: Call, response: web.StreamResponse) -> web.StreamResponse:
        call.status = response.status
        return response

    async def attend(self, request: web.Request, call: Call) -> web.StreamResponse:
        """A question from its arrival to its answer, with the latency and the trouble that befall it."""
        await asyncio.sleep(self.faults.latency)
        call.addresses = self.addresses_in(request, call)
        trouble = self.faults.strike(call)
        if trouble is Trouble.HANG:
            await self._closing.wait()
        if trouble in (Trouble.HANG, Trouble.RESET):
            return _reset(request)
        if trouble is Trouble.THROTTLED:
            return self.throttled(request)
        if trouble is Trouble.BROKEN:
            return self.broken(request)
        if trouble is Trouble.HTML:
            return web.Response(text=_PAGE, content_type="text/html")
        response = await self.answer(request, call, trouble)
        return await self._spoiled(request, response, trouble)

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        """The mailboxes a question names, for the journal; none where it cannot be read."""
        raise NotImplementedError

    async def _spoiled(
        self, request: web.Request, response: web.Response, trouble: Trouble | None
    ) -> web.StreamResponse:
        whole = response.body if isinstance(response.body, bytes) else b""
        if trouble is Trouble.TRUNCATED:
            response.body = whole[: len(whole) // 2]
        elif trouble is Trouble.GARBAGE:
            response.body = _GARBAGE
        elif trouble in (Trouble.CUT, Trouble.TRICKLE):
            stream = web.StreamResponse(status=response.status, headers=response.headers)
            stream.content_length = len(whole)
            with suppress(ConnectionResetError):  # whoever asked may have hung up meanwhile
                await stream.prepare(request)
                if trouble is Trouble.TRICKLE:
                    await self._trickled(request, stream, whole)
                    return stream
                await stream.write(whole[: len(whole) // 2])
            return _reset(request, stream)
        return response

    async def _trickled(self, request: web.Request, stream: web.StreamResponse, whole: bytes) -> None:
        """Byte by byte, until all is said, the other side hangs up or the server stops."""
        for place in range(len(whole)):
            if request.transport is None or request.transport.is_closing():
                return
            await stream.write(whole[place : place + 1])
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _TRICKLE)
                return


def _reset(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return response or web.Response(status=500)
