"""Rendered parts of answers, kept beside the cached availability: so many bytes, the longest unused go first."""

from collections.abc import Hashable
from sys import getsizeof

from proxy.recent import Recent

_ENTRY = 400  # bytes: the places in the mapping, the tuples of the key


class Fragments(Recent[Hashable, bytes]):
    """XML by all that is visible in it, at most ``most`` bytes with the keys, which may be larger than the XML."""

    def __init__(self, most: int) -> None:
        super().__init__(weight=most, weigh=_weight)


def _weight(key: Hashable, text: bytes) -> int:
    return _ENTRY + len(text) + _content(key)


def _content(key: object) -> int:
    if isinstance(key, tuple):
        return 8 * len(key) + sum(map(_content, key))
    return getsizeof(key) if isinstance(key, str | bytes) else 0
