"""What a job is for whoever starts it: a name, when it is due, and how it is run once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from service.jobs.cron import Schedule


class Ran(Enum):
    """How one call of a job ended, as far as whoever started it is concerned."""

    ENDED = "ended"
    """It ran, or it is not to run now: the next time is the one of the schedule."""
    BUSY = "busy"
    """It runs already, here or elsewhere. What was owed is tried again; any other is done by whoever has it."""
    AGAIN = "again"
    """What it needs is not there for the moment: it is tried again soon, some times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``run`` does it once and never raises, but when it is cancelled: then it ends what is under way first.

    ``owed`` tells at the start whether the run that was due at an instant did not take place, or not to its end; it may
    raise. Without ``schedule`` it runs when it is asked for.
    """

    name: str
    run: Callable[[], Awaitable[Ran]]
    owed: Callable[[datetime], Awaitable[bool]]
    schedule: Schedule | None = None


class Jobs(Protocol):
    """Whoever starts jobs: in one process (Alone), or on several nodes (Shared)."""

    async def serve(self) -> None:
        """Start what is due until this is cancelled; then what runs is cancelled too, and its end awaited."""

    async def run_now(self, name: str) -> bool:
        """Start a job at once, whatever its schedule: False where it is to start already. KeyError: there is none."""
