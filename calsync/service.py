"""Runs the hubs when they are due and when a server tells of changes; each run is told to the log and the metrics."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from calsync.counting import UNSEEN, Figures
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.notices.attending import Attending
from calsync.notices.watching import Watching
from calsync.reports.report import HubReport
from calsync.schedule import Scheduled
from service.jobs.cron import Schedule
from service.jobs.job import Job, Ran
from service.runs.owing import last_well, owed
from service.runs.trying import BUSY, Skipped, tried
from service.state.errors import StateError

ROOM: Final = "calsync"
"""Under which the jobs of the hubs stand in a queue that others may share."""
WATCHED: Final = Schedule.parse("*/30 * * * *")
"""When the promises of servers are looked after."""
_LOOKED_BACK: Final = 1_000
"""Runs among which the last that ended well is looked for."""
_WAITS: Final = (
    "its first run is for somebody to look at: `busyline calendar sync {}` shows the plan and asks; or write"
    ' first = "by itself" in its settings'
)
_log = structlog.get_logger("busyline.calsync")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """That servers can tell of changes, at ``public_url``; ``random`` gives so many octets as hexadecimal text."""

    public_url: str
    random: Callable[[int], str]


class Service:
    """The hubs that run by themselves, by name. Whoever starts :meth:`jobs`, and serves ``attending``, starts them.

    Neither log nor metric names a person or an item. The history is pruned after each run to what is not older than
    ``keep``. Without ``heard`` the schedules alone start runs. At most one run of a hub goes on in this process; the
    next one waits for its end.
    """

    def __init__(
        self,
        hubs: Mapping[str, Scheduled],
        ledger: Ledger,
        *,
        figures: Figures,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        heard: Heard | None = None,
        keep: timedelta | None = None,
    ) -> None:
        self._hubs, self._ledger, self._keep, self._heard = dict(hubs), ledger, keep, heard
        self._figures, self._clock = figures, clock
        self._turns = {name: asyncio.Lock() for name in hubs}
        self._watches = {name: asyncio.Lock() for name in hubs}
        self.attending = Attending(hubs, run=self.run, renew=self.watch, clock=clock, sleep=sleep)

    def jobs(self) -> list[Job]:
        """One for each hub, and one that keeps the promises of its servers."""
        runs = [
            Job(name=name, run=partial(self.run, name), owed=partial(owed, self._ledger, name), schedule=hub.schedule)
            for name, hub in self._hubs.items()
        ]
        if self._heard is None:
            return runs
        keeps = [Job(name=f"{name} hooks", run=partial(self.watch, name), owed=_always, schedule=WATCHED)
                 for name in self._hubs]  # fmt: skip
        return runs + keeps

    async def remember(self) -> None:
        """Tell the metrics of the newest run of each hub. Raises StateError."""
        for name, hub in self._hubs.items():
            runs = await self._ledger.runs(name, most=_LOOKED_BACK)
            self._figures.remembered(runs)
            synced = [run for run in runs if run.kind is RunKind.SYNC]  # a purge is no sign that the hub works
            self._figures.well(name, last_well(synced) or self._clock())
            self._figures.expected(name, hub.schedule, self._clock())

    async def run(
        self,
        hub: str,
        *,
        only: frozenset[str] | None = None,
        since: datetime | None = None,
        removed: frozenset[str] = frozenset(),
    ) -> Ran:
        """Carry a hub out once and tell of it: all spokes, or ``only`` those whose servers told of changes, the first
        at ``since``, those ``removed`` of something that may be gone. Never raises, but when it is cancelled; then its
        run has ended."""
        note = f"it is paused: busyline calendar history {hub} tells why, busyline calendar resume {hub} goes on"
        async with self._turns[hub]:
            report = await tried(partial(self._synced, hub, only, removed), paused=note)
        match report:
            case Skipped():
                self._figures.skipped(hub, report.why)
                if only is None or report.why != BUSY:  # whoever was told of a change tries again at once
                    report.tell(_log, "hub_skipped", hub=hub)
                return report.ran
            case HubReport():
                await self._told(report, whole=only is None)
                if since is not None:
                    self._figures.noticed(hub, self._clock() - since)
        return Ran.ENDED

    async def watch(self, hub: str, anew: frozenset[str] = frozenset()) -> Ran:
        """Look after the promises of a hub's servers; those of ``anew`` are asked for new ones. Never raises, but when
        it is cancelled. What is paused is not watched."""
        async with self._watches[hub]:
            watched = await tried(partial(self._watched, hub, anew), paused="")
        if not isinstance(watched, Skipped):
            self._figures.watched(hub, watched)
            return Ran.ENDED
        watched.tell(_log, "hub_not_watched", hub=hub)
        return watched.ran

    async def _synced(
        self, hub: str, only: frozenset[str] | None, removed: frozenset[str]
    ) -> HubReport | Skipped | None:
        """None, or why there is none where its time has come, where nobody has let the hub run yet: its first plan is
        for somebody to look at, or, where the settings let it, for its time."""
        may = self._hubs[hub].unseen and (only is None or bool(await self._ledger.runs(hub, most=1)))
        if may or await self._ledger.planned(hub):
            return await self._hubs[hub].doing.sync(only, removed)
        if only is not None or await self._ledger.paused(hub):
            return None
        return Skipped(UNSEEN, Ran.ENDED, _WAITS.format(hub))

    async def _watched(self, hub: str, anew: frozenset[str]) -> dict[str, bool]:
        """Whether each server that can tell of changes has promised to, or need not."""
        assert self._heard is not None
        ledger = self._ledger
        watching = Watching(
            hub=hub,
            hooks=ledger,
            public_url=self._heard.public_url,
            clock=self._clock,
            random=self._heard.random,
            begun=partial(self.attending.begun, hub),
        )
        async with self._hubs[hub].doing.watched() as spokes:
            if not self._hubs[hub].notices or await ledger.paused(hub):
                await watching.ended(spokes)
                return dict.fromkeys(spokes, True)
            able = {name: spoke for name, spoke in spokes.items() if not await ledger.paused(hub, name)}
            await watching.kept(able, anew=anew)
        hooks, now = await ledger.hooks(hub), self._clock()
        lasting = {hook.spoke for hook in hooks if hook.lasts(now)}
        return {name: name in lasting or name not in able for name in spokes}

    async def _told(self, report: HubReport, *, whole: bool) -> None:
        self._figures.ended(report, self._clock(), whole=whole)
        say = _log.info if report.well else _log.warning
        say("hub_ended", **_line(report))
        if self._keep is None:
            return
        try:
            await self._ledger.prune(self._keep)
        except StateError as error:
            _log.warning("history_not_pruned", note=str(error))


async def _always(_: datetime) -> bool:
    return True


def _line(report: HubReport) -> dict[str, object]:
    """A run as the log has it: numbers, our own words, and names that stand in the settings."""
    tally, outlook = report.tally, report.outlook
    planned, written = Counter[str](), Counter[str]()
    for (_, act), number in report.planned.items():
        planned[act.value] += number
    for (_, act), number in tally.written.items():
        written[act.value] += number
    found: dict[str, object] = {
        "hub": report.hub,
        "run": report.run,
        "state": report.state.value if report.state else None,
        "seconds": (report.ended_at - report.begun_at).total_seconds() if report.ended_at else None,
        "read": dict(outlook.read),
        "planned": dict(planned),
        "written": dict(written),
        "failed": tally.failed,
        "untried": tally.untried,
        "conflicts": len(report.clashes),
        "left": report.not_done,
        "not_read": [trouble.spoke for trouble in outlook.troubles],
        "paused": sorted(outlook.paused),
        "unread": {name: len(some) for name, some in outlook.unread.items()},
        "guards": sorted(stop.guard for stop in report.stops),
        "why": {trouble.spoke: trouble.reason.value for trouble in outlook.troubles if trouble.reason is not None},
        "note": "" if report.well else f"busyline calendar history {report.hub} says more",
    }
    return {name: value for name, value in found.items() if value not in (None, 0, {}, [], "")} | {"well": report.well}
