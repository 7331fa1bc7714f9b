"""Whose turn is next where more is asked than is served: each caller gets its share, however much it asks."""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Ticket(Generic[T]):
    """A place in the line: whose, since when, for what, and what its turn costs (0: as much as is usual); ``gone`` once
    nobody waits for it any more."""

    caller: str
    since: float
    item: T
    cost: float = 0.0
    gone: bool = False


@dataclass(slots=True, eq=False)
class _Share(Generic[T]):
    """``served`` is what this caller has had, by its weight; ``owed`` what it had beyond what was thought then."""

    weight: float
    served: float
    owed: float = 0.0
    line: deque[Ticket[T]] = field(default_factory=deque)


class FairShares(Generic[T]):
    """A line for each caller, of which the one goes on that has had least by its weight (1, or as ``weights`` say).

    Start-time fair queueing (Goyal, Vin and Cheng 1996): who comes back after a rest begins where the others are, so
    that nobody saves up turns. What a turn costs may be corrected once it is known. Once nobody waits, nothing of what
    was is held against anybody.
    """

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self._weights = dict(weights or {})
        self._shares: dict[str, _Share[T]] = {}
        self._next: list[tuple[float, int, _Share[T]]] = []  # one entry for each share with a line
        self._all: deque[Ticket[T]] = deque()
        self._now, self._numbers = 0.0, count()
        self.waiting = 0

    def put(self, caller: str, item: T, *, since: float, cost: float = 0.0) -> Ticket[T]:
        """Stand in the line of ``caller``."""
        ticket = Ticket(caller, since, item, cost)
        share = self._shares.get(caller)
        if share is None:
            share = self._shares[caller] = _Share(self._weights.get(caller, 1.0), self._now)
        if not share.line:
            share.served = max(share.served, self._now)
            heapq.heappush(self._next, (share.served, next(self._numbers), share))
        share.line.append(ticket)
        self._all.append(ticket)
        self.waiting += 1
        return ticket

    def take(self, usual: float = 1.0) -> Ticket[T] | None:
        """Whoever is next; None where nobody waits. ``usual`` is about what a turn costs of which nothing is known."""
        while self._next:
            served, number, share = heapq.heappop(self._next)
            line = share.line
            while line and line[0].gone:
                line.popleft()
            if not line:
                continue
            self._now = served
            ticket = line.popleft()
            cost = (ticket.cost or usual) + share.owed
            share.served = served + max(0.0, cost) / share.weight
            share.owed = min(0.0, cost)
            if line:
                heapq.heappush(self._next, (share.served, number, share))
            self.leave(ticket)
            return ticket
        return None

    def charge(self, caller: str, cost: float) -> None:
        """A turn of ``caller`` cost so much more (or less) than was thought: it counts with its next one."""
        share = self._shares.get(caller)
        if share is not None:
            share.owed += cost

    def leave(self, ticket: Ticket[T]) -> None:
        """Nobody waits with ``ticket`` any more."""
        if ticket.gone:
            return
        ticket.gone = True
        self.waiting -= 1
        if not self.waiting:
            self._shares.clear()
            self._next.clear()
            self._all.clear()
            self._now = 0.0

    def late(self, since: float) -> Iterator[Ticket[T]]:
        """Those who wait since before ``since``, in the order in which they came; each leaves."""
        while self._all and (self._all[0].gone or self._all[0].since < since):
            ticket = self._all.popleft()
            if not ticket.gone:
                self.leave(ticket)
                yield ticket

    def everybody(self) -> list[Ticket[T]]:
        """Those who wait, the longest first; they still do."""
        return [ticket for ticket in self._all if not ticket.gone]

    @property
    def callers(self) -> int:
        """How many callers are known to have waited since the line was last empty."""
        return len(self._shares)
