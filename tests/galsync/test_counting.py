"""Tests of galsync/counting.py: the numbers of a run, by sync."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from galsync.counting import Figures
from galsync.plans.guards import Bound, Guards
from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.jobs.cron import Schedule
from service.runs.trying import SKIPPED
from tests.galsync.machine import machine
from tests.galsync.stock import held, person


def told(registry: CollectorRegistry) -> dict[str, float]:
    """Every number but when it was made, by name and labels."""
    return {
        f"{one.name}{{{','.join(one.labels.values())}}}": one.value
        for family in registry.collect()
        for one in family.samples
        if not one.name.endswith("_created")
    }


async def test_a_run_by_act_and_outcome(tmp_path: Path) -> None:
    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path, person("ann"), person("bob"), person("cid")) as it:
        it.target.memory.put("", held("ann", sync=None))
        it.target.refused = {"hr:bob": Failed(Reason.FORBIDDEN, "may not")}
        report = await it.engine().apply()
        figures.ended(report, it.time.now)
    assert told(registry) == {
        "busyline_gal_last_run_seconds{staff}": it.time.now.timestamp(),
        "busyline_gal_steps_total{staff,create,written}": 1,
        "busyline_gal_steps_total{staff,create,failed}": 1,
        "busyline_gal_conflicts{staff}": 1,
        "busyline_gal_stopped{staff}": 0,
        "busyline_gal_failed{staff}": 1,
    }, "what failed in part did not end well"


async def test_a_guard_that_stops(tmp_path: Path) -> None:
    figures = Figures(registry := CollectorRegistry())
    guards = Guards(deletions=Bound(count=0), changes=Bound(), shrink=1.0)
    async with machine(tmp_path, person("ann"), person("bob"), guards=guards) as it:
        figures.ended(await it.engine().apply(), it.time.now)
        it.source.remove("bob")
        figures.ended(await it.engine().apply(), it.time.now)
    numbers = told(registry)
    assert numbers["busyline_gal_stopped{staff}"] == 1
    assert numbers["busyline_gal_failed{staff}"] == 0
    assert numbers["busyline_gal_steps_total{staff,create,written}"] == 2
    assert sum(number for name, number in numbers.items() if name.endswith(",left}")) == 1


async def test_what_a_process_before_would_have_told(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        await it.engine().apply()
        it.source.errors.append(PeerError(Reason.UNREACHABLE, "no answer"))
        await it.engine().apply()
        runs = await it.ledger.runs("staff")
    figures = Figures(registry := CollectorRegistry())
    figures.remembered(())
    figures.remembered([replace(runs[1], ended_at=None, counts={})])
    assert told(registry) == {}
    figures.remembered(runs)
    assert told(registry) == {
        "busyline_gal_conflicts{staff}": 0,
        "busyline_gal_last_run_seconds{staff}": it.time.now.timestamp(),
        "busyline_gal_stopped{staff}": 0,
        "busyline_gal_failed{staff}": 1,
    }


def test_what_did_not_take_place() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.skipped("staff", "busy")
    assert told(registry) == {"busyline_gal_skipped_total{staff,busy}": 1}


async def test_what_ended_well_and_what_only_undid(tmp_path: Path) -> None:
    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path, person("ann")) as it:
        figures.ended(await it.engine().apply(), it.time.now)
        well = it.time.now.timestamp()
        it.time.now += timedelta(hours=1)
        figures.ended(await it.engine().undo(1), it.time.now)
    assert told(registry)["busyline_gal_last_well_seconds{staff}"] == well
    assert told(registry)["busyline_gal_last_run_seconds{staff}"] == well + 3600


def test_how_often_a_sync_shall_run() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.expected("staff", Schedule.parse("0 3 * * 1-5"), datetime(2026, 11, 23, tzinfo=UTC))
    figures.unsent("staff")
    assert told(registry) == {
        "busyline_gal_interval_seconds{staff}": 3 * 86_400,  # from Friday to Monday
        "busyline_gal_reports_not_sent_total{staff}": 1,
        **{f"busyline_gal_skipped_total{{staff,{why}}}": 0 for why in SKIPPED},
    }


async def test_a_conflict_stands_until_everybody_was_looked_at_again(tmp_path: Path) -> None:
    figures = Figures(registry := CollectorRegistry())
    async with machine(tmp_path, person("ann"), person("bob")) as it:
        stranger = held("ann", sync=None)
        it.target.memory.put("", stranger)
        counted = []
        for hours in (0, 1, 48):
            if hours == 48:
                it.target.memory.drop("", stranger.key)
            it.time.now += timedelta(hours=hours)
            report = await it.engine().apply()
            figures.ended(report, it.time.now)
            counted.append((report.outlook.whole, told(registry)["busyline_gal_conflicts{staff}"]))
    assert counted == [(True, 1), (False, 1), (True, 0)]


async def test_conflicts_are_remembered_from_the_last_run_that_saw_them_all(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann"), person("bob")) as it:
        it.target.memory.put("", held("ann", sync=None))
        await it.engine().apply()
        it.source.put(person("bob", title="Lead"))
        changes = await it.engine().apply()
        it.source.errors.append(PeerError(Reason.UNREACHABLE, "no answer"))
        unread = await it.engine().apply()
        runs = await it.ledger.runs("staff")
    assert [run.counts.get("conflicts") for run in runs] == [None, None, 1]
    figures = Figures(registry := CollectorRegistry())
    figures.remembered(runs)
    for report in (changes, unread):
        figures.ended(report, it.time.now)
    assert told(registry)["busyline_gal_conflicts{staff}"] == 1
