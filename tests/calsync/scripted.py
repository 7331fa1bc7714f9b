"""A hub that a test carries out itself: each run as it is told, and spokes whose servers promise what they are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from calsync.reports.report import HubReport
from calsync.spoke import Watched

Sync = Callable[[frozenset[str] | None], Awaitable[HubReport]]


async def _never(_: frozenset[str] | None) -> HubReport:
    raise AssertionError("nobody runs it")


@dataclass
class Scripted:
    """See :class:`calsync.schedule.Doing`. ``error`` is what opening it fails with; ``began`` are the runs so far."""

    run: Sync = _never
    spokes: Mapping[str, Watched] = field(default_factory=dict)
    error: Exception | None = None
    began: "asyncio.Queue[frozenset[str] | None]" = field(default_factory=asyncio.Queue)

    async def sync(self, only: frozenset[str] | None, removed: frozenset[str] = frozenset()) -> HubReport:
        self.began.put_nowait(only)
        return await self.run(only)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Mapping[str, Watched]]:
        if self.error is not None:
            raise self.error
        yield self.spokes
