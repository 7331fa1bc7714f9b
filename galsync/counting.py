"""What Prometheus is told of the syncs: when each ran last, what it wrote, and whether somebody has to look."""

from collections import Counter as Count
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from galsync.engine.killed import CONFLICTS, STANDING
from galsync.engine.tally import Tally
from galsync.ledger.runs import Run, RunKind
from galsync.reports.report import RunReport
from galsync.steps import Act
from service.jobs.cron import Schedule
from service.runs.states import RunState
from service.runs.trying import SKIPPED

WRITTEN, HANDED, FAILED, LEFT = "written", "handed", "failed", "left"
"""What became of steps: ``handed`` to somebody who does them, ``left`` for the next run."""
_SYNC: Final = ("sync",)


class Figures:
    """The numbers of all syncs of this process, by the name of each; nobody else is named.

    With several nodes each tells of the runs that it made itself: the newest, and so the greatest
    ``busyline_gal_last_run_seconds``, is the one that counts.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._standing: dict[str, int] = {}
        steps = ("sync", "act", "outcome")
        self._last = Gauge("busyline_gal_last_run_seconds", "When a run ended, since 1970", _SYNC, registry=registry)
        self._steps = Counter("busyline_gal_steps_total", "Steps of the runs", steps, registry=registry)
        self._conflicts = Gauge(
            "busyline_gal_conflicts", "Conflicts that wait for a decision", _SYNC, registry=registry
        )
        self._stopped = Gauge("busyline_gal_stopped", "1 where a guard stopped the last run", _SYNC, registry=registry)
        self._failed = Gauge("busyline_gal_failed", "1 where the last run failed", _SYNC, registry=registry)
        self._skipped = Counter(
            "busyline_gal_skipped_total", "Runs that did not take place", ("sync", "why"), registry=registry
        )
        words = "When a run last ended well, since 1970; where none has, when it was first tried"
        self._well = Gauge("busyline_gal_last_well_seconds", words, _SYNC, registry=registry)
        words = "The longest time between two runs that the schedule wants"
        self._interval = Gauge("busyline_gal_interval_seconds", words, _SYNC, registry=registry)
        self._unsent = Counter(
            "busyline_gal_reports_not_sent_total", "Reports that the mail server did not take", _SYNC, registry=registry
        )

    def expected(self, sync: str, schedule: Schedule, now: datetime) -> None:
        """``sync`` runs by ``schedule``: how often, looked at from ``now``."""
        self._interval.labels(sync).set(schedule.longest_gap(now).total_seconds())
        self._unsent.labels(sync)  # from nought, so that the first one is an increase
        for why in SKIPPED:
            self._skipped.labels(sync, why)

    def well(self, sync: str, at: datetime) -> None:
        """The last run that ended well did so ``at`` that time; where none did, that is when it was first tried."""
        self._well.labels(sync).set(at.timestamp())

    def unsent(self, sync: str) -> None:
        """A report was not taken by the mail server."""
        self._unsent.labels(sync).inc()

    def ended(self, report: RunReport, at: datetime) -> None:
        """A run has ended at ``at``."""
        sync, state = report.sync, report.state
        self._last.labels(sync).set((report.ended_at or at).timestamp())
        for act, outcome, number in _outcomes(report.tally, report.planned):
            self._steps.labels(sync, act.value, outcome).inc(number)
        conflicts = report.planned[Act.CONFLICT]
        if not report.outlook.whole or report.outlook.unread:  # then nobody looks at those that stand already
            conflicts = max(conflicts, self._standing.get(sync, 0))
        self._standing[sync] = conflicts
        self._conflicts.labels(sync).set(conflicts)
        self._stopped.labels(sync).set(state is RunState.STOPPED and bool(report.stops))
        self._failed.labels(sync).set(state is RunState.FAILED)
        if state is RunState.DONE and report.outlook.kind is RunKind.APPLY:
            self.well(sync, report.ended_at or at)

    def remembered(self, runs: Sequence[Run]) -> None:
        """What a process before this one would have told, from the history of one sync, newest first.

        By changes nobody looks at the conflicts that stand already, so that they are those of the last whole run too.
        """
        whole = next((n for n, run in enumerate(runs) if run.note == "whole" and STANDING in run.counts), None)
        if whole is not None:
            conflicts = max(run.counts.get(CONFLICTS, 0) for run in runs[: whole + 1])
            self._standing[runs[0].sync] = conflicts
            self._conflicts.labels(runs[0].sync).set(conflicts)
        if not runs or (ended := runs[0].ended_at) is None:
            return
        run = runs[0]
        self._last.labels(run.sync).set(ended.timestamp())
        self._stopped.labels(run.sync).set(run.state is RunState.STOPPED and not run.counts.get("untried"))
        self._failed.labels(run.sync).set(run.state is RunState.FAILED)

    def skipped(self, sync: str, why: str) -> None:
        """A run did not take place: ``why`` is one of SKIPPED."""
        self._skipped.labels(sync, why).inc()


def _outcomes(tally: Tally, planned: Count[Act]) -> Iterator[tuple[Act, str, int]]:
    """How many steps of each act came to what end."""
    failed = Count(failure.act for failure in tally.failures)
    for act in planned:
        if act in (Act.CONFLICT, Act.REMEMBER):
            continue
        known = {WRITTEN: tally.written[act], HANDED: tally.handed[act], FAILED: failed[act]}
        left = planned[act] - sum(known.values())
        for outcome, number in (known | {LEFT: left}).items():
            if number > 0:
                yield act, outcome, number
