"""Whose turn is next where more is asked than is served: each caller gets its share, however much it asks."""

import heapq
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Generic, TypeVar

T = TypeVar("T")
STRANGER: Final = "\0"
"""What the names of those begin with who have not proved whose they are."""
_RESTING: Final = 1_024  # shares of which nobody waits


@dataclass(slots=True, eq=False)
class Ticket(Generic[T]):
    """A place in the line: whose, since when, for what, and what its turn costs (0: as much as is usual); ``gone`` once
    nobody waits for it any more."""

    caller: str
    since: float
    item: T
    cost: float = 0.0
    gone: bool = False


class FairShares(Generic[T]):
    """A line for each caller, of which the one goes on that has had least by its weight (1, or as ``weights`` say).

    Start-time fair queueing (Goyal, Vin and Cheng 1996), of two levels: all strangers together have one share, and take
    turns in it. Who comes back after a rest begins where the others are, so that nobody saves up turns. What a turn
    costs may be corrected once it is known. Once nobody waits, nothing of what was is held against anybody; what is
    kept meanwhile goes by how many wait, not by how many have ever waited.
    """

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self._weights = dict(weights or {})
        self._lines = _Level[T](self._weights)
        self._all: OrderedDict[Ticket[T], None] = OrderedDict()
        self.waiting = 0

    def put(self, caller: str, item: T, *, since: float, cost: float = 0.0) -> Ticket[T]:
        """Stand in the line of ``caller``."""
        ticket = Ticket(caller, since, item, cost)
        self._lines.put(_way(caller), ticket)
        self._all[ticket] = None
        self.waiting += 1
        return ticket

    def take(self, usual: float = 1.0) -> Ticket[T] | None:
        """Whoever is next; None where nobody waits. ``usual`` is about what a turn costs of which nothing is known."""
        if not self.waiting:
            return None
        ticket = self._lines.take(usual)
        self._left(ticket)
        return ticket

    def charge(self, caller: str, cost: float) -> None:
        """A turn of ``caller`` cost so much more (or less) than was thought: it counts with its next one."""
        if self.waiting:
            self._lines.charge(_way(caller), cost)

    def leave(self, ticket: Ticket[T]) -> None:
        """Nobody waits with ``ticket`` any more."""
        if not ticket.gone:
            self._lines.leave(_way(ticket.caller), ticket)
            self._left(ticket)

    def late(self, since: float) -> Iterator[Ticket[T]]:
        """Those who wait since before ``since``, in the order in which they came; each leaves."""
        while self._all and (ticket := next(iter(self._all))).since < since:
            self.leave(ticket)
            yield ticket

    def everybody(self) -> list[Ticket[T]]:
        """Those who wait, the longest first; they still do."""
        return list(self._all)

    def _left(self, ticket: Ticket[T]) -> None:
        ticket.gone = True
        del self._all[ticket]
        self.waiting -= 1
        if not self.waiting:
            self._lines = _Level(self._weights)


@dataclass(slots=True, eq=False)
class _Share(Generic[T]):
    """``served`` is what this one has had, by its weight; ``credit`` what it paid too much and has not got back.

    ``line`` is of all its tickets; where several share it, ``within`` says whose is next.
    """

    name: str
    weight: float
    served: float
    credit: float = 0.0
    line: OrderedDict[Ticket[T], None] = field(default_factory=OrderedDict)
    within: "_Level[T] | None" = None

    def pay(self, cost: float) -> None:
        cost -= self.credit
        self.credit = max(0.0, -cost)
        self.served += max(0.0, cost) / self.weight


class _Level(Generic[T]):
    """Shares side by side. A way leads to a ticket: the name of a share here, then the one within it."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._shares: dict[str, _Share[T]] = {}
        self._next: list[tuple[float, int, _Share[T]]] = []  # one entry for each share, which may have had more since
        self._now, self._numbers = 0.0, count()
        self._resting = 0

    def put(self, way: tuple[str, ...], ticket: Ticket[T]) -> None:
        share = self._shares.get(way[0]) or self._new(way[0])
        if not share.line:
            self._resting -= 1
            share.served = max(share.served, self._now)
        share.line[ticket] = None
        if len(way) > 1:
            share.within = share.within or _Level({})
            share.within.put(way[1:], ticket)

    def take(self, usual: float) -> Ticket[T]:
        """Whoever is next; somebody must be there."""
        while True:
            served, _, share = self._next[0]
            if share.served > served:
                heapq.heapreplace(self._next, (share.served, next(self._numbers), share))
            elif share.line:
                break
            else:  # the others have had as much by now
                self._forget(heapq.heappop(self._next)[2])
        self._now = share.served
        ticket = share.within.take(usual) if share.within else next(iter(share.line))
        share.pay(ticket.cost or usual)
        self._drop(ticket, share)
        return ticket

    def charge(self, way: tuple[str, ...], cost: float) -> None:
        share = self._shares.get(way[0])
        if share is None:
            if cost <= 0:
                return
            share = self._new(way[0])
        share.pay(cost)
        if len(way) > 1:
            share.within = share.within or _Level({})
            share.within.charge(way[1:], cost)

    def leave(self, way: tuple[str, ...], ticket: Ticket[T]) -> None:
        share = self._shares[way[0]]
        self._drop(ticket, share)
        if share.within is not None:
            share.within.leave(way[1:], ticket)

    def _drop(self, ticket: Ticket[T], share: _Share[T]) -> None:
        del share.line[ticket]
        self._resting += not share.line

    def _new(self, name: str) -> _Share[T]:
        if self._resting >= _RESTING:
            self._forget_some()
        share = self._shares[name] = _Share(name, self._weights.get(name, 1.0), self._now)
        heapq.heappush(self._next, (share.served, next(self._numbers), share))
        self._resting += 1
        return share

    def _forget_some(self) -> None:
        """Half of those of whom nobody waits: the ones that have had least beyond what the others had."""
        resting = sorted((share for share in self._shares.values() if not share.line), key=lambda each: each.served)
        for share in resting[: _RESTING // 2]:
            self._forget(share)
        self._next = [entry for entry in self._next if entry[2].name in self._shares]
        heapq.heapify(self._next)

    def _forget(self, share: _Share[T]) -> None:
        del self._shares[share.name]
        self._resting -= 1


def _way(caller: str) -> tuple[str, ...]:
    return (STRANGER, caller) if caller.startswith(STRANGER) else (caller,)
