"""The outgoing network: a ``Send`` over one HTTP session per peer, every way it can fail told as a PeerError."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from socket import AF_INET, AddressFamily
from types import TracebackType
from typing import Final, NoReturn, Self
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.outgoing_proxy import OutgoingProxy, proxy_for
from service.reach import PUBLIC, Origin, PrivateAddressError, Reach, origin
from service.wire_blocking import BlockingWire, client_context

MAX_ANSWER = 32 * 1024 * 1024
KEEP_IDLE = 25.0  # seconds; shorter than the 30 s after which the usual servers hang up on an idle connection
_log = structlog.get_logger("busyline.wire")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Wire:
    """An asynchronous context; :meth:`send` is the ``Send``.

    TLS is verified, against ``ca`` (PEM) where the peer has a private one. Redirects are not followed: they are
    GARBLED, or answers like others with ``redirects``. No cookie is kept, no netrc is read. A proxy that the
    environment names (``environ``) is used; without one, only addresses within ``reach`` are connected to. An answer of
    more than ``max_answer`` bytes, decompressed, is refused as TOO_MANY_ENTRIES: less may be asked at once.
    With ``repeatable`` a request lost on a connection that the peer had closed meanwhile is sent once more, whatever
    its method: only for questions, which change nothing.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=30),
        ca: Path | None = None,
        max_answer: int = MAX_ANSWER,
        repeatable: bool = False,
        redirects: bool = False,
        reach: Reach = PUBLIC,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._timeout = timeout
        self._ca = ca
        self._max_answer = max_answer
        self._repeatable = repeatable
        self._redirects = redirects
        self._ways = Ways(reach, environ)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            ssl=client_context(self._ca), limit=0, keepalive_timeout=KEEP_IDLE, resolver=self._ways.resolver()
        )
        self._session = client_session(connector, self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to ``request``, whole. Raises PeerError(UNREACHABLE | TIMEOUT | GARBLED | TOO_MANY_ENTRIES)."""
        try:
            return await self._once(request)
        except NETWORK_ERRORS as error:
            if not (self._repeatable and is_hung_up(error)):
                fail(request, error)
        try:
            return await self._once(request)
        except NETWORK_ERRORS as error:
            fail(request, error)

    async def _once(self, request: HttpRequest) -> HttpResponse:
        if self._session is None:
            raise RuntimeError("a Wire sends only inside its context")
        proxy = self._ways.proxy(request.url)
        return await exchange(self._session, request, proxy, max_answer=self._max_answer, redirects=self._redirects)


class Ways:
    """The ways out of this machine: by the proxy of the environment, or directly to an address within reach."""

    def __init__(self, reach: Reach, environ: Mapping[str, str]) -> None:
        self._reach = reach
        self._environ = environ
        self._proxies: dict[Origin, OutgoingProxy | None] = {}

    def proxy(self, url: str) -> OutgoingProxy | None:
        """The proxy to use for ``url``; found once per origin. Raises PeerError(UNREACHABLE, GARBLED: no address)."""
        try:
            place = origin(url)
        except ValueError:
            raise PeerError(Reason.GARBLED, f"{_host(url)}: its address is none of http or https") from None
        if place not in self._proxies:
            proxy = self._proxies[place] = proxy_for(url, self._environ)
            if proxy is not None:
                note = "the proxy looks names up: private_network cannot be enforced here"
                _log.info("forward proxy", host=place[1], proxy=proxy.url, note=note)
        return self._proxies[place]

    def resolver(self) -> AbstractResolver:
        """Looks names up once and hands on only what is within reach: what was checked is what is connected to."""
        return _CheckedResolver(self._reach, self._proxies)


class _CheckedResolver(AbstractResolver):
    def __init__(self, reach: Reach, proxies: Mapping[Origin, OutgoingProxy | None]) -> None:
        self._reach = reach
        self._proxies = proxies
        self._names = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if not any(proxy and (proxy.host, proxy.port) == (host, port) for proxy in self._proxies.values()):
            self._reach.check(host, [each["host"] for each in found])
        return found

    async def close(self) -> None:
        await self._names.close()


def client_session(connector: aiohttp.TCPConnector, timeout: timedelta) -> aiohttp.ClientSession:
    """A session that adds nothing of its own: no cookies, no netrc, no guessed content type."""
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
        headers={"User-Agent": "Busyline"},
        skip_auto_headers=("Content-Type",),
        trust_env=False,
    )


async def exchange(
    session: aiohttp.ClientSession,
    request: HttpRequest,
    proxy: OutgoingProxy | None,
    *,
    max_answer: int,
    redirects: bool = False,
) -> HttpResponse:
    """One request and its whole answer, which may be a redirect where ``redirects`` are answers.

    Raises PeerError for an answer that had begun, and one of NETWORK_ERRORS where none did.
    """
    async with session.request(
        request.method,
        URL(request.url, encoded=True),
        headers=request.headers.fields,
        data=request.body or None,
        allow_redirects=False,
        proxy=proxy.url if proxy else None,
        proxy_headers={"Proxy-Authorization": proxy.authorization} if proxy and proxy.authorization else None,
    ) as response:
        if response.status in _REDIRECTS and not redirects:
            raise PeerError(Reason.GARBLED, f"{_host(request.url)}: a redirect ({response.status}) is not followed")
        try:
            body = await _body(response, request, max_answer)
        except NETWORK_ERRORS as error:
            fail(request, error)  # the answer had begun: nothing is asked again
        return HttpResponse(response.status, Headers(tuple(response.headers.items())), body)


async def _body(response: aiohttp.ClientResponse, request: HttpRequest, max_answer: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > max_answer:
            response.close()
            words = f"{_host(request.url)}: the answer exceeds {max_answer} bytes"
            raise PeerError(Reason.TOO_MANY_ENTRIES, words)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


__all__ = ["BlockingWire", "Wire", "client_context"]

NETWORK_ERRORS: Final = (aiohttp.ClientError, OSError, ValueError)
"""What aiohttp raises where no answer came; each is told by :func:`fail`."""


def fail(request: HttpRequest, error: Exception) -> NoReturn:
    """Raises the PeerError that ``error`` stands for, in words without secrets."""
    reason, words = _told(error)
    raise PeerError(reason, f"{_host(request.url)}: {words}") from None


def is_hung_up(error: Exception) -> bool:
    """Whether a connection that stood was closed or reset before the answer began."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return False  # none came about
    return isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError)


