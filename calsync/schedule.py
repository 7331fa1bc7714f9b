"""A hub that runs by itself: when, and what carries it out."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from calsync.reports.report import HubReport
from calsync.spoke import Watched
from service.jobs.cron import Schedule


class Doing(Protocol):
    """A hub, opened as often as it needs."""

    async def sync(self, only: frozenset[str] | None, removed: frozenset[str] = frozenset()) -> HubReport:
        """One run, of these spokes alone where they are named; at those ``removed`` something may be gone. Raises
        UnopenedError, and what ``Engine.sync`` does."""
        ...

    def watched(self) -> AbstractAsyncContextManager[Mapping[str, Watched]]:
        """Its spokes whose servers can tell of changes, by name, open for the block. Raises UnopenedError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A hub that runs by itself. ``notices``: also at once, where a server tells of changes. ``unseen``: also for its
    first time, when nobody has seen its plan."""

    doing: Doing
    schedule: Schedule
    notices: bool = True
    unseen: bool = False
