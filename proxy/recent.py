"""A mapping that holds so many entries and so many bytes: what was unused the longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(MutableMapping[K, V]):
    """At most ``count`` entries (None: any number) of ``weight`` bytes all told, as ``weigh`` tells of each.

    Reading an entry is a use. An entry that is heavier than the whole bound is not kept. ``weigh`` must say the same of
    an entry whenever it is asked: what it says is not kept, since a number beside each entry would cost more.
    """

    __slots__ = ("_count", "_entries", "_weigh", "_weight", "weight")

    def __init__(self, *, count: int | None = None, weight: int, weigh: Callable[[K, V], int]) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._count, self._weight, self._weigh = count, weight, weigh
        self.weight = 0

    def __getitem__(self, key: K) -> V:
        value = self._entries[key]
        self._entries.move_to_end(key)
        return value

    def find(self, key: K) -> V | None:
        """What is kept under ``key``, which is a use of it; None where nothing is."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __setitem__(self, key: K, value: V) -> None:
        if key in self._entries:
            del self[key]
        weight = self._weigh(key, value)
        if weight > self._weight or self._count == 0:
            return
        while self.weight + weight > self._weight or len(self._entries) == self._count:
            del self[next(iter(self._entries))]
        self._entries[key] = value
        self.weight += weight

    def __delitem__(self, key: K) -> None:
        self.weight -= self._weigh(key, self._entries.pop(key))

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
