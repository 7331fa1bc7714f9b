"""Rendered parts of answers, kept beside the cached availability: so many bytes, the longest unused go first."""

from collections.abc import Hashable

from cachetools import LRUCache


class Fragments(LRUCache[Hashable, bytes]):
    """XML by all that is visible in it. One that is larger than the whole bound is not kept."""

    def __init__(self, most: int) -> None:
        super().__init__(most, getsizeof=len)

    def __setitem__(self, key: Hashable, text: bytes) -> None:
        if len(text) <= self.maxsize:
            super().__setitem__(key, text)
