"""When a sync runs by itself, and whether it owes a run since the process before this one ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run, RunState
from galsync.reports.report import RunReport
from service.jobs.cron import Schedule

_UNTRIED: Final = "untried"
"""In the figures of a run: steps that were left when it was told to end (Tally.figures)."""


class UnopenedError(Exception):
    """A sync could not even begin: why, and where to look. It names no person and no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """``run`` carries the sync out once; it raises UnopenedError, and what ``Engine.apply`` raises.

    Without ``schedule`` it runs when it is asked for.
    """

    run: Callable[[], Awaitable[RunReport]]
    schedule: Schedule | None = None


async def owed(ledger: Ledger, sync: str, due: datetime) -> bool:
    """Whether the run of ``due`` did not take place, or the newest not to its end.

    A sync that never ran owes nothing: its first plan is for somebody to look at, or for its first time. Nor does one
    that is paused, or that a guard stopped. Raises StateError.
    """
    newest = next(iter(await ledger.runs(sync, most=1)), None)
    if newest is None or await ledger.paused(sync):
        return False
    return newest.begun_at < due or _cut_off(newest)


def _cut_off(run: Run) -> bool:
    """It was killed (or goes on elsewhere, which the lease will tell), or ended with its process."""
    return run.state is RunState.BEGUN or (run.state is RunState.STOPPED and run.counts.get(_UNTRIED, 0) > 0)
