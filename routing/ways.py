"""The way of one question: which calendar systems are asked about a mailbox now, under which addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from routing.table import Combine, Route, RouteTable, rewritten

_KEPT = 32_768


@dataclass(frozen=True, slots=True)
class Leg:
    """One calendar system on the way, and the mailbox as it knows it; ``asked`` is kept."""

    via: str
    mailbox: Mailbox


@dataclass(frozen=True, slots=True)
class Way:
    """Several legs, and what becomes of their answers. Of a MOVE the first leg is the current side.

    ``reason`` says in words why there are several, for who asks for an explanation.
    """

    legs: tuple[Leg, ...]
    combine: Combine
    reason: str = ""


Found: TypeAlias = Leg | Way | Unavailable


class Follower(Protocol):
    """Who knows where people are who move: routing/moves.py."""

    def way(self, mailbox: Mailbox) -> Found | None:
        """The way to the mailbox, which is as asked or by its real name; None where it does not move. Never raises."""
        ...


class Ways:
    """Finds ways by ``table``; whoever moves is found by the follower last told of, by each of its names."""

    __slots__ = ("_aliases", "_fixed", "_follower", "table")

    def __init__(self, table: RouteTable, *, follower: Follower | None = None) -> None:
        self.table, self._follower = table, follower
        self._aliases = table.aliases or None  # whether there are any is asked once
        self._fixed: dict[str, Found] = {}  # by address: a string knows its hash, a mailbox reckons it each time

    def follow(self, follower: Follower | None) -> None:
        """From now on ``follower`` tells who moves: the next look-up goes by it."""
        self._follower = follower

    def find(self, mailbox: Mailbox) -> Found:
        """The leg or the legs to the mailbox, or why there is none (NO_ROUTE, INVALID_ADDRESS)."""
        follower = self._follower
        if follower is not None:
            way = follower.way(mailbox)
            if way is None and self._aliases is not None and (real := self._aliases.real(mailbox)) is not mailbox:
                way = follower.way(real)
            if way is not None:
                return way
        if (found := self._fixed.get(mailbox.address)) is None:
            if len(self._fixed) >= _KEPT:
                self._fixed.clear()
            found = self._fixed[mailbox.address] = self._by_route(mailbox)
        return found

    def _by_route(self, mailbox: Mailbox) -> Found:
        mailbox, route = self.table.resolve(mailbox)
        if route is None:
            return Unavailable(mailbox=mailbox, reason=Reason.NO_ROUTE)
        if route.only:
            return Leg(route.only, mailbox)
        try:
            return _joined(legs_of(mailbox, route), route)
        except ValueError as error:
            return Unavailable(mailbox=mailbox, reason=Reason.INVALID_ADDRESS, detail=str(error))


def legs_in(found: Found) -> tuple[Leg, ...]:
    """Whoever may be asked on the way; nobody where there is none."""
    if isinstance(found, Way):
        return found.legs
    return (found,) if isinstance(found, Leg) else ()


def legs_of(mailbox: Mailbox, route: Route) -> tuple[Leg, ...]:
    """A leg for each connector of ``route``, in its order. Raises ValueError where a template makes no address."""
    return tuple(Leg(via, rewritten(mailbox, route, via)) for via in route.via)


def _joined(legs: Sequence[Leg], route: Route) -> Leg | Way:
    if len(legs) == 1:
        return legs[0]
    return Way(tuple(legs), route.combine, f'[[routes]] match = "{route.match}"')
