"""NTLM and Negotiate: a ``Send`` around lanes, each one connection and the identity that was proved on it."""

import asyncio
import base64
import binascii
import os
import time
from asyncio import Transport
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
from spnego.channel_bindings import GssChannelBindings

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.attempts import Attempts, Turn
from service.channel_binding import binding
from service.identities import Identity
from service.reach import PUBLIC, is_loopback, origin, refuse_other_origin
from service.wire import (
    KEEP_IDLE,
    MAX_ANSWER,
    NETWORK_ERRORS,
    Ways,
    client_context,
    client_session,
    exchange,
    fail,
    is_hung_up,
)

_MOST_LEGS: Final = 5  # NTLM takes two, Kerberos one or two
_CLOSED = "it closed the connection in the middle of the sign-in"


class Negotiating:
    """An asynchronous context; :meth:`send` is the ``Send``.

    Up to ``lanes`` requests travel at once, each on a connection of its own that is signed in once and stays so while
    it lives ([MS-NTHT] 3.1). Each sign-in is bound to the TLS connection it is made on (RFC 5929); with Kerberos the
    server must prove itself too. Credentials go to the origin of ``url`` alone, and never over plain HTTP but on
    loopback. After a refusal there is a growing pause, see Attempts. ``ways`` are those out of this machine: to public
    addresses alone where none are given. Else as a Wire: with ``repeatable``, which is for questions alone, what was
    lost on a connection is sent once more.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        url: str,
        lanes: int,
        timeout: timedelta = timedelta(seconds=30),
        ca: Path | None = None,
        ways: Ways | None = None,
        repeatable: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._origin = origin(url)
        if self._origin[0] != "https" and not is_loopback(self._origin[1]):
            raise ValueError("NTLM and Negotiate are not sent over plain HTTP: write https")
        self._identity = identity
        self._lanes = lanes
        self._timeout = timeout
        self._ca = ca
        self._repeatable = repeatable
        self._ways = ways or Ways(PUBLIC, os.environ)
        self._attempts = Attempts(clock=clock)
        self._idle: asyncio.LifoQueue[_Lane] = asyncio.LifoQueue()  # the last used first: it is signed in
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        tls = client_context(self._ca)
        for _ in range(self._lanes):
            connector = _OneConnection(ssl=tls, limit=1, keepalive_timeout=KEEP_IDLE, resolver=self._ways.resolver())
            session = await self._open.enter_async_context(client_session(connector, self._timeout))
            talk = partial(self._exchange, session)
            self._idle.put_nowait(_Lane(connector, talk, self._identity, self._attempts, self._repeatable))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to ``request``, whole. Raises PeerError as a Wire, or UNAUTHORIZED: the sign-in is refused."""
        refuse_other_origin(self._origin, request.url)
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                lane = await self._idle.get()
                try:
                    return await lane.send(request)
                finally:
                    self._idle.put_nowait(lane)
        except PeerError as error:
            host = urlsplit(request.url).hostname or ""
            detail = error.detail if error.detail.startswith(host) else f"{host}: {error.detail}"
            raise type(error)(error.reason, detail, retry_after=error.retry_after) from None
        except NETWORK_ERRORS as error:
            fail(request, error)

    async def _exchange(self, session: aiohttp.ClientSession, request: HttpRequest) -> HttpResponse:
        return await exchange(session, request, self._ways.proxy(request.url), max_answer=MAX_ANSWER)


class _OtherConnectionError(aiohttp.ServerDisconnectedError):
    """The connection that a request belongs on is gone; nothing was sent."""


class _OneConnection(aiohttp.TCPConnector):
    """One connection at a time, known by its transport; with ``wanted`` no request goes out on any other."""

    wanted: Transport | None = None
    current: Transport | None = None

    async def connect(self, *arguments: Any, **options: Any) -> Any:
        connection = await super().connect(*arguments, **options)
        if self.wanted is not None and connection.transport is not self.wanted:
            connection.release()
            raise _OtherConnectionError(_CLOSED)
        self.current = connection.transport
        return connection


