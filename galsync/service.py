"""Runs the syncs of address books when they are due, and tells of each run: the log, the metrics, and an e-mail."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from galsync.counting import Figures
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.mailing import Mailing
from galsync.reports.report import RunReport
from galsync.schedule import Scheduled
from service.jobs.job import Job, Ran
from service.mail import MailError
from service.runs.owing import last_well, owed
from service.runs.trying import UNOPENED, Skipped, tried
from service.state.errors import StateError

ROOM: Final = "galsync"
"""Under which the jobs of these syncs stand in a queue that others may share."""
_LOOKED_BACK: Final = 1_000
"""Runs among which the last that ended well is looked for."""
_log = structlog.get_logger("busyline.galsync")


class Service:
    """The syncs of address books that run by themselves, by name. Whoever starts :meth:`jobs` starts them.

    Neither log nor metric names a person; the e-mail does, as any report. The history is pruned after each run to what
    is not older than ``keep``.
    """

    def __init__(
        self,
        syncs: Mapping[str, Scheduled],
        ledger: Ledger,
        *,
        figures: Figures,
        clock: Callable[[], datetime],
        mailing: Mailing | None = None,
        keep: timedelta | None = None,
    ) -> None:
        self._syncs, self._ledger, self._keep = dict(syncs), ledger, keep
        self._figures, self._clock, self._mailing = figures, clock, mailing

    def jobs(self) -> list[Job]:
        """One for each sync."""
        return [
            Job(name=name, run=partial(self.run, name), owed=partial(owed, self._ledger, name), schedule=sync.schedule)
            for name, sync in self._syncs.items()
        ]

    async def remember(self) -> None:
        """Tell the metrics of the newest run of each sync. Raises StateError."""
        for name, sync in self._syncs.items():
            runs = await self._ledger.runs(name, most=_LOOKED_BACK)
            self._figures.remembered(runs)
            applied = [run for run in runs if run.kind is RunKind.APPLY]  # the others are no sign that the sync works
            self._figures.well(name, last_well(applied) or self._clock())
            if sync.schedule is not None:
                self._figures.expected(name, sync.schedule, self._clock())

    async def run(self, name: str) -> Ran:
        """Carry a sync out once and tell of it. Never raises, but when it is cancelled; then its run has ended."""
        note = f"it is paused: busyline gal history {name} tells why, busyline gal resume {name} goes on"
        report = await tried(self._syncs[name].run, paused=note)
        if not isinstance(report, Skipped):
            await self._told(report)
            return Ran.ENDED
        skipped = report
        self._figures.skipped(name, skipped.why)
        skipped.tell(_log, "sync_skipped", sync=name)
        if skipped.why == UNOPENED:
            await self._mailed(name, lambda mailing: mailing.unopened(name, skipped.note, self._clock()))
        return skipped.ran

    async def _told(self, report: RunReport) -> None:
        self._figures.ended(report, self._clock())
        say = _log.info if report.well else _log.warning
        say("sync_ended", **_line(report))
        await self._mailed(report.sync, lambda mailing: mailing.ended(report, report.ended_at or self._clock()))
        await self._pruned()

    async def _mailed(self, sync: str, tell: Callable[[Mailing], Awaitable[bool]]) -> None:
        if self._mailing is None:
            return
        try:
            await tell(self._mailing)
        except MailError as error:
            self._figures.unsent(sync)
            _log.error("report_not_sent", sync=sync, note=str(error))
        except Exception:  # noqa: BLE001  what was written stays written, whatever becomes of the report
            self._figures.unsent(sync)
            _log.exception("report_not_sent", sync=sync)

    async def _pruned(self) -> None:
        if self._keep is None:
            return
        try:
            await self._ledger.prune(self._keep)
        except StateError as error:
            _log.warning("history_not_pruned", note=str(error))


def _line(report: RunReport) -> dict[str, object]:
    """A run as the log has it: numbers, our own words, and names that stand in the settings."""
    tally, outlook = report.tally, report.outlook
    reasons = Counter(each.reason.value for each in (*outlook.unread, *outlook.skipped))
    seconds = (report.ended_at - report.begun_at).total_seconds() if report.ended_at else None
    found: dict[str, object] = {
        "sync": report.sync,
        "run": report.run,
        "state": report.state.value if report.state else None,
        "seconds": seconds,
        "planned": {act.value: number for act, number in report.planned.items() if number},
        "written": {act.value: number for act, number in tally.written.items() if number},
        "handed": tally.handed.total(),
        "failed": tally.failed,
        "untried": tally.untried,
        "unread": dict(reasons),
        "guards": sorted(stop.guard for stop in report.stops),
    }
    return {name: value for name, value in found.items() if value not in (None, 0, {}, [])} | {"well": report.well}
