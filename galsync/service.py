"""Runs the syncs of address books when they are due, and tells of each run: the log, the metrics, and an e-mail."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from galsync.counting import Figures
from galsync.engine.engine import PausedError
from galsync.engine.lease import BusyError, LeaseLostError
from galsync.ledger.ledger import Ledger, RunOverError
from galsync.ledger.runs import Run, RunKind, RunState
from galsync.mailing import Mailing
from galsync.reports.report import RunReport
from galsync.schedule import Scheduled, UnopenedError, owed
from service.jobs.job import Job, Ran
from service.mail import MailError
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
            self._figures.well(name, _last_well(runs) or self._clock())
            if sync.schedule is not None:
                self._figures.expected(name, sync.schedule, self._clock())

    async def run(self, name: str) -> Ran:
        """Carry a sync out once and tell of it. Never raises, but when it is cancelled; then its run has ended."""
        try:
            report = await self._syncs[name].run()
        except BusyError:
            return self._skipped(name, "busy", Ran.BUSY, note="another run of it goes on, here or on another node")
        except PausedError:
            note = f"it is paused: busyline gal history {name} tells why, busyline gal resume {name} goes on"
            return self._skipped(name, "paused", Ran.ENDED, note=note)
        except (StateError, LeaseLostError, RunOverError) as error:
            return self._skipped(name, "state", Ran.AGAIN, note=str(error))
        except UnopenedError as error:
            words = str(error)
            ended = self._skipped(name, "unopened", Ran.ENDED, note=words)
            await self._mailed(name, lambda mailing: mailing.unopened(name, words, self._clock()))
            return ended
        except Exception:  # noqa: BLE001  a mistake of ours in one sync leaves the others alone
            self._figures.skipped(name, "mistake")
            _log.exception("sync_broke", sync=name, note="a mistake of Busyline: please report it")
            return Ran.ENDED
        await self._told(report)
        return Ran.ENDED

    def _skipped(self, name: str, why: str, ran: Ran, *, note: str) -> Ran:
        self._figures.skipped(name, why)
        _log.warning("sync_skipped", sync=name, why=why, note=note)
        return ran

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


def _last_well(runs: Sequence[Run]) -> datetime | None:
    """When the newest of ``runs`` (newest first) that ended well did so, else when the oldest began; None without any.

    An undo and a purge do not count: they are no sign that the sync works.
    """
    applied = [run for run in runs if run.kind is RunKind.APPLY]
    ended = (run.ended_at for run in applied if run.state is RunState.DONE and run.ended_at)
    return next(ended, applied[-1].begun_at if applied else None)


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
