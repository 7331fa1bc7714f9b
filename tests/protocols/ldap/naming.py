"""Reads names of a directory back, which we only ever write."""

import re

_PAIR = re.compile(rb"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)


def value_of(rdn: str) -> str:
    """The value of a relative name such as ``CN=Doe\\, Ann``, without its escapes (RFC 4514 3)."""
    raw = rdn.partition("=")[2].encode()
    return _PAIR.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else m[2], raw).decode()
