"""A sync that runs by itself: when, and what carries it out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from galsync.reports.report import RunReport
from service.jobs.cron import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """``run`` carries the sync out once; it raises UnopenedError, and what ``Engine.apply`` raises.

    Without ``schedule`` it runs when it is asked for.
    """

    run: Callable[[], Awaitable[RunReport]]
    schedule: Schedule | None = None