# the most particular first: aiohttp's classes inherit from one another and from OSError
_TOLD: Final = (
    (TimeoutError, Reason.TIMEOUT, "no answer in time"),
    (aiohttp.ClientConnectorCertificateError, Reason.UNREACHABLE, "its certificate is not trusted"),
    (aiohttp.ClientSSLError, Reason.UNREACHABLE, "no TLS connection came about (does it speak TLS on that port?)"),
    (aiohttp.ClientHttpProxyError, Reason.UNREACHABLE, "the proxy that the environment names refuses the way"),
    (aiohttp.ClientProxyConnectionError, Reason.UNREACHABLE, "the proxy that the environment names is not reached"),
    (aiohttp.ClientConnectorDNSError, Reason.UNREACHABLE, "its name is not known"),
    (aiohttp.ClientPayloadError, Reason.GARBLED, "the answer broke off or was wrongly compressed"),
    (aiohttp.InvalidURL, Reason.GARBLED, "its address is none of http or https"),
    (aiohttp.ServerDisconnectedError, Reason.UNREACHABLE, "it closed the connection without an answer"),
    (OSError, Reason.UNREACHABLE, "the connection failed"),
    (Exception, Reason.GARBLED, "what came is no HTTP answer"),
)

_WITH_NUMBER: Final = frozenset({"the connection failed"})
"""Of TLS the number of the system says nothing: it is that of the last call, whatever that was."""


def _told(error: Exception) -> tuple[Reason, str]:
    reason, words = next((reason, words) for kind, reason, words in _TOLD if isinstance(error, kind))
    if isinstance(error, aiohttp.ClientConnectorDNSError) and isinstance(error.os_error, PrivateAddressError):
        words = str(error.os_error)
    elif isinstance(error, aiohttp.ClientHttpProxyError):
        words = f"{words} (HTTP {error.status})"
    elif isinstance(error, aiohttp.ClientConnectorCertificateError):
        words = f"{words}: {getattr(error.certificate_error, 'verify_message', '') or 'it does not fit the name'}"
    elif isinstance(error, OSError) and error.errno and error.errno > 0 and words in _WITH_NUMBER:
        words = f"{words}: {os.strerror(error.errno)}"  # the exception's own words would name addresses
    return reason, words


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the peer"
    except ValueError:  # as of http://[
        return "the peer"
