"""Carries a sync out: plan, look, apply, undo, purge; one run at a time, and no step that is not written down."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import random as _random
from typing import Final

from galsync.engine.killed import last_run
from galsync.engine.moments import Tell, silent
from galsync.engine.outlook import Outlook
from galsync.engine.planning import Planning
from galsync.engine.running import Running
from galsync.engine.way_back import looked_back, swept
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.plans.guards import ALL
from galsync.reports.report import RunReport
from galsync.syncs import Sync
from service.runs.lease import BusyError, Lease
from service.runs.pace import Pace
from service.runs.trying import PausedError

FRESH: Final = timedelta(minutes=15)
"""A plan that is older than this is not applied: too much may have changed, and it is made anew."""


class Engine:
    """One sync's hands. ``holder`` names this process where several share the ledger (see :class:`Lease`); ``clock``
    tells aware UTC, ``sleep`` takes seconds, ``random`` gives 0 to 1, and ``tell`` hears how far a run has come.

    All methods raise StateError where the state cannot be kept, and those that write BusyError where another run goes
    on. What fails at a source or a target is told by the report and never raised.
    """

    def __init__(
        self,
        sync: Sync,
        ledger: Ledger,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        holder: str,
        random: Callable[[], float] = _random,
        tell: Tell = silent,
    ) -> None:
        self._sync, self._ledger, self._holder = sync, ledger, holder
        self._clock, self._sleep, self._random, self._tell = clock, sleep, random, tell
        self._running: Running | None = None
        self._held: Running | None = None

    async def plan(self, *, whole: bool = False) -> Outlook:
        """What ``apply`` would do now. Nothing is written anywhere; ``whole`` reads everybody in any case."""
        return await self._planning(_nothing).outlook(whole=whole)

    async def apply(
        self,
        outlook: Outlook | None = None,
        *,
        allow: frozenset[str] = frozenset(),
        dry: bool = False,
        resume: bool = False,
    ) -> RunReport:
        """Does what ``outlook`` says if that is still fresh, else what a new one says; the report has the one it was.

        ``allow`` names guards (guards.ALL) that shall not stop this run; ValueError for any other word. ``dry`` stops
        before anything is written. ``resume`` ends a pause, which otherwise raises PausedError. Cancelled, or told to
        ``stop``, it ends after the calls in flight, and the run counts as stopped.
        """
        if unknown := allow - set(ALL):
            raise ValueError(f"no guard is called {', '.join(sorted(unknown))}: write one of {', '.join(ALL)}")
        if dry:
            return RunReport.of(self._sync, outlook or await self.plan(), begun_at=self._clock(), allow=allow)
        async with self._turn() as running:
            if resume:
                await self._ledger.resume(self._sync.name)
            if why := await self._ledger.paused(self._sync.name):
                raise PausedError(f"{self._sync.name} is paused: {why}")
            if outlook is None or not await self._fresh(outlook):
                outlook = await self._planning(running.lease.keep).outlook(whole=False)
            return await running.carried_out(outlook, allow=allow)

    async def undo(self, run: int, *, dry: bool = False) -> RunReport:
        """Takes back what ``run`` of this sync wrote, as far as it still stands as it was written.

        The sync is paused, or the next run would do it all again. ValueError where there is no such run.
        """
        return await self._back(
            lambda: looked_back(self._sync, self._ledger, run, now=self._clock()), dry, f"run {run}"
        )

    async def purge(self, *, dry: bool = False) -> RunReport:
        """Removes everything that bears this sync's stamp, and nothing else; the sync is paused."""
        return await self._back(lambda: swept(self._sync, self._ledger, now=self._clock()), dry, "everything")

    def stop(self) -> None:
        """The run that goes on, if any, begins nothing more and ends after the calls in flight."""
        if self._running is not None:
            self._running.pace.stop()

    async def _back(self, looked: Callable[[], Awaitable[Outlook]], dry: bool, what: str) -> RunReport:
        if dry:
            return RunReport.of(self._sync, await looked(), begun_at=self._clock())
        async with self._turn() as running:
            outlook = await looked()
            if not outlook.unread:
                why = f"{what} was taken back: apply it again when the settings are as they shall be"
                await self._ledger.pause(self._sync.name, why)
                await self._ledger.forget_tokens(self._sync.name)
            return await running.carried_out(outlook)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """No other run of this sync begins before the block ends; what the block applies itself may."""
        async with self._turn() as running:
            self._held = running
            try:
                yield
            finally:
                self._held = None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Running]:
        """The only run of this sync, here and on all nodes. Raises BusyError."""
        if self._held is not None:
            yield self._held
            return
        if self._running is not None:
            raise BusyError(f"another run of {self._sync.name} goes on here: wait for its end")
        sync, ledger, clock = self._sync, self._ledger, self._clock
        lease = Lease(ledger, sync.name, self._holder, clock=clock, length=sync.lease)
        pace = Pace(clock=clock, sleep=self._sleep, random=self._random)
        self._running = Running(sync=sync, ledger=ledger, lease=lease, pace=pace, clock=clock, tell=self._tell)
        try:
            await lease.take()
            try:
                async with lease.beating():
                    yield self._running
            finally:
                await lease.give_back()
        finally:
            self._running = None

    async def _fresh(self, outlook: Outlook) -> bool:
        """Whether nothing happened since that the outlook does not know of, as far as we can tell.

        What was made while a run went on is never fresh: that run may have written on, and been killed since.
        """
        ours = outlook.sync == self._sync.name and outlook.kind is RunKind.APPLY and outlook.after >= 0
        young = timedelta() <= self._clock() - outlook.made_at <= FRESH
        return ours and young and outlook.after == await last_run(self._ledger, self._sync.name)

    def _planning(self, kept: Callable[[], Awaitable[None]]) -> Planning:
        return Planning(sync=self._sync, ledger=self._ledger, clock=self._clock, tell=self._tell, kept=kept)


async def _nothing() -> None:
    """No lease to keep: nothing is going to be written."""
