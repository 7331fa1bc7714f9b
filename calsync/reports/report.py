"""What a run of a hub did, or would do: the figures, the words and what was concerned, for the operator's eyes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from calsync.engine.outlook import Outlook
from calsync.engine.tally import Tally
from calsync.spoke import Act
from calsync.steps import Clash, Decision, Left, Step, Stop
from service.runs.states import RunState

UNWRITTEN: Final = "nothing was written: "
"""What the words of a run begin with that a guard stopped."""


def refusal(outlook: Outlook, allow: frozenset[str] = frozenset()) -> str:
    """Why nothing of ``outlook`` may be written; "" where it may."""
    left = [stop.words for stop in outlook.plan.stops if stop.guard not in allow]
    return f"{UNWRITTEN}{'; '.join(left)}" if left else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubReport:
    """One run. ``state`` and ``run`` are None where it was only looked at (dry). ``allowed`` are the guards that were
    overruled; ``again`` what was planned anew because somebody changed it meanwhile. ``kept``: what was read stands in
    the ledger. ``words`` say why it ended as it did, or what would stop it; "" where all went well."""

    hub: str
    outlook: Outlook
    begun_at: datetime
    ended_at: datetime | None = None
    run: int | None = None
    state: RunState | None = None
    words: str = ""
    allowed: frozenset[str] = frozenset()
    kept: bool = False
    again: Sequence[Decision] = ()
    tally: Tally = field(default_factory=Tally)

    @property
    def well(self) -> bool:
        """Whether nothing asks for the operator."""
        asks = self.words or self.outlook.troubles or self.outlook.plan.loops or self.outlook.paused
        return not asks and self.state in {None, RunState.DONE}

    @property
    def decisions(self) -> Sequence[Decision]:
        """All that was decided, what was planned anew at the end."""
        return (*self.outlook.plan.decisions, *self.again)

    @property
    def steps(self) -> Sequence[Step]:
        """All that was planned, item by item."""
        return [step for decision in self.decisions for step in decision.steps]

    @property
    def planned(self) -> Counter[tuple[str, Act]]:
        """How many steps, by spoke and act."""
        return Counter((step.spoke, step.act) for step in self.steps)

    @property
    def clashes(self) -> Sequence[Clash]:
        """What two spokes changed."""
        return [clash for decision in self.decisions for clash in decision.clashes]

    @property
    def left(self) -> Sequence[Left]:
        """What is not done, and why."""
        refused = [Left(item=each.item, spoke=each.spoke, words=each.words) for each in self.outlook.refused]
        return [*(left for decision in self.decisions for left in decision.left), *refused]

    @property
    def not_done(self) -> int:
        """How many there are of ``left``, with all that only waits until its spoke can be written."""
        return len(self.left) + sum(self.outlook.held_up.values())

    @property
    def stops(self) -> Sequence[Stop]:
        """The guards that stop it."""
        return [stop for stop in self.outlook.plan.stops if stop.guard not in self.allowed]
