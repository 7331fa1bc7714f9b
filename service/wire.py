"""The outgoing network: a ``Send`` over one HTTP session per peer, every way it can fail told as a PeerError."""

import os
import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, NoReturn, Self
from urllib.parse import urlencode, urlsplit

import aiohttp
from yarl import URL

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason

if TYPE_CHECKING:
    import httpx

MAX_ANSWER = 32 * 1024 * 1024
_KEEP_IDLE = 25.0  # seconds; shorter than the 30 s after which the usual servers hang up on an idle connection
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Wire:
    """An asynchronous context; :meth:`send` is the ``Send``.

    TLS is verified, against ``ca`` (PEM) where the peer has a private one. Redirects are not followed, no cookie is
    kept, no proxy of the environment is used. An answer of more than ``max_answer`` bytes, decompressed, is refused as
    TOO_MANY_ENTRIES: less may be asked at once.
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
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._ca = ca
        self._max_answer = max_answer
        self._repeatable = repeatable
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=client_context(self._ca), limit=0, keepalive_timeout=_KEEP_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            headers={"User-Agent": "Busyline"},
            skip_auto_headers=("Content-Type",),
        )
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
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if not (self._repeatable and _is_hung_up(error)):
                _fail(request, error)
        try:
            return await self._once(request)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            _fail(request, error)

    async def _once(self, request: HttpRequest) -> HttpResponse:
        if self._session is None:
            raise RuntimeError("a Wire sends only inside its context")
        async with self._session.request(
            request.method,
            URL(request.url, encoded=True),
            headers=request.headers.fields,
            data=request.body or None,
            allow_redirects=False,
        ) as response:
            if response.status in _REDIRECTS:
                raise PeerError(Reason.GARBLED, f"{_host(request.url)}: a redirect ({response.status}) is not followed")
            try:
                body = await self._body(response, request)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                _fail(request, error)  # the answer had begun: nothing is asked again
            return HttpResponse(response.status, Headers(tuple(response.headers.items())), body)

    async def _body(self, response: aiohttp.ClientResponse, request: HttpRequest) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._max_answer:
                response.close()
                words = f"{_host(request.url)}: the answer exceeds {self._max_answer} bytes"
                raise PeerError(Reason.TOO_MANY_ENTRIES, words)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class BlockingWire:
    """The same for libraries that call for themselves, from a thread: the shape of requests' session, no more."""

    def __init__(self, *, timeout: timedelta = timedelta(seconds=10), ca: Path | None = None) -> None:
        self._timeout = timeout
        self._ca = ca

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> "httpx.Response":
        """The answer to a GET. Raises PeerError(UNREACHABLE | TIMEOUT)."""
        return self.request("GET", url, params=params, headers=headers)

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str | bytes] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> "httpx.Response":
        """The answer to a POST; a mapping is sent as a form. Raises PeerError(UNREACHABLE | TIMEOUT)."""
        return self.request("POST", url, params=params, data=data, headers=headers)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str | bytes] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "httpx.Response":
        """The answer to any request. Raises PeerError(UNREACHABLE | TIMEOUT)."""
        import httpx  # noqa: PLC0415  a start without peers that want tokens is faster without it

        if isinstance(data, Mapping):  # httpx would write bytes, such as msal's assertions, as b'…'
            headers = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
            data = urlencode(data).encode("ascii")
        try:
            return self._client.request(method, url, params=params, content=data, headers=headers)
        except httpx.TimeoutException:
            raise PeerError(Reason.TIMEOUT, f"{_host(url)}: no answer in time") from None
        except httpx.HTTPError as error:
            raise PeerError(Reason.UNREACHABLE, f"{_host(url)}: {type(error).__name__}") from None

    def close(self) -> None:
        """Close the connections, if any were opened."""
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415  as above

        return httpx.Client(
            verify=client_context(self._ca),
            timeout=self._timeout.total_seconds(),
            follow_redirects=False,
            trust_env=False,
        )


def client_context(ca: Path | None) -> ssl.SSLContext:
    """TLS as a client: the system's authorities, and ``ca`` beside them. Raises OSError where ``ca`` cannot be read."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        context.load_verify_locations(cafile=ca)
    return context


def _fail(request: HttpRequest, error: Exception) -> NoReturn:
    reason, words = _told(error)
    raise PeerError(reason, f"{_host(request.url)}: {words}") from None


def _is_hung_up(error: Exception) -> bool:
    """Whether a connection that stood was closed or reset before the answer began."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return False  # none came about
    return isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError)


# the most particular first: aiohttp's classes inherit from one another and from OSError
_TOLD: Final = (
    (TimeoutError, Reason.TIMEOUT, "no answer in time"),
    (aiohttp.ClientConnectorCertificateError, Reason.UNREACHABLE, "its certificate is not trusted"),
    (aiohttp.ClientSSLError, Reason.UNREACHABLE, "no TLS connection came about"),
    (aiohttp.ClientConnectorDNSError, Reason.UNREACHABLE, "its name is not known"),
    (aiohttp.ClientPayloadError, Reason.GARBLED, "the answer broke off or was wrongly compressed"),
    (aiohttp.ServerDisconnectedError, Reason.UNREACHABLE, "it closed the connection without an answer"),
    (OSError, Reason.UNREACHABLE, "the connection failed"),
    (Exception, Reason.GARBLED, "what came is no HTTP answer"),
)


def _told(error: Exception) -> tuple[Reason, str]:
    reason, words = next((reason, words) for kind, reason, words in _TOLD if isinstance(error, kind))
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        words = f"{words}: {getattr(error.certificate_error, 'verify_message', '') or 'it does not fit the name'}"
    elif isinstance(error, OSError) and error.errno and reason is Reason.UNREACHABLE:
        words = f"{words}: {os.strerror(error.errno)}"  # the exception's own words would name addresses
    return reason, words


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the peer"
