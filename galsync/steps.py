"""A plan: what would be done in an address book and why, as a pure value to look at before anything is done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from galsync.entries import Agreement, Entry, Held


class Act(Enum):
    """What a step does to one object of the target."""

    CREATE = "create"
    UPDATE = "update"
    RETIRE = "retire"
    """Hidden, to be removed when the grace period is over: the first half of a deletion."""
    REMOVE = "remove"
    REMEMBER = "remember"
    """Nothing is written: the ledger learns what stands there already (after a crash, or a lost ledger)."""
    CONFLICT = "conflict"
    """Nothing is written: somebody has to decide."""


class Why(Enum):
    """The reason of a step, a line of the report each."""

    NEW = "the source has somebody new"
    CHANGED = "the source says otherwise than the target"
    RETURNED = "the source has them again"
    GONE = "the source does not have them any more"
    NOT_SELECTED = "the selection does not take them any more"
    GRACE_OVER = "retired, and the grace period is over"
    FOUND = "stands in the target with our stamp, and the ledger does not know it"
    LOST = "was removed from the target by somebody else"
    TWICE = "stands in the target twice with the same stamp"
    COPIED = "bears a copied stamp: whoever copied our object takes the stamp out of the copy, or removes it"
    CLASH = "an object that is not ours has one of the addresses"
    CLASH_WITHIN = "two people of the sources want the same address"
    READONLY = "the object cannot be written here"
    MOVED = "they have moved: another side has them now"
    UNDO = "undoes a step of an earlier run"
    PURGE = "everything that this sync made is removed"


class Remedy(Enum):
    """What a conflict proposes; the administrator writes it down under ``[directory_syncs.conflicts]``."""

    REUSE = "reuse"
    """The object that stands there serves as the entry: nothing is written to it."""
    SKIP = "skip"
    """Do without an entry."""
    RENAME = "rename"
    """Give the entry another name or alias, or the other object another address."""


class Left(Enum):
    """Why somebody of a source has no entry; counted, and named in the report."""

    NO_ADDRESS = "has no mail address"
    BAD_ADDRESS = "has an address that cannot be read or is too long"
    CONTACT = "is a contact or a guest, not somebody of this organisation"
    OURS = "was made by this product"
    NOT_SELECTED = "is not selected"
    DISABLED = "is disabled"
    HIDDEN = "is hidden in the source"
    GROUP = "is a group, which the target's form does not take"
    MERGED = "has the address of somebody in a source of higher priority"
    GARBLED = "cannot be read"
    MOVED = "has moved away from the source's side"
    NOT_MOVED = "has not moved to the source's side"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an update: its name, and its values in words; "" for none.

    The name is a Field's value, or ``address``, ``aliases``, ``hidden``, ``members`` or ``photo``. A target writes the
    entry's values of what is named; of aliases, those that ``Step.known`` has and the entry has not are taken away, and
    all others stay.
    """

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One object's change.

    ``entry`` is what it shall be: None for RETIRE and REMOVE of the unwanted. ``held`` is what stands there: None for
    CREATE. ``agreement`` is what the ledger shall know once the step has been done; None where it shall forget.
    ``known`` is what it knew when this was planned, so that an undo can give it back.
    ``against``, of a conflict, are the keys of what is in the way.
    """

    act: Act
    anchor: str
    why: Why
    entry: Entry | None = None
    held: Held | None = None
    agreement: Agreement | None = None
    known: Agreement | None = None
    changes: tuple[Change, ...] = ()
    against: tuple[str, ...] = ()
    remedy: Remedy | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done at one place of a target (a directory, or one mailbox's folder).

    ``equal`` counts the entries that need nothing, ``kept`` how many objects of ours stand there now, ``forget`` the
    anchors that the ledger knows and neither side has any more. ``ignored`` are fields that were left as somebody typed
    them, by field. ``absent`` are members and managers who do not stand in the target, by the address of whoever
    names them: the entry is planned without them. ``reused`` are the addresses for which somebody's own old object
    serves as the entry, without anybody having decided so (``Rules.former``). ``unsure`` are the addresses of entries
    that are left as they are, because their person is there and could not be read.
    """

    place: str = ""
    steps: tuple[Step, ...] = ()
    equal: int = 0
    kept: int = 0
    forget: tuple[str, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reused: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[Act]:
        """How many steps of each act."""
        return Counter(step.act for step in self.steps)

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that touch the target."""
        return tuple(step for step in self.steps if step.act not in (Act.CONFLICT, Act.REMEMBER))
