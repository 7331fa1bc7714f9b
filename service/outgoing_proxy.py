"""The forward proxy that the environment names for an address: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Self
from urllib.parse import unquote, urlsplit

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.reach import is_loopback, origin


@dataclass(frozen=True, slots=True)
class OutgoingProxy:
    """A forward proxy that is spoken to by plain HTTP; ``authorization`` is the Proxy-Authorization it wants, or "".

    Behind one the proxy looks the names up, so no address can be checked: it is the proxy that must keep callers out
    of private networks. https goes through it by CONNECT, so it sees neither questions nor credentials.
    """

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its address, without a user."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The proxy that a variable names. Raises PeerError(UNREACHABLE) for what is not spoken, such as SOCKS."""
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or parts.scheme != "http":
            words = "the proxy that the environment names is not spoken to: write http://host:port"
            raise PeerError(Reason.UNREACHABLE, words)
        return cls(host, port or 80, _basic(parts.username, parts.password))


def proxy_for(url: str, environ: Mapping[str, str]) -> OutgoingProxy | None:
    """The proxy between here and ``url``, None for none. Names in lower case go before those in upper case.

    Loopback is always spoken to directly. NO_PROXY holds, between commas: ``*``, a host or domain (whose subdomains are
    meant too, with or without a dot before), each perhaps with a port, an address, or a network as CIDR.
    """
    scheme, host, port = origin(url)
    text = _value(environ, f"{scheme}_proxy") or _value(environ, "all_proxy")
    if not text or is_loopback(host) or _is_excepted(host, port, _value(environ, "no_proxy")):
        return None
    return OutgoingProxy.parse(text)


def _value(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_excepted(host: str, port: int, exceptions: str) -> bool:
    return any(_matches(entry.strip().lower(), host, port) for entry in exceptions.split(",") if entry.strip())


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass  # one of them is a name
    name, colon, written = entry.rpartition(":")
    if colon and written.isdigit():
        if int(written) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*").lstrip(".").rstrip(".")
    return bool(entry) and (host.rstrip(".") == entry or host.rstrip(".").endswith(f".{entry}"))


def _basic(username: str | None, password: str | None) -> str:
    if username is None:
        return ""
    pair = f"{unquote(username)}:{unquote(password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")
