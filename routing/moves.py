"""Who is where while people move between calendar systems: the way to each of them at an instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeAlias

from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from routing.people import People
from routing.sides import Sides
from routing.stages import FOREVER, NO_PLAN, Plan, Stage, stage_of
from routing.table import Combine
from routing.ways import Found, Leg, Way

_KEPT: Final = 32_768

Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a move knows of one person. ``address`` is the one on the list, ``words`` say the rest of it.

    ``moved_at`` is None where it is not planned; ``batch`` is "" for none. ``current`` and ``old`` are the two sides.
    """

    move: str
    address: str
    batch: str
    stage: Stage
    moved_at: datetime | None
    words: str
    current: Leg
    old: Leg


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody on a list: by the address there, which the side that is left knows, and by the one on the other side."""

    address: str
    there: str
    batch: str
    stage: Stage


class Move:
    """The people of one list, and the plans of their batches by name. Never changed while it is in use."""

    __slots__ = ("_found", "_plans", "_said", "_second", "_stages", "people", "plans", "sides")

    def __init__(self, sides: Sides, people: People, plans: Mapping[str, Plan]) -> None:
        self.sides, self.people, self.plans = sides, people, plans
        self._plans = [*(plans.get(name, NO_PLAN) for name in people.names), NO_PLAN]  # the last by -1: of no batch
        self._found: dict[str, tuple[Stage, Found]] = {}  # by address: a string knows its hash
        self._said = lru_cache(maxsize=1024)(self._words)
        self._second, self._stages = -1, dict[int, Stage]()  # of one second: all of a kind are at one stage

    def way(self, mailbox: Mailbox, clock: Clock) -> Found | None:
        """The way to the mailbox now; None where nobody on the list has that address. INVALID_ADDRESS, not an error.

        What follows a ``+`` is the same person's, unless a route, an alias or the list names it.
        """
        people, address = self.people, mailbox.address
        kind = people.kinds.get(address)
        if kind is None:
            origin = people.origins.get(address)
            if origin is None:
                if "+" in address and (known := self._untagged(mailbox)) is not None:
                    return self.way(known, clock)
                return None
            kind = people.kinds[origin]
        if (second := int(clock().timestamp())) != self._second:
            self._second = second
            self._stages.clear()
        if (stage := self._stages.get(kind)) is None:
            stage = self._stages[kind] = self._stage(kind, second)
        kept = self._found.get(address)
        if kept is None or kept[0] is not stage:
            if len(self._found) >= _KEPT:
                self._found.clear()
            kept = self._found[address] = stage, self._way(mailbox, kind, stage)
        return kept[1]

    def told(self, mailbox: Mailbox, now: datetime) -> Told | None:
        """What is known of whoever has the mailbox's address; None of nobody on the list, or whom no way leads to."""
        known = mailbox if mailbox.address in self.people else self._untagged(mailbox)
        if known is None or (origin := self.people.origin(known.address)) is None:
            return None
        kind = self.people.kinds[origin]
        stage, moved_at = self._stage(kind, int(now.timestamp())), self._moved_at(kind)
        try:
            ours = self._sides(Mailbox(origin, mailbox.asked))
        except ValueError:
            return None
        current, old = reversed(ours) if stage.there else ours
        return Told(
            move=self.sides.name,
            address=origin,
            batch=self._batch(kind),
            stage=stage,
            moved_at=None if moved_at >= FOREVER else datetime.fromtimestamp(moved_at, UTC),
            words=self._said(kind, stage),
            current=current,
            old=old,
        )

    def counts(self, now: datetime) -> dict[tuple[str, Stage], int]:
        """How many people of each batch are at which stage; only what there is."""
        found: dict[tuple[str, Stage], int] = {}
        second = int(now.timestamp())
        for kind, count in enumerate(self.people.counts):
            key = self._batch(kind), self._stage(kind, second)
            found[key] = found.get(key, 0) + count
        return found

    def standing(self, now: datetime) -> Iterator[Standing]:
        """Everybody on the list, with the stage they are at; whoever has no address on the other side is left out."""
        people, second = self.people, int(now.timestamp())
        others = {listed: other for other, listed in people.origins.items()}
        stages = [self._stage(kind, second) for kind in range(len(people.counts))]
        batches = [self._batch(kind) for kind in range(len(people.counts))]
        for address, kind in people.kinds.items():
            yield Standing(address, others.get(address, address), batches[kind], stages[kind])

    def _moved_at(self, kind: int) -> int:
        instant = self.people.instants[kind]
        return instant if instant >= 0 else self._plans[self.people.batches[kind]].moved_at

    def _stage(self, kind: int, now: int) -> Stage:
        plan = self._plans[self.people.batches[kind]]
        instant = self.people.instants[kind]
        return stage_of(instant if instant >= 0 else plan.moved_at, plan, now, self.sides.joined)

    def _batch(self, kind: int) -> str:
        batch = self.people.batches[kind]
        return self.people.names[batch] if batch >= 0 else ""

    def _untagged(self, mailbox: Mailbox) -> Mailbox | None:
        """The mailbox without what follows a ``+``, where the list has that and nothing names the whole address."""
        local, _, domain = mailbox.address.rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        if plain == mailbox.address or plain not in self.people:
            return None
        table = self.sides.table
        route = table.find(mailbox)
        if table.aliases.real(mailbox) is not mailbox or (route is not None and "@" in route.match):
            return None
        return Mailbox(plain, mailbox.asked)

    def _way(self, mailbox: Mailbox, kind: int, stage: Stage) -> Found:
        people, address = self.people, mailbox.address
        origins = (address,) if address in people.kinds else people.homes.get(address) or (people.origins[address],)
        try:
            pairs = [self._sides(Mailbox(origin, mailbox.asked)) for origin in origins]
        except ValueError as error:
            return Unavailable(mailbox=mailbox, reason=Reason.INVALID_ADDRESS, detail=str(error))
        left, new = tuple(dict.fromkeys(leg for leg, _ in pairs)), pairs[0][1]
        if not stage.joined:
            if stage.there or len(left) == 1:
                return new if stage.there else left[0]
            return Way(left, Combine.EITHER, self._said(kind, stage))
        legs = (new, *left) if stage.there else (*left, new)
        either = len(left) > 1 and not stage.there  # which of them is current, nobody knows
        return Way(legs, Combine.EITHER if either else Combine.MOVE, self._said(kind, stage))

    def _sides(self, mailbox: Mailbox) -> tuple[Leg, Leg]:
        """The side that is left, then the other. Raises ValueError where a template makes no address."""
        return self.sides.left(mailbox), self.sides.new(mailbox)

    def _words(self, kind: int, stage: Stage) -> str:
        sides, at, batch = self.sides, self._moved_at(kind), self._batch(kind)
        plan = self._plans[self.people.batches[kind]]
        wave = f", batch {batch}" if batch else ""
        when = "at an instant not planned yet" if at >= FOREVER else f"at {_written(at)}"
        back = "" if plan.rolled_back_at is None else f"; rolled back at {_written(plan.rolled_back_at)}"
        back += "" if plan.resumed_at is None else f", resumed at {_written(plan.resumed_at)}"
        where = f"{sides.target} now" if stage.there else f"{sides.source} now"
        both = ", and both calendars are joined" if stage.joined else ""
        words = f'[[moves]] "{sides.name}": from {sides.source} to {sides.target} {when}{wave}{back}'
        return f"{words}: {where}{both}"


