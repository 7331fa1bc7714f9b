"""A POST that is all there, for fronts that can answer it at once."""

from typing import NamedTuple

from multidict import CIMultiDictProxy


class Posted(NamedTuple):
    """Its path as it was written, its headers, its body as it came, and the address at the other end."""

    path: str
    headers: CIMultiDictProxy[str]
    body: bytes
    peer: str
