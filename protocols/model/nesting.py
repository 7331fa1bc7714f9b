"""Groups that lie in groups: in which ones somebody is, at any depth."""

from collections.abc import Collection, Iterable, Mapping


class Nesting:
    """``above`` are the groups that each group lies in directly; they may lie in each other in a circle."""

    def __init__(self, above: Mapping[str, Collection[str]]) -> None:
        self._above = above
        self._known: dict[str, frozenset[str]] = {}

    @property
    def groups(self) -> Collection[str]:
        """Every group of which it is known what it lies in."""
        return self._above.keys()

    def all_of(self, groups: Iterable[str]) -> frozenset[str]:
        """``groups`` and all that they lie in."""
        return frozenset().union(*map(self._all, groups))

    def _all(self, group: str) -> frozenset[str]:
        if (known := self._known.get(group)) is not None:
            return known
        found, waiting = {group}, [group]
        while waiting:
            for one in self._above.get(waiting.pop(), ()):
                if one not in found:
                    found.add(one)
                    waiting.append(one)
        self._known[group] = closed = frozenset(found)
        return closed
