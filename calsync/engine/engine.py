"""Carries a hub out: plan, sync, purge; one run at a time, and nothing written that the ledger does not know of."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from random import random as _random

from calsync.engine.moments import Tell, silent
from calsync.engine.outlook import Outlook
from calsync.engine.planning import Planning
from calsync.engine.purging import swept
from calsync.engine.running import Running
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.reports.report import HubReport, refusal
from service.runs.lease import BusyError, Lease
from service.runs.pace import Pace
from service.runs.trying import PausedError

_PURGED = "a purge takes everything back, as its report says: resume it when the settings are as they shall be"


class Engine:
    """One hub's hands. ``holder`` names this process where several share the ledger (service.runs.lease); ``clock``
    tells aware UTC, ``sleep`` takes seconds, ``random`` gives 0 to 1, and ``tell`` hears how far a run has come.

    All methods raise StateError where the state cannot be kept, and those that write BusyError where another run goes
    on. What fails at a spoke is told by the report and never raised.
    """

    def __init__(
        self,
        hub: Hub,
        ledger: Ledger,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        holder: str,
        random: Callable[[], float] = _random,
        tell: Tell = silent,
    ) -> None:
        self._hub, self._ledger, self._holder = hub, ledger, holder
        self._clock, self._sleep, self._random, self._tell = clock, sleep, random, tell
        self._running: Running | None = None

    @property
    def hub(self) -> Hub:
        """What it carries out."""
        return self._hub

    async def plan(
        self, *, only: frozenset[str] | None = None, whole: bool = False, refill: frozenset[str] = frozenset()
    ) -> Outlook:
        """What ``sync`` would do now. Nothing is written anywhere."""
        return await self._looked(only, whole=whole, refill=refill)

    async def sync(
        self,
        *,
        allow: frozenset[str] = frozenset(),
        resume: bool = False,
        only: frozenset[str] | None = None,
        whole: bool = False,
        refill: frozenset[str] = frozenset(),
    ) -> HubReport:
        """Reads the spokes (``only`` these: who told of a change; ``whole``: all of each, not what has changed) and
        makes all equal. ``refill`` are spokes that lost their items: what is gone there is made again, as far as the
        hub may create there and was given it, and nothing is removed elsewhere for it.

        ``allow`` names guards (calsync.plans.guards) that shall not stop this run. ``resume`` ends all pauses, of which
        that of the hub otherwise raises PausedError; a spoke that is paused is left out. Cancelled, or told to
        ``stop``, it ends after the calls in flight, and the run counts as stopped.
        """
        async with self._turn() as running:
            if resume:
                for spoke in ("", *self._hub.spokes):
                    await self._ledger.resume(self._hub.name, spoke)
            if why := await self._ledger.paused(self._hub.name):
                raise PausedError(f"{self._hub.name} is paused: {why}")
            return await running.carried_out(
                RunKind.SYNC, lambda: self._looked(only, whole=whole, refill=refill), allow
            )

    async def purge(self, *, dry: bool = False, forget: frozenset[str] = frozenset()) -> HubReport:
        """Removes everything that bears this hub's stamp, and nothing else; the hub is paused. The ledger is emptied
        once nothing of it stands anywhere, but at the spokes ``forget``: those are not asked any more."""
        if dry:
            outlook = await swept(self._hub, self._ledger, now=self._clock(), forget=forget)
            return HubReport(hub=self._hub.name, outlook=outlook, begun_at=outlook.made_at, words=refusal(outlook))
        async with self._turn() as running:
            await self._ledger.pause(self._hub.name, _PURGED)
            return await running.carried_out(
                RunKind.PURGE,
                lambda: swept(self._hub, self._ledger, now=self._clock(), forget=forget),
                frozenset(),
            )

    def stop(self) -> None:
        """The run that goes on, if any, begins nothing more and ends after the calls in flight."""
        if self._running is not None:
            self._running.stop()

    async def _looked(self, only: frozenset[str] | None, *, whole: bool, refill: frozenset[str]) -> Outlook:
        names = frozenset(self._hub.spokes) if only is None else only | refill
        return await replace(self._planning, refill=refill).outlook(names, whole=whole or bool(refill))

    @property
    def _planning(self) -> Planning:
        return Planning(hub=self._hub, ledger=self._ledger, clock=self._clock, tell=self._tell)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Running]:
        """The only run of this hub, here and on all nodes. Raises BusyError."""
        hub, ledger = self._hub, self._ledger
        if self._running is not None:
            raise BusyError(f"another run of {hub.name} goes on here: wait for its end")
        lease = Lease(ledger, hub.name, self._holder, clock=self._clock, length=hub.lease)
        paces = {name: Pace(clock=self._clock, sleep=self._sleep, random=self._random) for name in hub.spokes}
        self._running = Running(
            hub=hub,
            ledger=ledger,
            lease=lease,
            planning=self._planning,
            paces=paces,
            clock=self._clock,
            tell=self._tell,
        )
        try:
            await lease.take()
            try:
                async with lease.beating():
                    yield self._running
            finally:
                await lease.give_back()
        finally:
            self._running = None
