"""Keeps a hub of the settings open between its runs: tokens and connections are had once, and not for every change."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.reports.report import HubReport
from calsync.settings import HubSettings
from calsync.spoke import Lists, Watched
from calsync.wiring.around import Around
from calsync.wiring.opening import opened
from service.runs.states import RunState
from service.runs.trying import beginning

LONGEST: Final = timedelta(minutes=30)
"""Then it is opened anew: a secret may be another by now, a calendar may have been renamed."""


class OpenHub:
    """See :class:`calsync.schedule.Doing`. Opened when it is first needed, and anew after a failure or half an hour, as
    soon as nobody uses it; closed by :meth:`close`."""

    def __init__(self, settings: HubSettings, ledger: Ledger, around: Around) -> None:
        self._settings, self._ledger, self._around = settings, ledger, around
        self._one_at_a_time = asyncio.Lock()
        self._users = 0
        self._stale = False
        self._removed: set[str] = set()
        self._open: tuple[Engine, AsyncExitStack, datetime] | None = None

    async def sync(self, only: frozenset[str] | None, removed: frozenset[str] = frozenset()) -> HubReport:
        """See :class:`calsync.schedule.Doing`. What may be gone is looked for until a run has read and kept that."""
        self._removed |= removed
        async with self._engine() as engine:
            spokes = engine.hub.spokes
            for name in self._removed & spokes.keys():
                if isinstance(spoke := spokes[name], Lists):
                    spoke.list_all()
            report = await engine.sync(only=only)
            self._stale |= report.state is RunState.FAILED
            if report.kept:
                self._removed -= report.outlook.feeds.keys()  # those that were read
            return report

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Mapping[str, Watched]]:
        """See :class:`calsync.schedule.Doing`. A spoke that gives nothing to the hub need not tell of changes."""
        async with self._engine() as engine:
            gives = {rules.name for rules in engine.hub.rules.spokes if rules.gives is not None}
            spokes = engine.hub.spokes
            yield {name: each for name, each in spokes.items() if name in gives and isinstance(each, Watched)}

    async def close(self) -> None:
        """Whoever used it has ended."""
        if self._open is not None:
            (_, stack, _), self._open = self._open, None
            await stack.aclose()

    @asynccontextmanager
    async def _engine(self) -> AsyncIterator[Engine]:
        async with self._one_at_a_time:
            engine = await self._fresh()
            self._users += 1
        try:
            yield engine
        except Exception:
            self._stale = True
            raise
        finally:
            self._users -= 1

    async def _fresh(self) -> Engine:
        now = self._around.clock()
        if self._open is not None:
            engine, _, since = self._open
            if self._users or not (self._stale or abs(now - since) > LONGEST):
                return engine
            await self.close()
        return await self._opened(now)

    async def _opened(self, now: datetime) -> Engine:
        around = self._around
        async with AsyncExitStack() as stack:
            with beginning():
                hub = await stack.enter_async_context(
                    opened(
                        self._settings,
                        around.directory,
                        clock=around.clock,
                        sleep=around.sleep,
                        chance=around.chance,
                        number=around.number,
                        rests=around.rests,
                    )
                )
            engine = Engine(
                hub,
                self._ledger,
                clock=around.clock,
                sleep=around.sleep,
                holder=around.holder,
                random=around.chance,
            )
            self._open, self._stale = (engine, stack.pop_all(), now), False
            return engine
