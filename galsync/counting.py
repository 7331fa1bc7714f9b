"""What Prometheus is told of the syncs: when each ran last, what it wrote, and whether somebody has to look."""

from collections import Counter as Count
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from galsync.engine.tally import Tally
from galsync.ledger.runs import Run, RunState
from galsync.reports.report import RunReport
from galsync.steps import Act

WRITTEN, HANDED, FAILED, LEFT = "written", "handed", "failed", "left"
"""What became of steps: ``handed`` to somebody who does them, ``left`` for the next run."""
_SYNC: Final = ("sync",)


class Figures:
    """The numbers of all syncs of this process, by the name of each; nobody else is named.

    With several nodes each tells of the runs that it made itself: the newest, and so the greatest
    ``busyline_gal_last_run_seconds``, is the one that counts.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
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

    def ended(self, report: RunReport, at: datetime) -> None:
        """A run has ended at ``at``."""
        sync, state = report.sync, report.state
        self._last.labels(sync).set((report.ended_at or at).timestamp())
        for act, outcome, number in _outcomes(report.tally, report.planned):
            self._steps.labels(sync, act.value, outcome).inc(number)
        self._conflicts.labels(sync).set(report.planned[Act.CONFLICT])
        self._stopped.labels(sync).set(state is RunState.STOPPED and bool(report.stops))
        self._failed.labels(sync).set(state is RunState.FAILED)

    def remembered(self, run: Run) -> None:
        """The newest run of a sync, from the history: what a process before this one would have told."""
        if run.ended_at is None:
            return
        self._last.labels(run.sync).set(run.ended_at.timestamp())
        self._stopped.labels(run.sync).set(run.state is RunState.STOPPED and not run.counts.get("untried"))
        self._failed.labels(run.sync).set(run.state is RunState.FAILED)

    def skipped(self, sync: str, why: str) -> None:
        """A run did not take place: ``why`` is ``busy``, ``paused``, ``state``, ``unopened`` or ``mistake``."""
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
