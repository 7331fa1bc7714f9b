"""Tests of calsync/wiring/schedules.py: hubs of the settings run by the clock, and as soon as a server tells of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from calsync.counting import UNSEEN, Figures
from calsync.ledger.rows import RunKind
from calsync.settings import CalsyncSettings
from calsync.wiring.opening import ledger_of
from calsync.wiring.schedules import Serving, jobs_of
from service.runs.states import RunState
from service.secrets import SecretError
from service.state.settings import StateSettings
from tests.calsync.wiring.merger_world import World, around, world
from tests.contracts.spoke_world import NOW
from tests.galsync.test_counting import told
from tests.service.jobs.ticking import Time

QUARTER = timedelta(minutes=15)


def settings(it: World, **more: Any) -> CalsyncSettings:
    return CalsyncSettings.model_validate(
        {"hubs": [{"name": "merger", "first": "by itself", "spokes": it.spokes}], **more}
    )


@asynccontextmanager
async def serving(jobs: Serving) -> AsyncIterator[None]:
    task = asyncio.create_task(jobs.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_without_notifications_a_change_travels_within_one_interval(tmp_path: Path) -> None:
    time, figures = Time(NOW, end=NOW + QUARTER), Figures(registry := CollectorRegistry())
    async with world(tmp_path, time.clock) as it:
        await it.jack.create(it.event("Kick-off"))
        async with jobs_of(settings(it), around(tmp_path, time), figures) as jobs, serving(jobs):
            assert jobs.addresses == ()
            await it.until(lambda: it.at_graph() == ["Kick-off"])
        assert (it.google.calendars.channels.all, it.graph.subscriptions.subscriptions) == ({}, {})
    assert told(registry)["busyline_hub_interval_seconds{merger}"] == QUARTER.total_seconds()
    async with ledger_of(StateSettings(), tmp_path, clock=time.clock) as ledger:
        runs = await ledger.runs("merger")
    assert [(run.begun_at - NOW) <= QUARTER for run in runs] == [True] * len(runs)


async def test_nobody_has_seen_its_plan_yet(tmp_path: Path) -> None:
    time, figures = Time(NOW, end=NOW + QUARTER), Figures(CollectorRegistry())
    async with world(tmp_path, time.clock) as it:
        await it.jack.create(it.event("Kick-off"))
        unsaid = CalsyncSettings.model_validate({"hubs": [{"name": "merger", "spokes": it.spokes}]})
        async with jobs_of(unsaid, around(tmp_path, time), figures) as jobs:
            with capture_logs() as lines:
                await jobs.service.run("merger")
        assert [(line["event"], line["why"]) for line in lines] == [("hub_skipped", UNSEEN)]
        assert it.at_graph() == []


async def test_what_was_killed_goes_on_at_the_start(tmp_path: Path) -> None:
    time = Time(NOW, end=NOW)
    async with world(tmp_path, time.clock) as it:
        await it.anna.create(it.event("Kick-off"))
        async with ledger_of(StateSettings(), tmp_path, clock=time.clock) as ledger:
            await ledger.begin("merger", RunKind.SYNC)
        figures = Figures(CollectorRegistry())
        async with jobs_of(settings(it), around(tmp_path, time), figures) as jobs, serving(jobs):
            await it.until(lambda: it.at_google() == ["Kick-off"])
    async with ledger_of(StateSettings(), tmp_path, clock=time.clock) as ledger:
        assert (await ledger.runs("merger"))[-1].state is RunState.ABANDONED


async def test_a_hub_that_cannot_be_opened_is_told_and_no_other_is_kept_waiting(tmp_path: Path) -> None:
    time, figures = Time(NOW, end=NOW + QUARTER), Figures(registry := CollectorRegistry())
    async with world(tmp_path, time.clock) as it:
        broken = {name: {key: spoke[key] for key in spoke if key != "get"} for name, spoke in it.spokes.items()}
        broken["north"] |= {"get": {"create": True}, "calendar": "another@group.calendar.google.com"}
        broken["contoso"]["secret"] = "env:NOT_SET"
        unseen: dict[str, Any] = {"first": "by itself"}
        both = {
            "hubs": [{"name": "broken", "spokes": broken, **unseen}, {"name": "merger", "spokes": it.spokes, **unseen}]
        }
        await it.jack.create(it.event("Kick-off"))
        with capture_logs() as lines:
            read = CalsyncSettings.model_validate(both)
            async with jobs_of(read, around(tmp_path, time), figures) as jobs, serving(jobs):
                await it.until(lambda: it.at_graph() == ["Kick-off"] and any(_skipped(lines)))
    assert told(registry)["busyline_hub_skipped_total{broken,unopened}"] >= 1


def _skipped(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["event"] == "hub_skipped" and "NOT_SET" in line["note"]]


async def test_a_secret_that_all_need_is_missed_at_once(tmp_path: Path) -> None:
    read = CalsyncSettings.model_validate({"state": {"password": "env:NOT_SET"}})
    with pytest.raises(SecretError, match="NOT_SET"):
        async with jobs_of(read, around(tmp_path, Time()), Figures(CollectorRegistry())):
            pass


async def test_without_hubs_it_waits_until_it_is_told_to_end(tmp_path: Path) -> None:
    time = Time(NOW, end=NOW)
    async with jobs_of(CalsyncSettings(), around(tmp_path, time), Figures(CollectorRegistry())) as jobs:
        task = asyncio.create_task(jobs.serve())
        await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
