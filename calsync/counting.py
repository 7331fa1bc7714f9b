"""What Prometheus is told of the hubs: when each ran last, what it wrote, how soon, and whether one has to look."""

from collections import Counter as Count
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from calsync.ledger.rows import Run, RunKind
from calsync.reports.report import HubReport
from calsync.spoke import Act
from certs.live import Live
from service.jobs.cron import Schedule
from service.runs.states import RunState
from service.runs.trying import SKIPPED

WRITTEN, FAILED, LEFT = "written", "failed", "left"
"""What became of steps; ``left`` is for the next run."""
UNSEEN: Final = "first"
"""Why a run did not take place, beside SKIPPED: it would be the first, and nobody has seen its plan."""
_HUB: Final = ("hub",)
_SECONDS: Final = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class Figures:
    """The numbers of all hubs of this process, by the names of hubs and spokes; nobody and nothing else is named.

    With several nodes each tells of the runs that it made itself: the newest, and so the greatest
    ``busyline_hub_last_run_seconds``, is the one that counts. A run that looks at the spokes alone that told of changes
    can say that something is wrong, and never that all is well.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, words: str, labels: Sequence[str] = _HUB) -> Gauge:
            return Gauge(name, words, labels, registry=registry)

        def counter(name: str, words: str, labels: Sequence[str] = _HUB) -> Counter:
            return Counter(name, words, labels, registry=registry)

        self._last = gauge("busyline_hub_last_run_seconds", "When a run ended, since 1970")
        self._well = gauge(
            "busyline_hub_last_well_seconds",
            "When a run last ended well, since 1970; where none has, when it was first tried",
        )
        self._interval = gauge(
            "busyline_hub_interval_seconds", "The longest time between two runs that the schedule wants"
        )
        self._stopped = gauge("busyline_hub_stopped", "1 where a guard stopped the last run")
        self._failed = gauge("busyline_hub_failed", "1 where the last run failed")
        self._paused = gauge("busyline_hub_paused_spokes", "Spokes that are left out until somebody resumes them")
        self._unwatched = gauge(
            "busyline_hub_unwatched", "1 where a server that can tell of changes has not promised to", ("hub", "spoke")
        )
        self._certificate = gauge(
            "busyline_hub_certificate_days_left", "Until the certificate of the notifications expires", ("name",)
        )
        self._steps = counter("busyline_hub_steps_total", "Steps of the runs", ("hub", "spoke", "act", "outcome"))
        self._conflicts = counter("busyline_hub_conflicts_total", "Fields that two spokes changed")
        self._left = counter("busyline_hub_left_total", "What a run found that cannot be as it shall be, and left so")
        self._skipped = counter("busyline_hub_skipped_total", "Runs that did not take place", ("hub", "why"))
        words = "From the first notification of a change to the end of the run that looked at it"
        self._noticed = Histogram("busyline_hub_notice_seconds", words, _HUB, buckets=_SECONDS, registry=registry)

    def expected(self, hub: str, schedule: Schedule, now: datetime) -> None:
        """``hub`` runs by ``schedule``: how often, looked at from ``now``."""
        self._interval.labels(hub).set(schedule.longest_gap(now).total_seconds())
        self._conflicts.labels(hub)  # from nought, so that the first one is an increase
        self._left.labels(hub)
        for why in (*SKIPPED, UNSEEN):
            self._skipped.labels(hub, why)

    def well(self, hub: str, at: datetime) -> None:
        """The last run that ended well did so ``at`` that time; where none did, that is when it was first tried."""
        self._well.labels(hub).set(at.timestamp())

    def ended(self, report: HubReport, at: datetime, *, whole: bool) -> None:
        """A run has ended at ``at``. ``whole``: it looked at all spokes, not just at those that told of changes."""
        hub, ended = report.hub, report.ended_at or at
        self._last.labels(hub).set(ended.timestamp())
        for spoke, act, outcome, number in _outcomes(report):
            self._steps.labels(hub, spoke, act.value, outcome).inc(number)
        self._conflicts.labels(hub).inc(len(report.clashes))
        self._left.labels(hub).inc(report.not_done)
        self._paused.labels(hub).set(len(report.outlook.paused))
        for gauge, wrong in (
            (self._stopped, report.state is RunState.STOPPED and bool(report.stops)),
            (self._failed, report.state is RunState.FAILED),
        ):
            if whole or wrong:
                gauge.labels(hub).set(wrong)
        if whole and report.state is RunState.DONE and report.outlook.kind is RunKind.SYNC:
            self.well(hub, ended)

    def remembered(self, runs: Sequence[Run]) -> None:
        """What a process before this one would have told, from the history of one hub, newest first."""
        if not runs or (ended := runs[0].ended_at) is None:
            return
        run = runs[0]
        self._last.labels(run.hub).set(ended.timestamp())
        self._stopped.labels(run.hub).set(run.state is RunState.STOPPED and not run.counts.get("untried"))
        self._failed.labels(run.hub).set(run.state is RunState.FAILED)

    def skipped(self, hub: str, why: str) -> None:
        """A run did not take place: ``why`` is one of SKIPPED, or UNSEEN."""
        self._skipped.labels(hub, why).inc()

    def noticed(self, hub: str, after: timedelta) -> None:
        """What a server told of was looked at, and carried to the others, so long after the first word of it."""
        self._noticed.labels(hub).observe(after.total_seconds())

    def watched(self, hub: str, well: Mapping[str, bool]) -> None:
        """Whether each server that can tell of changes has promised to, or need not."""
        for spoke, lasts in well.items():
            self._unwatched.labels(hub, spoke).set(not lasts)

    def shown(self, name: str, live: Live) -> None:
        """The certificate that is shown as ``name`` to whoever notifies, at every scrape."""
        self._certificate.labels(name).set_function(lambda: live.days_left)


def _outcomes(report: HubReport) -> Iterator[tuple[str, Act, str, int]]:
    """How many steps of each spoke and act came to what end."""
    failed = Count((failure.spoke, failure.act) for failure in report.tally.failures)
    for (spoke, act), planned in report.planned.items():
        known = {WRITTEN: report.tally.written[spoke, act], FAILED: failed[spoke, act]}
        left = planned - sum(known.values())
        for outcome, number in (known | {LEFT: left}).items():
            if number > 0:
                yield spoke, act, outcome, number
