"""How far a call may reach: credentials to one origin only, and into private networks only where that is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

_PORTS: Final = {"https": 443, "http": 80}
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 2.4: all that is routed; the rest is local, mapped or reserved
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 2.1

Origin = tuple[str, str, int]


class PrivateAddressError(OSError):
    """A name leads into a private network, and nobody has allowed that. An OSError, as a resolver's failures are."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses a name may lead to: public ones, and with ``private_network`` any.

    What stands in the settings as an IP address or as ``localhost`` is always within reach: the administrator wrote
    the address and no name server can bend it.
    """

    private_network: bool = False

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Raises PrivateAddressError where one of the ``addresses`` that ``host`` leads to is out of reach."""
        if self.private_network or is_written_out(host):
            return
        for address in addresses:
            if not is_public(address):
                raise PrivateAddressError(
                    f"its name leads to the private address {address}: write private_network = true if that is meant"
                )


PUBLIC: Final = Reach()
ANYWHERE: Final = Reach(private_network=True)


def is_written_out(host: str) -> bool:
    """Whether ``host`` is an IP address or ``localhost``, and so no name that anybody could let point elsewhere."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether ``host`` as it is written never leaves this machine."""
    if not is_written_out(host):
        return False
    return host.lower().rstrip(".") == "localhost" or ip_address(host.partition("%")[0]).is_loopback


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the internet: neither private, loopback, link-local, shared (RFC 6598), multicast,
    unspecified nor reserved, also where such an IPv4 address is wrapped in IPv6 (mapped, 6to4, NAT64)."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved
    inner = _inner(parsed)
    if inner is not None:
        return is_public(str(inner))
    return parsed in _GLOBAL_UNICAST and parsed.is_global


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def origin(url: str) -> Origin:
    """Scheme, host and port of ``url`` (RFC 6454 4). Raises ValueError where it has none."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in _PORTS:
        raise ValueError("not an address of http or https")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def bound(send: Send, url: str) -> Send:
    """``send`` to the origin of ``url`` alone: what holds credentials of one peer is never used for another.

    The Send raises PeerError(UNAUTHORIZED) for any other origin, before anything is sent.
    """
    own = origin(url)

    async def sent(request: HttpRequest) -> HttpResponse:
        refuse_other_origin(own, request.url)
        return await send(request)

    return sent


def refuse_other_origin(own: Origin, url: str) -> None:
    """Raises PeerError(UNAUTHORIZED) where ``url`` is not of the origin ``own``."""
    try:
        other = origin(url)
    except ValueError:
        other = ("", "what is no address", 0)
    if other != own:
        words = f"credentials for {own[0]}://{own[1]}:{own[2]} are not sent to another place ({other[1]})"
        raise PeerError(Reason.UNAUTHORIZED, words)
