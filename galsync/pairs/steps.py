"""A plan for a pair as a pure value: what would be done at which tenant, in which order, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from galsync.engine.outlook import Outlook
from galsync.pairs.pieces import Part
from galsync.reports.report import RunReport
from galsync.steps import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStep:
    """One piece that would be changed: ``was`` is what stands there, ``shall`` what is to stand there.

    ``changes`` are the difference in words, ``notes`` what else the operator should know. On the way back ``rows`` are
    the numbers of the records that it takes back, and ``left`` of those that it does not, as ``notes`` say; ``known``
    is whether an undo before told the same of all of these.
    """

    part: Part
    key: str
    title: str
    why: str
    was: str = field(repr=False)
    shall: str = field(repr=False)
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    known: bool = False

    @property
    def stays(self) -> bool:
        """Whether nothing is done, and it is told why."""
        return bool(self.left) and self.was == self.shall


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStep:
    """One sync of address books that would be run, or on the way back purged: with what it would do."""

    part: Part
    name: str
    report: RunReport

    @property
    def outlook(self) -> Outlook:
        """What it would do, place by place."""
        return self.report.outlook

    @property
    def writes(self) -> int:
        """How many steps touch the target."""
        return sum(len(plan.writes) for plan in self.outlook.plans)

    @property
    def stopped(self) -> str:
        """Why it would do nothing at all; "" where it would."""
        places = "; ".join(f"{each.where} cannot be read: {each.words}" for each in self.outlook.skipped)
        return self.report.words or places


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPlan:
    """What would be done. ``refusals`` say why nothing at all may be; with one of them nothing is.

    ``notes`` are what an administrator should know; ``licences`` counts by product: wanted, and free now. ``after`` is
    the number of the last record that the plan has seen: it is of no use once there is another. ``tenants`` are the ids
    of source and destination, by these words. ``back`` is whether it is the way back.
    """

    pair: str
    made_at: datetime
    syncs: tuple[SyncStep, ...] = ()
    steps: tuple[PairStep, ...] = ()
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    licences: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    after: int = 0
    tenants: Mapping[str, str] = field(default_factory=dict)
    back: bool = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do at all, not even to remember."""
        done = all(step.stays and step.known for step in self.steps)
        return done and not any(plan.steps for sync in self.syncs for plan in sync.outlook.plans)

    @property
    def writes(self) -> int:
        """How many changes there are, all told."""
        return sum(not step.stays for step in self.steps) + sum(sync.writes for sync in self.syncs)
