"""Tests of calsync/counting.py: the numbers of a run, by hub and spoke."""

from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from calsync.counting import UNSEEN, Figures
from calsync.reports.report import HubReport
from certs.live import Live
from protocols.model.event import Event
from service.jobs.cron import Schedule
from service.runs.trying import SKIPPED
from service.state.database import Database
from tests.calsync.world.server import Fault
from tests.calsync.world.world import World, rules
from tests.certs.authority import DAY, NOW, Authority
from tests.contracts.spoke_events import span
from tests.galsync.test_counting import told

EVENT = Event(when=span(9, 9), subject="Number 1")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        yield World.over(database, rules())


async def synced(world: World) -> HubReport:
    report = await world.sync(guards=True)
    assert report is not None
    return report


async def test_what_a_run_did(world: World) -> None:
    world.servers["north"].create(EVENT)
    figures = Figures(registry := CollectorRegistry())
    figures.ended(await synced(world), world.time.now, whole=True)
    ended = world.time.now.timestamp()
    assert told(registry) == {
        "busyline_hub_last_run_seconds{merger}": ended,
        "busyline_hub_last_well_seconds{merger}": ended,
        "busyline_hub_steps_total{merger,south,create,written}": 1,
        "busyline_hub_steps_total{merger,west,create,written}": 1,
        "busyline_hub_conflicts_total{merger}": 0,
        "busyline_hub_left_total{merger}": 0,
        "busyline_hub_paused_spokes{merger}": 0,
        "busyline_hub_stopped{merger}": 0,
        "busyline_hub_failed{merger}": 0,
    }


async def test_a_conflict_is_counted(world: World) -> None:
    north, south, _ = world.servers.values()
    key = north.create(EVENT)
    figures = Figures(registry := CollectorRegistry())
    await synced(world)
    north.change(key, Event(when=span(9, 9), subject="From the north"))
    south.change(next(iter(south.standing)), Event(when=span(9, 9), subject="From the south"))
    figures.ended(await synced(world), world.time.now, whole=True)
    assert told(registry)["busyline_hub_conflicts_total{merger}"] == 1


async def test_a_run_of_some_spokes_never_says_that_all_is_well(world: World) -> None:
    figures = Figures(registry := CollectorRegistry())
    world.servers["north"].faults = deque([Fault.THROTTLED])
    failed = await synced(world)
    figures.ended(failed, world.time.now, whole=False)
    assert told(registry)["busyline_hub_failed{merger}"] == 1
    for whole in (False, True):
        figures.ended(await synced(world), world.time.now, whole=whole)
        found = told(registry)
        well = found.get("busyline_hub_last_well_seconds{merger}")
        expected = (0, world.time.now.timestamp()) if whole else (1, None)
        assert (found["busyline_hub_failed{merger}"], well) == expected


async def test_a_guard_is_told_until_a_whole_run_passes_it(world: World) -> None:
    for number in range(40):
        world.servers["north"].create(Event(when=span(9, 9, number + 1), subject=f"Number {number}"))
    figures = Figures(registry := CollectorRegistry())
    await synced(world)
    world.servers["north"].standing.clear()
    figures.ended(await world.engine().sync(whole=True), world.time.now, whole=True)
    assert told(registry)["busyline_hub_stopped{merger}"] == 1
    figures = Figures(registry := CollectorRegistry())
    figures.remembered(await world.ledger.runs("merger"))
    assert told(registry)["busyline_hub_stopped{merger}"] == 1


async def test_a_spoke_that_is_paused_is_counted(world: World) -> None:
    await world.ledger.pause("merger", "a move goes on", "west")
    figures = Figures(registry := CollectorRegistry())
    figures.ended(await synced(world), world.time.now, whole=True)
    assert told(registry)["busyline_hub_paused_spokes{merger}"] == 1


def test_a_history_that_tells_nothing() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.remembered([])
    assert told(registry) == {}


def test_how_often_a_hub_shall_run() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.expected("merger", Schedule.parse("*/15 * * * *"), datetime(2026, 11, 23, tzinfo=UTC))
    figures.skipped("merger", "state")
    assert told(registry) == {
        "busyline_hub_interval_seconds{merger}": 900,
        "busyline_hub_conflicts_total{merger}": 0,
        "busyline_hub_left_total{merger}": 0,
        **{f"busyline_hub_skipped_total{{merger,{why}}}": why == "state" for why in (*SKIPPED, UNSEEN)},
    }


def test_what_servers_told_and_promised() -> None:
    figures = Figures(registry := CollectorRegistry())
    figures.noticed("merger", timedelta(seconds=1.8))
    figures.watched("merger", {"north": True, "south": False})
    figures.shown("hooks.example.com", Live(Authority().leaf("h", ends=NOW + 9 * DAY), clock=lambda: NOW))
    found = told(registry)
    assert found["busyline_hub_notice_seconds_bucket{merger,2.0}"] == 1
    assert found["busyline_hub_notice_seconds_bucket{merger,1.5}"] == 0
    assert found["busyline_hub_unwatched{merger,north}"] == 0
    assert found["busyline_hub_unwatched{merger,south}"] == 1
    assert found["busyline_hub_certificate_days_left{hooks.example.com}"] == 9
