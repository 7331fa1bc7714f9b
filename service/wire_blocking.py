"""The outgoing network of libraries that call for themselves, from a thread: shaped as requests' session is."""

import os
import socket
import ssl
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.outgoing_proxy import OutgoingProxy, proxy_for
from service.reach import PUBLIC, PrivateAddressError, Reach, origin, refuse_other_origin

if TYPE_CHECKING:  # a start without peers that want tokens is faster without them
    import httpcore
    import httpx

MAX_ANSWER = 4 * 1024 * 1024  # tokens, keys and metadata are a thousandth of it


class BlockingWire:
    """A client for any thread. With ``only`` no other origin than that of this address is ever asked.

    TLS, proxies of the environment (``environ``) and ``reach`` are as for a Wire; redirects are not followed.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=10),
        ca: Path | None = None,
        reach: Reach = PUBLIC,
        only: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._timeout = timeout
        self._ca = ca
        self._reach = reach
        self._only = origin(only) if only else None
        self._environ = environ

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> "httpx.Response":
        """The answer to a GET. Raises PeerError(UNREACHABLE | TIMEOUT | UNAUTHORIZED for another origin)."""
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
        """The answer to a POST; a mapping is sent as a form. Raises PeerError as :meth:`get`."""
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
        """The answer to any request. Raises PeerError as :meth:`get`, or GARBLED: ``url`` is no address."""
        import httpcore  # noqa: PLC0415  see above
        import httpx  # noqa: PLC0415

        if self._only is not None:
            refuse_other_origin(self._only, url)
        if isinstance(data, Mapping):  # httpx would write bytes, such as msal's assertions, as b'…'
            headers = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
            data = urlencode(data).encode("ascii")
        host = "the peer"
        try:
            host = urlsplit(url).hostname or host
            return self._client.request(method, url, params=params, content=data, headers=headers)
        except (httpx.TimeoutException, httpcore.TimeoutException):
            raise PeerError(Reason.TIMEOUT, f"{host}: no answer in time") from None
        except PrivateAddressError as error:
            raise PeerError(Reason.UNREACHABLE, f"{host}: {error}") from None
        except socket.gaierror:
            raise PeerError(Reason.UNREACHABLE, f"{host}: its name is not known") from None
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
            raise PeerError(Reason.UNREACHABLE, f"{host}: {_words(error)}") from None
        except (httpx.InvalidURL, ValueError):
            raise PeerError(Reason.GARBLED, f"{host}: its address is none of http or https") from None

    def close(self) -> None:
        """Close the connections, if any were opened."""
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415  see above

        transport = _CheckedTransport(client_context(self._ca), self._reach, self._environ)
        return httpx.Client(
            transport=cast("httpx.BaseTransport", transport),
            timeout=self._timeout.total_seconds(),
            follow_redirects=False,
            trust_env=False,
        )


def client_context(ca: Path | None) -> ssl.SSLContext:
    """TLS as a client: the system's authorities (or those of SSL_CERT_FILE and SSL_CERT_DIR), and ``ca`` beside them.

    Raises OSError where ``ca`` cannot be read.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as error:
            error.filename = str(ca)  # which OpenSSL does not say
            raise
    return context


class _CheckedTransport:
    """What httpx hands its requests to: connections to addresses that were checked, or to a proxy."""

    def __init__(self, tls: ssl.SSLContext, reach: Reach, environ: Mapping[str, str]) -> None:
        self._tls = tls
        self._reach = reach
        self._environ = environ
        self._pools: dict[OutgoingProxy | None, httpcore.ConnectionPool] = {}

    def handle_request(self, request: "httpx.Request") -> "httpx.Response":
        import httpcore  # noqa: PLC0415  see above
        import httpx  # noqa: PLC0415

        pool = self._pool(proxy_for(str(request.url), self._environ))
        response = pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        try:
            body = _limited(response.iter_stream())
        finally:
            response.close()
        return httpx.Response(response.status, headers=response.headers, content=body)

    def _pool(self, proxy: OutgoingProxy | None) -> "httpcore.ConnectionPool":
        import httpcore  # noqa: PLC0415  see above

        if proxy not in self._pools:
            if proxy is None:
                backend = cast("httpcore.NetworkBackend", _CheckedBackend(self._reach))
                self._pools[proxy] = httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend)
            else:
                headers = [("Proxy-Authorization", proxy.authorization)] if proxy.authorization else None
                self._pools[proxy] = httpcore.HTTPProxy(proxy.url, ssl_context=self._tls, proxy_headers=headers)
        return self._pools[proxy]

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def __enter__(self) -> "_CheckedTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _CheckedBackend:
    """Looks a name up once, checks what it leads to, and connects to just that."""

    def __init__(self, reach: Reach) -> None:
        import httpcore  # noqa: PLC0415  see above

        self._reach = reach
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> "httpcore.NetworkStream":
        import httpcore  # noqa: PLC0415  see above

        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        self._reach.check(host, found)
        for address in found[:-1]:
            try:
                return self._plain.connect_tcp(address, port, timeout, **options)
            except httpcore.ConnectError:
                continue
        return self._plain.connect_tcp(found[-1], port, timeout, **options)

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


def _words(error: BaseException) -> str:
    """What failed, as the other wire tells it; an untrusted certificate lies below the libraries' own exceptions."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message or 'it does not fit the name'}"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _limited(parts: Iterable[bytes]) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > MAX_ANSWER:
            raise PeerError(Reason.TOO_MANY_ENTRIES, f"the answer exceeds {MAX_ANSWER} bytes")
    return bytes(body)
