"""What a run did, or would do: the figures, the words, and who was concerned, for the operator's eyes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from galsync.engine.outlook import Outlook, Trouble
from galsync.engine.tally import Tally
from galsync.entries import Form
from galsync.plans.guards import Stop
from galsync.side import Visible
from galsync.steps import Act, Step
from galsync.syncs import Sync
from service.runs.states import RunState


def in_words(trouble: Trouble) -> str:
    """Where it is and what is wrong there; a side that names itself is not named twice."""
    words = trouble.words or trouble.reason.value
    return words if words.startswith(f"{trouble.where}: ") else f"{trouble.where}: {words}"


def refusal(outlook: Outlook, allow: frozenset[str] = frozenset()) -> tuple[RunState, str]:
    """Why nothing of ``outlook`` may be written, and how such a run ends; no words where it may."""
    if outlook.unread:
        named = "; ".join(map(in_words, outlook.unread))
        return RunState.FAILED, f"nothing was written, since not everything could be read: {named}"
    left = [stop.words for stop in outlook.stops if stop.guard not in allow]
    if left:
        return RunState.STOPPED, f"nothing was written: {'; '.join(left)}"
    return RunState.DONE, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run. ``state`` and ``run`` are None where it was only looked at (dry). ``allowed`` are the guards that were
    overruled. ``visible`` tells when people see what was written, ``script`` what has to be run first. ``hides``:
    who is retired is hidden there. ``words`` say why it ended as it did; "" where all went well."""

    sync: str
    target: str
    outlook: Outlook
    visible: Visible
    script: str = ""
    begun_at: datetime
    ended_at: datetime | None = None
    run: int | None = None
    state: RunState | None = None
    words: str = ""
    allowed: frozenset[str] = frozenset()
    hides: bool = True
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def of(cls, sync: Sync, outlook: Outlook, *, begun_at: datetime, allow: frozenset[str] = frozenset()) -> Self:
        """What is planned, before anything has been written; ``words`` are what would stop it."""
        target = sync.target
        return cls(
            sync=sync.name,
            target=target.name,
            outlook=outlook,
            visible=target.ability.visible,
            hides=target.ability.hides,
            script=target.ability.script,
            begun_at=begun_at,
            words=refusal(outlook, allow)[1],
            allowed=frozenset(stop.guard for stop in outlook.stops if stop.guard in allow),
        )

    @property
    def well(self) -> bool:
        """Whether nothing asks for the operator: no failure, no stop, no conflict."""
        return not self.words and not self.planned[Act.CONFLICT] and not self.outlook.skipped

    @property
    def planned(self) -> Counter[Act]:
        """How many steps of each act, all places together."""
        return sum((plan.counts for plan in self.outlook.plans), Counter[Act]())

    @property
    def guests(self) -> int:
        """How many of those that are made are guests: principals, which can be given access."""
        made = (step.entry for plan in self.outlook.plans for step in plan.steps if step.act is Act.CREATE)
        return sum(entry is not None and entry.form is Form.GUEST for entry in made)

    @property
    def equal(self) -> int:
        """How many entries need nothing."""
        return sum(plan.equal for plan in self.outlook.plans)

    @property
    def ignored(self) -> Counter[str]:
        """By field, how often what somebody typed in the target was left as it is."""
        return sum((Counter(plan.ignored) for plan in self.outlook.plans), Counter[str]())

    @property
    def unsure(self) -> tuple[str, ...]:
        """The addresses of entries that are left as they are, because their person is there and could not be read."""
        return tuple(sorted({address for plan in self.outlook.plans for address in plan.unsure}))

    @property
    def absent(self) -> dict[str, tuple[str, ...]]:
        """The members and managers who do not stand in the target, by the address of whoever is without them."""
        found = dict(self.tally.missing)
        for plan in self.outlook.plans:
            found |= plan.absent
        return dict(sorted(found.items()))

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The guards that stop it."""
        return tuple(stop for stop in self.outlook.stops if stop.guard not in self.allowed)

    def conflicts(self) -> Iterator[tuple[str, Step]]:
        """Each conflict with its place."""
        for plan in self.outlook.plans:
            for step in plan.steps:
                if step.act is Act.CONFLICT:
                    yield plan.place, step
