"""Addresses the way a person writes them in the settings: to listen on (``0.0.0.0:443``), and networks (CIDRs)."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Self, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

IpNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_V6_SITE: Final = 64  # bits
_WRITTEN = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})")


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """A host (a name, an IPv4 or an IPv6 address without brackets) and a port; port 0 lets the system choose."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: object) -> Self:
        """The address that ``text`` writes down. Raises ValueError with a remedy."""
        if isinstance(text, cls):
            return text
        match = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or int(match[3]) > 65_535:
            raise ValueError('not an address to listen on: write "host:port", such as "0.0.0.0:443" or "[::]:443"')
        return cls(match[1] or match[2], int(match[3]))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Listen = Annotated[
    ListenAddress,
    BeforeValidator(ListenAddress.parse),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["0.0.0.0:443"]}),
]
"""A field of the settings that holds a :class:`ListenAddress`."""


@lru_cache(4_096)
def place_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """What counts as one place: an IPv4 address; of IPv6 the /64, as whoever has one address of it has all."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _V6_SITE), strict=False))


def parse_network(text: object) -> IpNetwork:
    """The network or single address that ``text`` writes down. Raises ValueError with a remedy."""
    if isinstance(text, IpNetwork):
        return text
    if not isinstance(text, str):
        raise ValueError('not a network: write an address or a CIDR, such as "10.0.0.5" or "203.0.113.0/24"')
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        if "has host bits set" not in str(error):
            raise ValueError(f'"{text}" is no network: write an address or a CIDR, such as "203.0.113.0/24"') from None
    meant = ipaddress.ip_network(text.strip(), strict=False)
    raise ValueError(f'"{text}" is an address within a network: write "{meant}" for all of it')


def parse_narrow_network(text: object, remedy: str = "write the addresses that are meant") -> IpNetwork:
    """The same as :func:`parse_network`, for what is to tell some addresses from others: not all of them (``/0``)."""
    network = parse_network(text)
    if network.prefixlen == 0:
        raise ValueError(f'"{text}" is every address there is: {remedy}')
    return network


Network = Annotated[
    IpNetwork,
    BeforeValidator(parse_narrow_network),
    PlainSerializer(lambda network: str(network.network_address) if network.num_addresses == 1 else str(network)),
    WithJsonSchema({"type": "string", "examples": ["10.0.0.5", "203.0.113.0/24"]}),
]
"""A field of the settings that holds a network; a single address is the smallest one."""
