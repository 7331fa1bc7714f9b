"""Where a request comes from, and whether its caller may come from there: a filter after the proof, no identity."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from protocols.model.caller import Caller
from proxy.auth import Address, Refused
from proxy.auth.presets import PRESETS
from service.addresses import IpNetwork, parse_network

_REMEMBERED: Final = 4_096
_LONGEST: Final = 64  # an IPv6 address in brackets with its port has 47 characters
_GARBAGE: Final = "X-Forwarded-For of a trusted proxy holds no address where it should"


class UnbelievableError(ValueError):
    """What a reverse proxy says of where a request comes from cannot be read; the text repeats nothing of it."""


class Addresses:
    """Tells the real address of requests: ``trusted`` are the reverse proxies whose X-Forwarded-For is believed."""

    def __init__(self, trusted: Sequence[IpNetwork] = ()) -> None:
        self._trusted = Networks(trusted)

    def told(self, peer: str, forwarded: tuple[str, ...]) -> str:
        """The same as :meth:`find`, as text; "" where nobody knows or what was said cannot be read."""
        try:
            return str(self.find(peer, forwarded) or "")
        except UnbelievableError:
            return ""

    def find(self, peer: str, forwarded: tuple[str, ...]) -> Address | None:
        """The right-most address that is no trusted proxy itself, the peer's first of all; None where there is none.

        What stands left of it was written by whoever asks, and is not looked at. Raises UnbelievableError where what a
        trusted proxy says cannot be read.
        """
        address = _peer(peer)
        if address is None or not forwarded or not self._trusted.hold(address):
            return address
        for hop in reversed(",".join(forwarded).split(",")):
            address = _hop(hop)
            if not self._trusted.hold(address):
                break
        return address


class Networks:
    """Some networks, as the settings name them: CIDRs and presets."""

    def __init__(self, networks: Iterable[IpNetwork]) -> None:
        self._networks = tuple(networks)
        self.hold = lru_cache(_REMEMBERED)(self._hold)

    def _hold(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


class Fence:
    """Which callers may come from where: ``allowed`` by their names, in CIDRs and presets; the others from anywhere."""

    def __init__(self, allowed: Mapping[str, Sequence[str]]) -> None:
        self._networks = {name: Networks(networks_of(words)) for name, words in allowed.items() if words}

    def stops(self, caller: Caller, address: Address | None) -> Refused | None:
        """403 with a reason of its own where ``caller``, who proved itself, comes from elsewhere; None to let it in."""
        networks = self._networks.get(caller.name)
        if networks is None or networks.hold(address):
            return None
        return Refused("network", 403, caller=caller.name)


def networks_of(words: Iterable[str]) -> Iterator[IpNetwork]:
    """The networks that CIDRs and presets stand for. Raises ValueError."""
    for word in words:
        for text in PRESETS.get(word, (word,)):
            yield parse_network(text)


@lru_cache(_REMEMBERED)
def _peer(text: str) -> Address | None:
    """None for what is no address, such as a local socket."""
    try:
        return _plain(text.partition("%")[0])  # a link-local address has its interface behind it
    except ValueError:
        return None


def _hop(text: str) -> Address:
    """One entry of X-Forwarded-For; some proxies write the port too. Raises UnbelievableError."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise UnbelievableError(_GARBAGE)
    if text.startswith("["):
        text = text[1:].partition("]")[0] if "]" in text else ""
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return _plain(text)
    except ValueError:
        raise UnbelievableError(_GARBAGE) from None


@lru_cache(_REMEMBERED)
def _plain(text: str) -> Address:
    """IPv4 in the clothes of IPv6 is IPv4."""
    address = ip_address(text)
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
