"""What one sync is: whose people go where, how they shall stand there, and what it may do without asking."""

from dataclasses import dataclass
from datetime import timedelta

from galsync.people.mapping import Mapping
from galsync.people.moved import Moving
from galsync.people.selection import Selection
from galsync.plans.guards import Guards
from galsync.rules import Rules
from galsync.side import Source, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of a sync: who of it is taken, and how they become entries."""

    source: Source
    selection: Selection
    mapping: Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A sync of address books, as the settings describe it.

    ``feeds`` stand in the order of their priority: the first that has an address wins. ``whole_every`` is how old the
    last whole reading may be while changes alone are read. ``attempts`` is how often a step is tried at most;
    ``give_up_after``, after how many failures in a row a place is left alone, and ``places_given_up``, after how many
    such places in a row the run stops. ``patience`` is how long one call of the target may take before it counts as in
    doubt; ``lease``, how long a run may go on without saying so (it does so four times in that time) before another
    node may take the sync over; from a process that is dead beyond doubt it is taken at once. ``fingerprint`` is
    another one whenever the settings that decide about people are others, one line without secrets: after a change of
    them everybody is read again. ``moving`` tells who has moved, where people go from one side to another meanwhile.

    Raises ValueError where the name could not stand in a stamp, or is not the one that the rules stamp with.
    """

    name: str
    feeds: tuple[Feed, ...]
    target: Target
    rules: Rules
    guards: Guards
    whole_every: timedelta = timedelta(days=1)
    attempts: int = 5
    give_up_after: int = 25
    places_given_up: int = 5
    patience: timedelta = timedelta(minutes=5)
    lease: timedelta = timedelta(minutes=1)
    fingerprint: str = ""
    moving: Moving | None = None

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name:
            raise ValueError(f"not a name for a sync, which is one word without /: {self.name!r}")
        if self.rules.sync != self.name:
            raise ValueError(f"the rules of {self.name} stamp with another name: {self.rules.sync!r}")
        if not self.feeds:
            raise ValueError(f"{self.name} has no source")
        if min(self.attempts, self.give_up_after, self.places_given_up) < 1:
            raise ValueError(f"{self.name} would give up before it tries")
