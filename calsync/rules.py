"""What an administrator allows: what a spoke gives to its hub, and what the hub may make of it at each spoke."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum


class Kind(Enum):
    """What a hub joins."""

    CALENDAR = "calendar"
    CONTACTS = "contacts"


class Treat(Enum):
    """What becomes of items of some sort."""

    COPY = "copy"
    BUSY = "busy"
    """Their times alone."""
    SKIP = "skip"


class Detail(Enum):
    """How much is told."""

    FULL = "full"
    SUBJECT = "subject"
    """Subject and place, without the text; of a contact the names, the company and the e-mail addresses."""
    BUSY = "busy"
    """The times alone, and how they are taken; of a contact the names alone."""


class Reminders(Enum):
    """Whether copies remind somebody."""

    KEEP = "keep"
    NONE = "none"


class Conflict(Enum):
    """Whose version stays where two spokes changed the same field of one item between two runs."""

    HUB = "hub"
    """What all had agreed on: both changes are taken back."""
    NEWEST = "newest"
    """What was changed last, by the servers' own times; where these do not tell, as ORDER."""
    ORDER = "order"
    """The spoke that stands first in the settings."""
    BOTH = "both"
    """As NEWEST, and the other version becomes an item of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """What a spoke gives to the hub. ``back`` and ``ahead`` bound the window around now: an item, or any occurrence of
    a series, has to touch it to be taken; what was taken and slips out of it by the passing of time stays as it is.

    The sorts (``private`` and so on): of several that an item is of, the strictest counts. ``categories``: where given,
    one of these has to be on the item; ``without``: none of these may be. Both fold the case. ``subjects`` are globs
    (``*``, ``?``) of which one has to fit, ``without_subjects`` globs of which none may.
    """

    private: Treat = Treat.SKIP
    tentative: Treat = Treat.COPY
    free: Treat = Treat.COPY
    all_day: Treat = Treat.COPY
    declined: Treat = Treat.SKIP
    cancelled: Treat = Treat.SKIP
    detail: Detail = Detail.FULL
    back: timedelta = timedelta(days=183)
    ahead: timedelta = timedelta(days=366)
    categories: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()
    without_subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gets:
    """What the hub may do at a spoke: nothing, unless it is said.

    ``prefix`` stands before each subject of a copy; ``subject`` takes the place of every subject (redaction);
    ``category`` is put on each copy; ``private`` marks each copy as private; ``people`` adds organiser and attendees to
    the text, as lines. None of them is ever carried back to where the item comes from. ``anonymous``: what came from
    here may be changed and deleted by copies, too, that do not tell what they are (times alone, or another subject).
    """

    create: bool = False
    change: bool = False
    delete: bool = False
    detail: Detail = Detail.FULL
    prefix: str = ""
    subject: str = ""
    category: str = ""
    private: bool = False
    people: bool = False
    reminders: Reminders = Reminders.NONE
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeRules:
    """One spoke. ``gives`` is None where it is a target alone (a busy shadow): what is changed there is put back, and
    what somebody else writes there is left alone."""

    name: str
    gives: Gives | None = field(default_factory=Gives)
    gets: Gets = field(default_factory=Gets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """So many are allowed in one run, or such a share of what stands, whichever is more."""

    count: int
    share: float

    def allows(self, number: int, of: int) -> bool:
        """Whether ``number`` of ``of`` may go."""
        return number <= max(self.count, self.share * of)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRules:
    """One hub; the order of ``spokes`` is that of Conflict.ORDER.

    The fuses: a run that would create more copies than ``creations`` at one spoke, carry more changes of people there
    than ``changes``, or delete more than ``deletions``, stops and asks; copies that go since what they came from is not
    given any more are counted by themselves, against ``deletions`` as well.
    ``shrink``: a spoke of which less than this share of what was known of it is left stops the run, and so does one of
    which nothing is. ``loops``: so many copies of our copies by somebody else pause a spoke.
    """

    name: str
    kind: Kind
    spokes: tuple[SpokeRules, ...]
    conflicts: Conflict = Conflict.NEWEST
    creations: Bound = Bound(count=500, share=0.5)
    changes: Bound = Bound(count=100, share=0.25)
    deletions: Bound = Bound(count=25, share=0.1)
    shrink: float = 0.5
    loops: int = 3

    def __post_init__(self) -> None:
        names = [spoke.name for spoke in self.spokes]
        if len(set(names)) != len(names) or not names:
            raise ValueError(f"{self.name} needs spokes, each of another name")
        if not self.name or "/" in self.name or any(letter.isspace() for letter in self.name):
            raise ValueError(f"not a name for a hub, which is one word without /: {self.name!r}")