class _Lane:
    """One connection and what was proved on it."""

    def __init__(
        self,
        connector: _OneConnection,
        talk: Callable[[HttpRequest], Any],
        identity: Identity,
        attempts: Attempts,
        repeatable: bool,
    ) -> None:
        self._connector = connector
        self._talk = talk
        self._identity = identity
        self._attempts = attempts
        self._repeatable = repeatable
        self._asked = False  # whether what was sent last is the request itself
        self._proved: Transport | None = None

    async def send(self, request: HttpRequest) -> HttpResponse:
        challenge = None
        if self._proved is not None:
            here, self._proved = self._proved, None
            try:
                response = await self._leg(request, here)
            except NETWORK_ERRORS as error:
                if not self._may_repeat(error):
                    raise
            else:
                if response.status != 401:
                    self._proved = here
                    return response
                challenge = response
        return await self._attempts.make(partial(self._sign_in, request, challenge))

    async def _sign_in(self, request: HttpRequest, challenge: HttpResponse | None, turn: Turn) -> HttpResponse:
        """By one handshake, or a second where the first lost its connection."""
        try:
            return await self._handshake(request, challenge, turn)
        except NETWORK_ERRORS as error:
            if not self._may_repeat(error):
                raise
        return await self._handshake(request, None, turn)

    async def _handshake(self, request: HttpRequest, challenge: HttpResponse | None, turn: Turn) -> HttpResponse:
        response = challenge or await self._leg(_empty(request), None)
        if response.status != 401:
            return _unasked(response)
        self._check_offer(response)
        turn.check()
        try:
            return await self._prove(request, turn)
        finally:
            if self._proved is None and self._connector.current is not None:
                self._connector.current.close()  # perhaps half signed in: a new beginning would be taken for the proof

    async def _prove(self, request: HttpRequest, turn: Turn) -> HttpResponse:
        context = await self._identity.context()
        token = await context.step(None, self._binding())
        here: Transport | None = None  # the first token may open a connection, the others belong on the same
        for _ in range(_MOST_LEGS):
            whole = context.kerberos or context.complete
            turn.check()
            response = await self._leg(self._with_token(request if whole else _empty(request), token), here)
            here = self._connector.current
            answer = _token(response, self._identity.scheme)
            if response.status != 401 and whole:
                return await self._heard(response, context, answer, turn)
            if response.status != 401 and response.status >= 400:
                return response  # it is out of order, and nothing was said of the password
            if answer is None or context.complete:
                break
            token = await context.step(answer, self._binding())
        raise _refused(response)

    async def _heard(self, response: HttpResponse, context: Any, answer: bytes | None, turn: Turn) -> HttpResponse:
        """The answer to a question that went out with the last token. An error may come from a gateway, which looks at
        no token: it proves nothing of the password, and nothing of a server that had to prove itself."""
        is_error = response.status >= 400
        if context.kerberos and not context.complete:
            if is_error and answer is None:
                return HttpResponse(response.status, response.headers)
            await self._check_server(context, answer)
        self._proved = self._connector.current
        if not is_error:
            turn.succeeded()
        return response

    async def _check_server(self, context: Any, answer: bytes | None) -> None:
        if answer is not None:
            await context.step(answer, self._binding())
        if not context.complete:
            raise PeerError(Reason.UNAUTHORIZED, "Kerberos: the server has not proved that it is the one meant")

    def _check_offer(self, response: HttpResponse) -> None:
        offered = [value.split()[0] for value in response.headers.all("WWW-Authenticate") if value.split()]
        if self._identity.scheme.lower() not in (scheme.lower() for scheme in offered):
            others = ", ".join(scheme[:20] for scheme in offered[:5]) or "nothing"
            raise PeerError(Reason.UNAUTHORIZED, f"it does not offer {self._identity.scheme}, but {others}: check kind")

    async def _leg(self, request: HttpRequest, on: Transport | None) -> HttpResponse:
        self._connector.wanted = on
        self._asked = bool(request.body)
        response: HttpResponse = await self._talk(request)
        return response

    def _may_repeat(self, error: Exception) -> bool:
        """Whether the connection is gone, and nothing with it that must not be done twice."""
        lost = self._asked and not isinstance(error, _OtherConnectionError)
        return is_hung_up(error) and (self._repeatable or not lost)

    def _with_token(self, request: HttpRequest, token: bytes | None) -> HttpRequest:
        text = base64.b64encode(token or b"").decode("ascii")
        headers = request.headers.set("Authorization", f"{self._identity.scheme} {text}")
        return HttpRequest(request.method, request.url, headers, request.body)

    def _binding(self) -> GssChannelBindings | None:
        transport = self._connector.current
        tls = transport.get_extra_info("ssl_object") if transport is not None else None
        return binding(tls.getpeercert(binary_form=True)) if tls is not None else None


def _empty(request: HttpRequest) -> HttpRequest:
    """The same without its body, which is sent when somebody will read it."""
    return HttpRequest(request.method, request.url, request.headers.set("Content-Length", "0"))


def _token(response: HttpResponse, scheme: str) -> bytes | None:
    for value in response.headers.all("WWW-Authenticate"):
        name, _, text = value.strip().partition(" ")
        if name.lower() == scheme.lower() and text.strip():
            try:
                return base64.b64decode(text.strip(), validate=True)
            except binascii.Error:
                return None
    return None


def _unasked(response: HttpResponse) -> HttpResponse:
    """An error of the server is the answer; a success is none, since nothing was asked yet."""
    if response.status < 400:
        raise PeerError(Reason.GARBLED, f"it asks for no sign-in (HTTP {response.status}): check url and kind")
    return response


def _refused(response: HttpResponse) -> PeerError:
    words = "the sign-in is refused: check user name, password and, at the server, Extended Protection"
    if response.status != 401:
        words = f"the sign-in broke off (HTTP {response.status})"
    return PeerError(Reason.UNAUTHORIZED, words)
