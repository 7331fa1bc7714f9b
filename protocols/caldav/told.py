"""What iCalendar data tells of a person's time, and how much of it is looked at."""

from dataclasses import dataclass
from enum import Enum

from protocols.model.freebusy import WorkingHours
from protocols.model.intervals import Intervals
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Budget, Stopwatch

__all__ = ["Bounds", "Budget", "Scope", "Told"]


class Scope(Enum):
    """What the data speaks of, and so what its silence means."""

    ANSWER = "the answer to a question about the window: what it does not mention is free"
    CALENDAR = "a calendar: free is what no event takes; a VFREEBUSY alone speaks of its own time only"
    FREE_BUSY = "published free/busy: time that no VFREEBUSY speaks of is unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is looked at. ``size`` in bytes; ``occurrences`` of all events in a window; ``steps`` of all recurrence
    rules from their start to the window's end and of all other work, and ``series`` the same for one rule alone;
    ``seconds`` of all reading."""

    size: int = 10 * 1024 * 1024
    occurrences: int = 20_000
    steps: int = 1_000_000
    series: int = 200_000
    seconds: float = 2.0

    def budget(self, stopwatch: Stopwatch | None = None) -> Budget:
        """What all reading for one question may cost; without a ``stopwatch`` its time has no limit."""
        return Budget(self.steps, self.series, self.occurrences, self.seconds, stopwatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the data says about a window.

    ``intervals`` are those that share time with the window, whole, FREE ones left out. ``unknown`` lies within the
    window, sorted and apart; the rest of it is free. ``hours`` are None where no VAVAILABILITY tells them.
    """

    intervals: Intervals
    unknown: tuple[TimeWindow, ...] = ()
    hours: WorkingHours | None = None
