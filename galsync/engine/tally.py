"""What became of the steps of a run, counted while it goes on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from galsync.side import Failed, Handed, Outcome, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason

_NAMED: Final = 1000
"""Failures told one by one; more are counted, so that a report stays one that can be read."""


UNTRIED: Final = Failed(Reason.INCOMPLETE, "not tried, since the run was stopped")
"""What becomes of a step that was written down, and that nobody began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A step that was not done, or of which nobody knows (``doubt``). ``who`` names the person, for the operator."""

    place: str
    act: Act
    anchor: str
    who: str
    words: str
    doubt: bool = False


@dataclass(slots=True, kw_only=True)
class Tally:
    """``written`` and ``handed`` by act; ``untried`` are steps that were not begun, ``remembered`` those that the
    ledger alone learned of, ``unseen`` those of the written that are looked at again. ``given_up`` are the places that
    failed too often in a row."""

    written: Counter[Act] = field(default_factory=Counter)
    handed: Counter[Act] = field(default_factory=Counter)
    unseen: int = 0
    failed: int = 0
    doubt: int = 0
    untried: int = 0
    remembered: int = 0
    failures: list[Failure] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By whom a step was about, the members and managers without whom it was done, since they were gone by then."""

    def count(self, place: str, steps: Sequence[Step], outcomes: Sequence[Outcome]) -> None:
        """What became of ``steps``."""
        for step, outcome in zip(steps, outcomes, strict=True):
            match outcome:
                case Written():
                    self.written[step.act] += 1
                    self.unseen += outcome.unseen
                    if outcome.missing and len(self.missing) < _NAMED:
                        self.missing[who(step)] = outcome.missing
                case Handed():
                    self.handed[step.act] += 1
                case Failed() if outcome is UNTRIED:
                    self.untried += 1
                case Failed():
                    self._failure(place, step, outcome)

    @property
    def clean(self) -> bool:
        """Whether all that was planned has been done, as far as that lies with us."""
        return not (self.failed or self.untried or self.given_up)

    def figures(self) -> dict[str, int]:
        """By name, for the history; what is nought is left out."""
        written = {f"written_{act.value}": number for act, number in self.written.items()}
        others = {"handed": self.handed.total(), "failed": self.failed, "in_doubt": self.doubt}
        others |= {"untried": self.untried, "remembered": self.remembered}
        return {name: number for name, number in (written | others).items() if number}

    def _failure(self, place: str, step: Step, outcome: Failed) -> None:
        self.failed += 1
        self.doubt += outcome.doubt
        if len(self.failures) < _NAMED:
            failure = Failure(
                place=place,
                act=step.act,
                anchor=step.anchor,
                who=who(step),
                words=outcome.words or outcome.reason.value,
                doubt=outcome.doubt,
            )
            self.failures.append(failure)


def who(step: Step) -> str:
    """Whom a step is about, as an operator knows them: the address, else the anchor."""
    if step.entry is not None:
        return step.entry.address.address
    if step.held is not None and step.held.address is not None:
        return step.held.address.address
    return step.anchor
