"""Remembers which spokes have told of changes that no run has looked at yet."""

from collections import defaultdict
from collections.abc import Callable


class Bell:
    """``hear`` is called with a hub's name whenever one of its spokes rings."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        self._hear = hear
        self._rung: defaultdict[str, set[str]] = defaultdict(set)

    def ring(self, hub: str, spoke: str) -> None:
        """Something changed at this spoke."""
        self._rung[hub].add(spoke)
        self._hear(hub)

    def rung(self, hub: str) -> bool:
        """Whether any spoke of ``hub`` rang since it was last asked who did."""
        return bool(self._rung.get(hub))

    def who(self, hub: str) -> frozenset[str]:
        """The spokes that rang, each told once; none where another node heard it."""
        return frozenset(self._rung.pop(hub, ()))
