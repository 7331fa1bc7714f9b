"""Where to listen, the way a person writes it in the settings: ``0.0.0.0:443``, ``[::1]:9464``, ``localhost:8080``."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

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
