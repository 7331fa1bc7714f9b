"""Fields and digests in little room, as they lie in the database."""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from calsync.agreed import Digests
from service.state.json_text import dumped, loaded

_LENGTH: Final = 8  # bytes of a digest
_BETWEEN: Final = "\n"  # no name of a field has one


def packed(value: object) -> bytes:
    """``value`` as JSON, compressed."""
    return zlib.compress(dumped(value))


def unpacked(data: bytes) -> Any:
    """What :func:`packed` was given; tuples are lists."""
    return loaded(zlib.decompress(data))


def signs(digests: Digests) -> bytes:
    """The names of the fields and their digests, one after the other; the same whatever their order.

    Raises ValueError where a digest has another length than 8, or a name a line end.
    """
    names = sorted(digests)
    if any(len(digests[name]) != _LENGTH for name in names) or any(_BETWEEN in name for name in names):
        raise ValueError("a digest is 8 bytes, and the name of a field one line")
    return _BETWEEN.join(names).encode() + b"\0" + b"".join(digests[name] for name in names)


def signs_read(data: bytes) -> Mapping[str, bytes]:
    """What :func:`signs` was given."""
    text, _, digests = data.partition(b"\0")
    return {name: digests[at * _LENGTH : (at + 1) * _LENGTH] for at, name in enumerate(_names(text))}


@lru_cache(maxsize=4096)  # whoever has the same fields shares their names
def _names(text: bytes) -> tuple[str, ...]:
    return tuple(text.decode().split(_BETWEEN)) if text else ()
