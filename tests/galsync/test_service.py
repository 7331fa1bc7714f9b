"""Tests of galsync/service.py: a run that is due is carried out and told of, whatever becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from galsync.counting import Figures
from galsync.ledger.runs import RunKind
from galsync.mailing import Mailing, When
from galsync.reports.report import RunReport
from galsync.schedule import Scheduled
from galsync.service import ROOM, Service
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.jobs.alone import Alone
from service.jobs.cron import Schedule
from service.jobs.job import Ran
from service.mail import MailError
from service.runs.lease import BusyError, LeaseLostError
from service.runs.states import RunOverError
from service.runs.trying import PausedError, UnopenedError
from service.state.errors import StateError
from tests.galsync.machine import Machine, machine
from tests.galsync.stock import held, person
from tests.galsync.test_counting import told
from tests.service.jobs.ticking import NOON, Time

_ANN = "ann@a.example"


def service(it: Machine, run: Callable[[], Awaitable[RunReport]] | None = None, **others: Any) -> Service:
    """Of the one sync."""
    scheduled = Scheduled(run=run or it.engine().apply, schedule=Schedule.parse("0 3 * * *"))
    given: dict[str, Any] = {"figures": Figures(CollectorRegistry()), "clock": it.time.clock}
    return Service({"staff": scheduled}, it.ledger, **given | others)


async def lines(of: Service) -> tuple[Ran, Sequence[Any]]:
    with capture_logs() as found:
        return await of.run("staff"), found


async def test_a_run_is_a_line_without_anybodys_name(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann"), person("bob")) as it:
        it.target.memory.put("", held("bob", sync=None))
        ran, [line] = await lines(service(it))
    assert ran is Ran.ENDED
    assert line == {
        "event": "sync_ended",
        "log_level": "warning",
        "sync": "staff",
        "run": 1,
        "state": "done",
        "planned": {"create": 1, "conflict": 1},
        "written": {"create": 1},
        "well": False,
    }


async def test_trouble_is_told_by_its_reason_and_not_by_what_a_peer_said(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        it.source.errors.append(PeerError(Reason.UNREACHABLE, f"{_ANN} does not answer"))
        _, [line] = await lines(service(it))
    assert (line["state"], line["unread"]) == ("failed", {"unreachable": 1})
    assert _ANN not in str(line)


@pytest.mark.parametrize(
    ("error", "ran", "why"),
    [
        (BusyError("another"), Ran.BUSY, "busy"),
        (PausedError(f"{_ANN} said so"), Ran.ENDED, "paused"),
        (StateError("the disk is full"), Ran.AGAIN, "state"),
        (LeaseLostError("another node has taken staff over"), Ran.AGAIN, "state"),
        (RunOverError(7), Ran.AGAIN, "state"),
        (UnopenedError("contoso.pem: No such file"), Ran.ENDED, "unopened"),
        (RuntimeError("ours"), Ran.ENDED, "mistake"),
    ],
)
async def test_what_does_not_run_is_counted_and_said(tmp_path: Path, error: Exception, ran: Ran, why: str) -> None:
    async def run() -> RunReport:
        raise error

    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path) as it:
        ended, [line] = await lines(service(it, run, figures=figures))
    assert (ended, line["sync"]) == (ran, "staff")
    assert _ANN not in str(line["note"])
    assert told(registry) == {f"busyline_gal_skipped_total{{staff,{why}}}": 1}


async def test_a_report_that_cannot_be_sent_changes_nothing(tmp_path: Path) -> None:
    async def send(subject: str, body: str) -> None:
        raise MailError(f"nobody took {len(subject)} and {len(body)}")

    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path, person("ann")) as it:
        ran, found = await lines(service(it, mailing=Mailing(send, When.ALWAYS), figures=figures))
        assert list(it.standing()) == [_ANN]
    assert told(registry)["busyline_gal_reports_not_sent_total{staff}"] == 1
    assert ran is Ran.ENDED
    assert [line["event"] for line in found] == ["sync_ended", "report_not_sent"]


async def test_what_could_not_begin_is_told_by_mail_once(tmp_path: Path) -> None:
    subjects: list[str] = []

    async def send(subject: str, body: str) -> None:
        assert "No such file" in body
        subjects.append(subject)

    async def run() -> RunReport:
        raise UnopenedError("contoso.pem: No such file")

    async with machine(tmp_path) as it:
        of = service(it, run, mailing=Mailing(send))
        assert [await of.run("staff") for _ in range(2)] == [Ran.ENDED] * 2
    assert subjects == ["Busyline staff: FAILED, it could not begin"]


async def test_the_history_is_kept_as_long_as_it_shall_be(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        of = service(it, keep=timedelta(days=90))
        await of.run("staff")
        it.time.now += timedelta(days=91)
        await of.run("staff")
        assert [run.number for run in await it.ledger.runs("staff")] == [2]


async def test_after_a_restart_the_metrics_know_the_last_run(tmp_path: Path) -> None:
    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path, person("ann")) as it:
        await it.engine().apply()
        await service(it, figures=figures).remember()
    assert told(registry)["busyline_gal_last_run_seconds{staff}"] == it.time.now.timestamp()


async def test_after_a_restart_the_metrics_know_when_all_was_well(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        begun = it.time.now.timestamp()
        well = await _well(it)
        assert well == {"busyline_gal_last_well_seconds{staff}": begun, "busyline_gal_interval_seconds{staff}": 86_400}
        it.time.now += timedelta(hours=1)
        it.source.errors.append(PeerError(Reason.UNREACHABLE, "no answer"))
        await it.engine().apply()
        first = it.time.now.timestamp()
        it.time.now += timedelta(hours=1)
        assert (await _well(it))["busyline_gal_last_well_seconds{staff}"] == first, "tried first, and never well"
        await it.engine().apply()
        ended = it.time.now.timestamp()
        it.time.now += timedelta(hours=1)
        it.source.errors.append(PeerError(Reason.UNREACHABLE, "no answer"))
        await it.engine().apply()
        await it.engine().undo(2)
        assert (await _well(it))["busyline_gal_last_well_seconds{staff}"] == ended


async def _well(it: Machine) -> dict[str, float]:
    figures = Figures(registry := CollectorRegistry())
    await service(it, figures=figures).remember()
    return {name: number for name, number in told(registry).items() if "well" in name or "interval" in name}


async def test_its_jobs_run_by_the_clock_and_are_told_of(tmp_path: Path) -> None:
    subjects: asyncio.Queue[str] = asyncio.Queue()

    async def send(subject: str, _: str) -> None:
        subjects.put_nowait(subject)

    async with machine(tmp_path, person("ann")) as it:
        jobs = service(it, mailing=Mailing(send)).jobs()
        assert ([job.name for job in jobs], ROOM) == (["staff"], "galsync")
        serving = asyncio.create_task(Alone(jobs, Time(NOON, end=NOON + timedelta(days=1)).works()).serve())
        try:
            assert "all is well" in await asyncio.wait_for(subjects.get(), 30)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        assert list(it.standing()) == [_ANN]


async def test_what_was_killed_is_owed_by_its_job(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        [job] = service(it).jobs()
        assert not await job.owed(it.time.now)
        await it.ledger.begin("staff", RunKind.APPLY)
        assert await job.owed(it.time.now)
        assert await job.run() is Ran.ENDED
        assert not await job.owed(it.time.now)
