"""Tests of galsync/counting.py: the numbers of a run, by sync."""

from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry

from galsync.counting import Figures
from galsync.plans.guards import Bound, Guards
from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
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
    }


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
        [newest, first] = await it.ledger.runs("staff")
    figures = Figures(registry := CollectorRegistry())
    figures.remembered(replace(first, ended_at=None))
    assert told(registry) == {}
    figures.remembered(newest)
    assert told(registry) == {
        "busyline_gal_last_run_seconds{staff}": it.time.now.timestamp(),
        "busyline_gal_stopped{staff}": 0,
        "busyline_gal_failed{staff}": 1,
    }


def test_what_did_not_take_place() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.skipped("staff", "busy")
    assert told(registry) == {"busyline_gal_skipped_total{staff,busy}": 1}
