"""What a move of a batch consists of: a value to look at before anything is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from galsync.forwarding.shifts import WRITES, Shift, Shifting
from galsync.people.moved import Mover, Side
from galsync.reports.report import RunReport
from galsync.settings import SyncSettings
from galsync.settings.forwarders import ForwarderSettings
from galsync.side import Failed
from routing.stages import Plan, going_back, moving_now


class Direction(Enum):
    """Forth, or back again."""

    FORTH = "move"
    BACK = "roll back"


CHANGES: Final[dict[Direction, Callable[[Plan, int], Plan]]] = {
    Direction.FORTH: moving_now,
    Direction.BACK: going_back,
}
"""What becomes of a batch's plan."""
GOES: Final = {Direction.FORTH: Side.LEFT, Direction.BACK: Side.NEW}
"""On which side of the move the sources are whose entries go: these syncs run first, the others last."""
_ABSENT: Final = (
    "would have no entry by {}: nobody of that address is in its sources, or its selection leaves them out; make the "
    "account, or take the line from the list"
)
_NAMED: Final = 20  # of each reason; the others are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The flip of free/busy: the line of ``batch`` in the file ``path`` as it is and as it shall be.

    ``later`` are people of the batch who have an instant of their own that lies ahead: they wait for it. ``words`` say
    why nothing of it can be written; "" where it can, or nothing has to be.
    """

    path: Path | None = None
    batch: str = ""
    before: Plan = field(default_factory=Plan)
    after: Plan = field(default_factory=Plan)
    later: int = 0
    words: str = ""

    @property
    def flips(self) -> bool:
        """Whether anything is to be written."""
        return self.path is not None and self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What one sync does for the people of the batch, and for nobody else. ``sides``: where its sources stand; both
    where it brings the people of either side into the book of somebody else."""

    settings: SyncSettings
    sides: frozenset[Side]
    report: RunReport

    @property
    def acts(self) -> bool:
        """Whether anything is to be done by it."""
        return any(plan.steps or plan.forget for plan in self.report.outlook.plans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarders:
    """The forwarders at one directory, or why they cannot be told."""

    settings: ForwarderSettings
    shifts: Sequence[Shift] | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The whole of it. ``entries`` come in the order in which they are done, ``movers`` as they will be."""

    move: str
    direction: Direction
    movers: Sequence[Mover]
    route: Route
    entries: Sequence[Entries] = ()
    forwarders: Sequence[Forwarders] = ()

    @property
    def going(self) -> list[Entries]:
        """The syncs whose entries go, since another side has the people now."""
        return [each for each in self.entries if each.sides == {GOES[self.direction]}]

    @property
    def coming(self) -> list[Entries]:
        """The others."""
        return [each for each in self.entries if each.sides != {GOES[self.direction]}]

    @property
    def missing(self) -> list[str]:
        """Who has no entry at the side to which they go, whichever sync of it is asked."""
        told = [set(each.report.outlook.missing) for each in self.coming if not each.report.words]
        return sorted(set.intersection(*told)) if told else []

    @property
    def stops(self) -> list[str]:
        """Why nothing of it may be done, in words."""
        found = [f"{each.settings.name}: {each.report.words}" for each in self.entries if each.report.words]
        found += [
            f"{each.settings.name}: {trouble.where} cannot be read: {trouble.words or trouble.reason.value}"
            for each in self.entries
            for trouble in each.report.outlook.skipped
        ]
        found += [
            f"forwarders at {each.settings.at}: {each.shifts.words}"
            for each in self.forwarders
            if isinstance(each.shifts, Failed)
        ]
        return [*found, *_first(self._refused), *(_first(self.absent) if self.direction is Direction.FORTH else ())]

    @property
    def absent(self) -> list[str]:
        """The missing in words."""
        syncs = " and ".join(each.settings.name for each in self.coming)
        return [f"{address} {_ABSENT.format(syncs)}" for address in self.missing]

    @property
    def _refused(self) -> list[str]:
        """The forwarders that would lead mail in a circle or to nobody, or cannot be written: of them mail would stay
        behind, or go on to where nobody is any more."""
        return [f"mail of {each.mailbox}: {each.note}" for each in self.shifts if each.act is Shifting.REFUSED]

    @property
    def shifts(self) -> list[Shift]:
        """All that becomes of forwarders."""
        return [shift for each in self.forwarders if not isinstance(each.shifts, Failed) for shift in each.shifts]

    @property
    def writes(self) -> bool:
        """Whether anything at all is to be done."""
        entries = any(each.acts for each in self.entries)
        noted = {*WRITES, Shifting.REMEMBER, Shifting.FORGET}
        return self.route.flips or entries or any(shift.act in noted for shift in self.shifts)


def _first(words: list[str]) -> list[str]:
    more = len(words) - _NAMED
    return [*words[:_NAMED], f"and so it is of {more} more"] if more > 0 else words
