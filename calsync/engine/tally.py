"""What became of the steps of a run, counted while it goes on."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from calsync.spoke import Act, Failed, Outcome, Written
from calsync.steps import Step
from protocols.model.freebusy import Reason

_NAMED: Final = 1000
"""Failures told one by one; more are counted, so that a report stays one that can be read."""

UNTRIED: Final = Failed(reason=Reason.INCOMPLETE, words="not tried, since the run was stopped")
"""What becomes of a step that was written down, and that nobody began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A step that was not done, or of which nobody knows (``doubt``); ``words`` say why, ``title`` of what."""

    spoke: str
    act: Act
    item: str
    words: str
    title: str = field(default="", repr=False)
    doubt: bool = False


@dataclass(slots=True, kw_only=True)
class Tally:
    """``written`` by spoke and act. Of ``failed`` so many were ``refused``, which the next run does not try.
    ``again`` are steps before which somebody else was faster: they were planned anew.
    ``given_up`` tells why nothing more was written to a spoke."""

    written: Counter[tuple[str, Act]] = field(default_factory=Counter)
    failed: int = 0
    refused: int = 0
    doubt: int = 0
    untried: int = 0
    again: int = 0
    failures: list[Failure] = field(default_factory=list)
    given_up: dict[str, str] = field(default_factory=dict)

    def count(self, step: Step, outcome: Outcome, title: str = "") -> None:
        """What became of ``step``."""
        match outcome:
            case Written():
                self.written[step.spoke, step.act] += 1
            case Failed() if outcome is UNTRIED:
                self.untried += 1
            case Failed() if anew(outcome):
                self.again += 1
            case Failed():
                self._failure(step, outcome, title)

    def figures(self) -> dict[str, int]:
        """By name, for the history; what is nought is left out."""
        acts: Counter[str] = Counter()
        for (_, act), number in self.written.items():
            acts[f"written_{act.value}"] += number
        others = {
            "failed": self.failed,
            "refused": self.refused,
            "in_doubt": self.doubt,
            "untried": self.untried,
            "again": self.again,
        }
        return {name: number for name, number in (acts | others).items() if number}

    def _failure(self, step: Step, outcome: Failed, title: str) -> None:
        self.failed += 1
        self.refused += outcome.refused
        self.doubt += outcome.doubt
        if len(self.failures) < _NAMED:
            words = outcome.words or outcome.reason.value
            self.failures.append(
                Failure(spoke=step.spoke, act=step.act, item=step.item, words=words, title=title, doubt=outcome.doubt)
            )


def anew(outcome: Failed) -> bool:
    """Whether something else stands there by now, so that it is read and planned anew."""
    return outcome.stale or outcome.gone or outcome.guarded
