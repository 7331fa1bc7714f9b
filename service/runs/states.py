"""The words of every sync's history: how a run ended, and what became of each of its steps."""

from collections.abc import Mapping
from enum import Enum
from typing import Final


class RunState(Enum):
    """How a run ended, if it did."""

    BEGUN = "begun"
    """It goes on, or it was killed."""
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """By a guard, or because the program was told to end: nothing of it is in doubt."""
    ABANDONED = "abandoned"
    """It was killed, and a later run took its place."""


HEADLINES: Final[Mapping[RunState | None, str]] = {
    None: "planned, nothing was written",
    RunState.BEGUN: "going on",
    RunState.DONE: "done",
    RunState.FAILED: "FAILED",
    RunState.STOPPED: "STOPPED",
    RunState.ABANDONED: "ABANDONED",
}
"""What the first line of a report calls it; None is a run that was only looked at."""


class StepState(Enum):
    """What became of a step."""

    BEGUN = "begun"
    """It was to be written, and nobody told how that ended: the run was killed meanwhile."""
    DONE = "done"
    HANDED = "handed"
    """To somebody who does it by hand, or not."""
    FAILED = "failed"
    DOUBT = "doubt"
    """It may have been written or not."""


class RunOverError(Exception):
    """Another run took this one's place (its lease had run out): nothing more may be written in its name."""

    def __init__(self, run: int) -> None:
        super().__init__(
            f"another run took the place of run {run}, whose lease had run out: nothing more is written in its name"
        )