class Everybody:
    """Both sides are asked about everybody whom a route leads to the one that is left: where each is, nobody knows."""

    __slots__ = ("_found", "_words", "sides")

    def __init__(self, sides: Sides, words: str = "nobody says who has moved, so both are asked") -> None:
        self.sides, self._words = sides, words
        self._found: dict[str, Way | None] = {}

    def way(self, mailbox: Mailbox, clock: Clock) -> Way | None:
        """Both sides; None where the mailbox is neither's."""
        found, address = self._found, mailbox.address
        if address not in found:
            if len(found) >= _KEPT:
                found.clear()
            found[address] = self._way(mailbox)
        return found[address]

    def _way(self, mailbox: Mailbox) -> Way | None:
        origins = [origin for origin in self.sides.origins(mailbox) if self.sides.leaves(origin)]
        if not origins:
            return None
        try:
            legs = (*map(self.sides.left, origins), self.sides.new(origins[0]))
        except ValueError:
            return None  # the other side cannot know such an address
        words = f'[[moves]] "{self.sides.name}": from {self.sides.source} to {self.sides.target}: {self._words}'
        return Way(legs, Combine.EITHER, words)


class Moves:
    """Several moves as one :class:`routing.ways.Follower`; nobody is on two lists."""

    __slots__ = ("_clock", "_everybody", "_lists", "_names", "moves")

    def __init__(self, moves: Sequence[Move | Everybody], clock: Clock) -> None:
        # those who are on a list are found there before anybody is looked for on both sides
        self.moves = tuple(sorted(moves, key=lambda move: isinstance(move, Everybody)))
        self._lists = tuple(move for move in self.moves if isinstance(move, Move))
        self._names = tuple((known, m) for m in self._lists for known in (m.people.kinds, m.people.origins) if known)
        self._everybody = tuple(move for move in self.moves if isinstance(move, Everybody))
        self._clock = clock

    def way(self, mailbox: Mailbox) -> Found | None:
        """The way to the mailbox now; None where it does not move."""
        address = mailbox.address
        for known, move in self._names:  # nearly everybody is on none: a look or two into mappings, and no call
            if address in known:
                return move.way(mailbox, self._clock)
        if "+" in address:
            for move in self._lists:
                if (way := move.way(mailbox, self._clock)) is not None:
                    return way
        for everybody in self._everybody:
            if (found := everybody.way(mailbox, self._clock)) is not None:
                return found
        return None

    def told(self, mailbox: Mailbox) -> Told | None:
        """What the lists know of whoever has the mailbox's address."""
        now = self._clock()
        for move in self.moves:
            if isinstance(move, Move) and (told := move.told(mailbox, now)) is not None:
                return told
        return None


def _written(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M} UTC"
