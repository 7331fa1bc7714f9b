"""Finds who waits for one another in a round, for all rounds at once, however many there are and however entangled."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

Waits: TypeAlias = Mapping[int, Collection[int]]
"""For whom each waits; never for themselves."""


def components(waits: Waits) -> list[list[int]]:
    """The strongly connected components of more than one (Tarjan, 1972), in time that is linear in ``waits``."""
    search = _Search(waits)
    for start in waits:
        search.walk(start)
    return search.found


def closing(waits: Waits, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Who waits for whom so that a round is closed, for whoever walks ``waits`` from each of ``starts`` in turn, others
    in the order of their numbers: without these there is no round among those who were walked to."""
    done: set[int] = set()
    for start in starts:
        path: dict[int, Iterator[int]] = {} if start in done else {start: iter(sorted(waits.get(start, ())))}
        while path:
            number = next(reversed(path))
            for other in path[number]:
                if other in path:
                    yield number, other
                elif other not in done:
                    path[other] = iter(sorted(waits.get(other, ())))
                    break
            else:
                del path[number]
                done.add(number)


class _Search:
    """Tarjan's, without recursion: a partner's groups may lie in one another a thousand deep."""

    def __init__(self, waits: Waits) -> None:
        self.found: list[list[int]] = []
        self._waits = waits
        self._index: dict[int, int] = {}
        self._lowest: dict[int, int] = {}
        self._open: dict[int, None] = {}  # in the order in which they were entered

    def walk(self, start: int) -> None:
        """Everybody whom ``start`` waits for at any remove."""
        path = [] if start in self._index else [(start, self._entered(start))]
        while path:
            number, others = path[-1]
            for other in others:
                if other not in self._index:
                    path.append((other, self._entered(other)))
                    break
                if other in self._open:
                    self._lowest[number] = min(self._lowest[number], self._index[other])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    self._lowest[before] = min(self._lowest[before], self._lowest[number])
                if self._lowest[number] == self._index[number]:
                    self._close(number)

    def _entered(self, number: int) -> Iterator[int]:
        self._index[number] = self._lowest[number] = len(self._index)
        self._open[number] = None
        return iter(self._waits.get(number, ()))

    def _close(self, first: int) -> None:
        one: list[int] = []
        while not one or one[-1] != first:
            one.append(self._open.popitem()[0])
        if len(one) > 1:
            self.found.append(one)
