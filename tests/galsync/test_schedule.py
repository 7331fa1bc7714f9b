"""Tests of galsync/schedule.py: which runs are owed after a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from galsync.ledger.runs import RunKind
from galsync.schedule import Scheduled
from service.jobs.cron import Schedule
from service.runs.owing import owed
from service.runs.states import RunState
from tests.galsync.machine import Machine, machine

HOUR = timedelta(hours=1)


async def ran(it: Machine, state: RunState | None, **figures: int) -> None:
    """A run now, with this end; None for one that was killed."""
    run = await it.ledger.begin("staff", RunKind.APPLY)
    if state is not None:
        await it.ledger.end(run, state, figures)


async def test_a_sync_that_never_ran_owes_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        assert not await owed(it.ledger, "staff", it.time.now)


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED, RunState.STOPPED])
async def test_what_was_due_since_the_last_run_is_owed(tmp_path: Path, state: RunState) -> None:
    async with machine(tmp_path) as it:
        await ran(it, state)
        assert not await owed(it.ledger, "staff", it.time.now - HOUR)
        assert not await owed(it.ledger, "staff", it.time.now)
        assert await owed(it.ledger, "staff", it.time.now + HOUR)
        assert not await owed(it.ledger, "others", it.time.now + HOUR)


async def test_a_run_that_was_killed_or_ended_with_its_process_is_owed(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        await ran(it, RunState.STOPPED, untried=3)
        assert await owed(it.ledger, "staff", it.time.now - HOUR)
        await ran(it, None)
        assert await owed(it.ledger, "staff", it.time.now - HOUR)


async def test_a_sync_that_is_paused_owes_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        await ran(it, None)
        await it.ledger.pause("staff", "run 1 was taken back")
        assert not await owed(it.ledger, "staff", it.time.now + HOUR)


async def test_what_is_scheduled_can_be_run(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        scheduled = Scheduled(run=it.engine().apply, schedule=Schedule.parse("@daily"))
        assert (await scheduled.run()).state is RunState.DONE
