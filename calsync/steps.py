"""A plan for a hub: what would be done at each spoke and why, as a pure value to look at before anything is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from calsync.agreed import Agreed, Aside, Link
from calsync.items import Fields
from calsync.spoke import Act


class Why(Enum):
    """Why a step is in a plan."""

    NEW = "new at another spoke"
    CHANGED = "changed at another spoke"
    RULES = "the rules of the hub are others now"
    GONE = "gone where it came from"
    REMOVED = "its copy was removed at another spoke"
    WITHDRAWN = "not given to the hub any more"
    SORTED_OUT = "of a sort that is not given (private, declined, …)"
    LOST = "its copy was removed, which is not allowed to count"
    REFILLED = "its spoke lost it, and is filled again"
    PUT_BACK = "changed where no change counts"
    CONFLICT = "changed at two spokes: the other version stays"
    KEPT_BOTH = "changed at two spokes: the other version, kept beside"
    TWICE = "a second copy of the same item"
    PURGE = "everything of this hub is taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to be done at one spoke for one item of the hub.

    ``fields`` is all that shall stand there (empty for DELETE), ``changes`` what of it is written by an UPDATE.
    ``link`` is how it stands there until now; before CREATE it is None, or what was lost there and is made again: its
    ``copies`` says how many were made before (0 without a link), from which the token follows. ``before`` is what was
    seen there in this run, where it was: for the history. ``worn`` is what a copy wears after it (calsync.agreed.Link).
    """

    act: Act
    why: Why
    item: str
    spoke: str
    fields: Fields = field(default_factory=dict, repr=False)
    changes: frozenset[str] = frozenset()
    link: Link | None = None
    before: Fields | None = field(default=None, repr=False)
    worn: str = ""


JOINED: Final = "joined"
"""Two items that were there before the hub became one: what the hub knew first stayed."""
GONE_FIRST: Final = "gone"
"""The item was removed where it came from, and may not be made again there: the edit went with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One field (``what``) of an item that two spokes changed: whose version stayed, and both (for the history).
    ``rule`` is the value of the calsync.rules.Conflict that decided it, or JOINED or GONE_FIRST; "" where nobody kept
    it."""

    item: str
    what: str
    winner: str
    loser: str
    kept: str = field(repr=False)
    lost: str = field(repr=False)
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that is not done, and why: a copy that may not be changed, a content that a spoke cannot hold."""

    item: str
    spoke: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All about one item of the hub. ``agreed`` is what the ledger keeps before the first of the steps is done (links
    as they are until then, ``pending`` where there are steps); None where it shall forget the item, without any step.
    ``waits``: more is to be done at a spoke that takes no part in this run, or cannot be written now, so that it stays
    pending after the steps.
    """

    item: str
    agreed: Agreed | None
    steps: Sequence[Step] = ()
    clashes: Sequence[Clash] = ()
    left: Sequence[Left] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looped:
    """A spoke in which somebody else copies our copies: ``keys`` of what was found, ``maker`` who seems to do it."""

    spoke: str
    keys: Sequence[str]
    maker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``asides`` are items not taken (new ones, and those whose reason changed); ``forget`` asides that are gone or
    taken by now, as (spoke, key). ``asks`` are places, as (spoke, key), at which nothing is planned before it was seen
    in the same run what stands there: whoever can look plans again with that."""

    decisions: Sequence[Decision] = ()
    asides: Sequence[Aside] = ()
    forget: Sequence[tuple[str, str]] = ()
    loops: Sequence[Looped] = ()
    stops: Sequence["Stop"] = ()
    asks: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A guard that does not let the plan be carried out: ``guard`` is the word that ``--allow`` takes, ``words`` say
    what it saw, in numbers, and what to do."""

    guard: str
    spoke: str
    words: str
