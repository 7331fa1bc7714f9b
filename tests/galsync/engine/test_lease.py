"""Tests of galsync/engine/lease.py: one run at a time, and nobody writes whose lease is over."""

from datetime import timedelta
from pathlib import Path

import pytest

from galsync.engine.lease import BusyError, Lease, LeaseLostError
from galsync.ledger.runs import RunState
from tests.galsync.machine import Machine, machine
from tests.galsync.scripted import ScriptedTarget, throttled
from tests.galsync.stock import person

TEN = timedelta(minutes=10)


def lease(it: Machine, holder: str) -> Lease:
    return Lease(it.ledger, "staff", holder, clock=it.time.clock, length=TEN)


async def test_one_at_a_time(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        with pytest.raises(BusyError, match="another run of staff"):
            await lease(it, "there").take()
        await ours.give_back()
        await lease(it, "there").take()


async def test_who_comes_back_under_the_same_name_goes_on_at_once(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        await lease(it, "here").take()
        await lease(it, "here").take()


async def test_a_lease_that_is_kept_does_not_run_out(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        for _ in range(5):
            it.time.now += timedelta(minutes=6)
            await ours.keep()
        with pytest.raises(BusyError):
            await lease(it, "there").take()


async def test_a_lease_that_ran_out_and_was_taken_is_lost(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        it.time.now += timedelta(minutes=11)
        await lease(it, "there").take()
        with pytest.raises(LeaseLostError, match="taken staff over"):
            await ours.keep()


async def test_a_run_that_lost_its_lease_writes_nothing_more(tmp_path: Path) -> None:
    target = ScriptedTarget(script=[throttled(timedelta(minutes=15))])
    async with machine(tmp_path, person("ann"), target=target) as it:
        sleep = it.time.sleep

        async def overtaken(seconds: float) -> None:
            await sleep(seconds)
            await lease(it, "there").take()

        it.time.sleep = overtaken  # type: ignore[method-assign]
        report = await it.engine().apply()
        assert "taken staff over" in report.words
        assert (report.state, len(target.calls), it.standing()) == (RunState.FAILED, 1, {})
