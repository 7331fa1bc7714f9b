"""Bearer tokens of the peers: fetched in a thread, kept until shortly before they expire, renewed by one at a time."""

import asyncio
import base64
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.sign_in_offers import mismatch
from service.reach import bound
from service.secrets import Secret

_EARLY = 300.0  # seconds before the expiry at which a token is renewed
_PATIENCE = 5.0  # seconds between two renewals, and for which a failure is remembered


class TokenSource(Protocol):
    """Where bearer tokens come from."""

    async def bearer(self, *, renew: bool = False) -> Secret:
        """A token good for minutes; with ``renew`` a new one. Raises PeerError(UNAUTHORIZED, UNREACHABLE, TIMEOUT)."""
        ...


class CachedTokens(ABC):
    """What every source shares: :meth:`fetch` blocks and runs in a thread; all who wait share one fetch."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._token: Secret | None = None
        self._fetched = self._fresh_until = float("-inf")
        self._failure: PeerError | None = None
        self._flight: asyncio.Task[Secret] | None = None

    @abstractmethod
    def fetch(self) -> tuple[Secret, float]:
        """A new token and how many seconds it is good for. Raises PeerError."""

    async def bearer(self, *, renew: bool = False) -> Secret:
        """A token good for minutes. A ``renew`` within seconds of the last fetch gets what that fetch brought."""
        now = self._clock()
        recent = now - self._fetched < _PATIENCE
        if self._token is not None and now < self._fresh_until and (recent or not renew):
            return self._token
        if self._failure is not None and recent:
            raise type(self._failure)(self._failure.reason, self._failure.detail)
        if self._flight is None:
            self._flight = asyncio.create_task(self._refresh())
            self._flight.add_done_callback(self._landed)
        return await asyncio.shield(self._flight)  # one who gives up does not end it for the others

    async def _refresh(self) -> Secret:
        try:
            token, lifetime = await asyncio.to_thread(self.fetch)
        except PeerError as error:
            self._failure = error
            raise
        finally:
            self._fetched = self._clock()
        self._token, self._failure = token, None
        self._fresh_until = self._fetched + max(lifetime - _EARLY, lifetime / 2)
        return token

    def _landed(self, flight: asyncio.Task[Secret]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # seen: nobody may be left to await it


def authorized(send: Send, tokens: TokenSource, *, to: str) -> Send:
    """``send`` with a bearer token in every request. An answer 401 renews the token and asks once more.

    The token goes to the origin of ``to`` alone, see :func:`service.reach.bound`.
    """

    async def sent(request: HttpRequest) -> HttpResponse:
        response = await send(_with_bearer(request, await tokens.bearer()))
        if response.status == 401:
            response = await send(_with_bearer(request, await tokens.bearer(renew=True)))
            if response.status == 401 and (other := mismatch(response.headers, "Bearer")):
                raise refused(f"HTTP 401: {other}")
        return response

    return bound(sent, to)


def basic(send: Send, username: str, password: Secret, *, to: str) -> Send:
    """``send`` with a user name and a password (RFC 7617, UTF-8) in every request, to the origin of ``to`` alone."""
    proof = "Basic " + base64.b64encode(f"{username}:{password.reveal()}".encode()).decode("ascii")

    async def sent(request: HttpRequest) -> HttpResponse:
        return await send(_with_header(request, proof))

    return bound(sent, to)


def refused(words: str) -> PeerError:
    """A token endpoint's refusal, in words an administrator can act on."""
    return PeerError(Reason.UNAUTHORIZED, words)


def _with_bearer(request: HttpRequest, token: Secret) -> HttpRequest:
    return _with_header(request, f"Bearer {token.reveal()}")


def _with_header(request: HttpRequest, proof: str) -> HttpRequest:
    return HttpRequest(request.method, request.url, request.headers.set("Authorization", proof), request.body)
