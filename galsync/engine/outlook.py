"""What a run would do and why it may not: a pure value, made without writing anything, to look at and to approve."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from galsync.ledger.runs import RunKind, Token
from galsync.plans.guards import Stop
from galsync.steps import Left, Plan
from protocols.model.freebusy import Reason


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source or a place that could not be read, and why; ``words`` hold no secret."""

    where: str
    reason: Reason
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """What one source said: ``people`` read, of them ``whole`` all there are or changes alone; ``gone`` with changes.

    ``left`` counts whom the source itself left out. ``token`` is what the ledger shall keep once the run has ended
    well.
    """

    name: str
    people: int
    whole: bool
    gone: int = 0
    left: Mapping[Left, int] = field(default_factory=dict)
    named: tuple[tuple[str, Left], ...] = ()
    token: Token | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One run as planned: what was read, a plan for each place, and what stops it.

    ``left`` counts everybody without an entry, ``named`` some of them; ``cut`` counts by field the texts that were too
    long for the target, ``large`` names some whose photo was, ``doubles`` the aliases that two people had.
    ``unread`` are sources that could not be read:
    with one of them nothing is planned, since whoever is missing might be gone. ``skipped`` are places that could not
    be read: they are left out, the others go on. ``before`` is how many entries the ledger knew. ``after`` is the
    number of the last run that this plan has seen, and it is of no use once there is another; negative where that had
    not ended (:func:`killed.last_run`), and then it is to look at alone. ``missing`` are those of a batch who shall
    have an entry now and get none (Flip.missing).
    """

    sync: str
    kind: RunKind
    made_at: datetime
    whole: bool = True
    sources: tuple[SourceRead, ...] = ()
    left: Mapping[Left, int] = field(default_factory=dict)
    named: tuple[tuple[str, Left], ...] = ()
    cut: Mapping[str, int] = field(default_factory=dict)
    large: tuple[str, ...] = ()
    doubles: int = 0
    plans: tuple[Plan, ...] = ()
    stops: tuple[Stop, ...] = ()
    unread: tuple[Trouble, ...] = ()
    skipped: tuple[Trouble, ...] = ()
    before: int = 0
    after: int = 0
    missing: tuple[str, ...] = ()
