"""Who of a source has moved away from its side, or has not moved to it yet, while people go from one to another."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import blake2b

from galsync.steps import Left
from protocols.model.mailbox import Mailbox
from protocols.model.person import Person


class Side(Enum):
    """On which side of a move the people of a sync's sources are, as the settings write it."""

    LEFT = "from"
    NEW = "to"


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody on the list of a move, by the address of the side that is left and that of the new one (the same where
    both know them by one), canonical; ``there``: whether the new side is theirs by now; ``also``: further addresses
    that are theirs beyond doubt ([[aliases]])."""

    left: str
    new: str
    there: bool
    also: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them."""
        return (self.left, self.new, *self.also)


class UnreadableListError(Exception):
    """Who has moved cannot be told now: why, in words with a remedy. No entry may flip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What the moves say of the people of one sync's sources. Made by :meth:`of`.

    By each of somebody's addresses: ``out``, why they have no entry now; ``listed``, their address on the list (the
    side that is left); ``former``, of those who have arrived at the sources' side, all of their addresses. ``mark`` is
    another text whenever this would decide otherwise. ``only``: see :class:`Moving`.

    ``known`` are the anchors, as the source tells them, of those whose entry stands under an address of a list: only
    theirs are further addresses that decide. Anybody else may bear a mover's old address by now: a team, a successor.
    ``external`` tells under which address an entry stands, where that is not the primary one.
    ``apart`` is what is said of each source alone, where a sync has sources on different sides of a move; ``out`` and
    ``former`` are then told there.
    """

    out: Mapping[str, Left] = field(default_factory=dict)
    listed: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mark: str = ""
    only: frozenset[str] | None = None
    known: frozenset[str] = frozenset()
    external: Callable[[Person], Mailbox | None] | None = field(default=None, compare=False, repr=False)
    apart: Mapping[str, "Moved"] = field(default_factory=dict)

    @classmethod
    def of(cls, lists: Iterable[tuple[Side, Iterable[Mover]]]) -> "Moved":
        """What several moves say together; whoever has gone on one move and come by another counts as gone."""
        out: dict[str, Left] = {}
        listed: dict[str, str] = {}
        former: dict[str, frozenset[str]] = {}
        for side, movers in lists:
            for mover in movers:
                every = mover.addresses
                listed |= dict.fromkeys(every, mover.left)
                if side is Side.LEFT and mover.there:
                    out |= dict.fromkeys(every, Left.MOVED)
                elif side is Side.NEW and mover.there:
                    former |= dict.fromkeys(every, frozenset(every))
                elif side is Side.NEW:
                    for address in every:
                        out.setdefault(address, Left.NOT_MOVED)
        return cls(out=out, listed=listed, former=former, mark=_mark(out, former))

    @classmethod
    def of_each(cls, sources: Mapping[str, "Moved"]) -> "Moved":
        """What is said of each source alone, by its name. A source that is not there is on no side."""
        listed: dict[str, str] = {}
        former: dict[str, frozenset[str]] = {}
        for one in sources.values():
            listed |= one.listed
            former |= one.former
        mark = " ".join(f"{name}={one.mark}" for name, one in sorted(sources.items()) if one.mark)
        return cls(listed=listed, former=former, mark=mark, apart=sources)

    @property
    def due(self) -> frozenset[str]:
        """Who shall have an entry now, by their address on the list."""
        if self.apart:
            return frozenset[str]().union(*(one.due for one in self.apart.values()))
        return frozenset(left for address, left in self.listed.items() if address not in self.out)

    def of_source(self, source: str) -> "Moved":
        """What is said of the people of ``source``."""
        if not self.apart:
            return self
        return replace(self.apart.get(source, Moved()), only=self.only)

    def verdict(self, person: Person) -> Left | None:
        """Why ``person`` has no entry now; None where no move speaks against it."""
        return next((self.out[each] for each in self._theirs(person) if each in self.out), None)

    def arrived(self, person: Person) -> bool:
        """Whether ``person`` has come to the sources' side."""
        return any(each in self.former for each in self._theirs(person))

    def listed_as(self, person: Person) -> str:
        """Under which address ``person`` stands on a list; "" for nobody who moves."""
        return next((self.listed[each] for each in self._theirs(person) if each in self.listed), "")

    def _theirs(self, person: Person) -> tuple[str, ...]:
        """By what ``person`` is looked for: the primary address first."""
        main = (person.primary, self.external(person)) if self.external is not None else (person.primary,)
        addresses = tuple(each.address for each in main if each is not None)
        return (*addresses, *map(str.lower, person.aliases)) if person.anchor in self.known else addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """How a sync hears who has moved: ``read`` is asked at the beginning of each run and raises UnreadableListError.

    ``only``: plan for those alone who stand on a list under one of these addresses, and leave everybody else as they
    are; None: everybody.
    """

    read: Callable[[], Awaitable[Moved]]
    only: frozenset[str] | None = None


def _mark(out: Mapping[str, Left], former: Mapping[str, object]) -> str:
    if not out and not former:
        return ""
    lines = [*(f"{address} {why.name}" for address, why in sorted(out.items())), "", *sorted(former)]
    return blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
