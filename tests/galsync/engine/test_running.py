"""Tests of galsync/engine/running.py: how a run ends, and what the next one finds."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.galsync.target import ABILITY
from galsync.engine.killed import STANDING
from galsync.engine.moments import Moment, News
from galsync.ledger.runs import Token
from galsync.side import Failed, Handed, Outcome, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason
from service.runs.lease import Lease
from service.runs.states import RunState
from service.state.errors import StateError
from tests.galsync.machine import Machine, machine
from tests.galsync.scripted import ScriptedTarget, throttled
from tests.galsync.stock import person

PEOPLE = [person(f"p{number}") for number in range(6)]
ONE = replace(ABILITY, at_once=1, batch=1)


class Gate(ScriptedTarget):
    """Its first call waits until somebody opens."""

    def __init__(self) -> None:
        super().__init__(ability=ONE)
        self.entered, self.opened = asyncio.Event(), asyncio.Event()

    async def as_it_should(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        self.entered.set()
        await self.opened.wait()
        return await super().as_it_should(place, steps)


async def whole_after_all(it: Machine) -> None:
    """The next run does the rest and doubles nothing."""
    assert (await it.engine().apply()).state is RunState.DONE
    assert len(it.standing()) == len(PEOPLE)


async def test_told_to_stop_it_ends_after_the_calls_in_flight(tmp_path: Path) -> None:
    gate = Gate()
    async with machine(tmp_path, *PEOPLE, target=gate) as it:
        engine = it.engine()
        work = asyncio.ensure_future(engine.apply())
        await gate.entered.wait()
        engine.stop()
        gate.opened.set()
        report = await work
        assert (report.state, report.tally.written, report.tally.untried) == (RunState.STOPPED, {Act.CREATE: 1}, 5)
        assert "stopped as asked" in report.words
        assert not await it.ledger.unfinished("staff")
        await whole_after_all(it)


async def test_cancelled_it_ends_after_the_calls_in_flight_and_is_no_killed_run(tmp_path: Path) -> None:
    gate = Gate()
    async with machine(tmp_path, *PEOPLE, target=gate) as it:
        work = asyncio.ensure_future(it.engine().apply())
        await gate.entered.wait()
        work.cancel()
        await asyncio.sleep(0)
        assert not work.done()
        gate.opened.set()
        with pytest.raises(asyncio.CancelledError):
            await work
        [run] = await it.ledger.runs("staff")
        assert (run.state, len(it.standing())) == (RunState.STOPPED, 1)
        assert not await it.ledger.unfinished("staff")
        await whole_after_all(it)


async def test_cancelled_twice_it_waits_for_nobody_and_counts_as_killed(tmp_path: Path) -> None:
    gate = Gate()
    async with machine(tmp_path, *PEOPLE, target=gate) as it:
        work = asyncio.ensure_future(it.engine().apply())
        await gate.entered.wait()
        for _ in range(2):
            work.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await work
        assert await it.ledger.unfinished("staff")
        gate.opened.set()
        await whole_after_all(it)


async def test_stopped_while_it_reads_it_writes_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:

        def tell(news: News) -> None:
            if news.moment is Moment.READING:
                engine.stop()

        engine = it.engine(tell=tell)
        report = await engine.apply()
        assert (report.state, it.target.calls, report.tally.untried) == (RunState.STOPPED, [], 6)


async def test_what_was_handed_over_is_not_agreed_and_comes_again(tmp_path: Path) -> None:
    async def handing(_: ScriptedTarget, __: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        return [Handed() for _step in steps]

    target = ScriptedTarget(ability=replace(ABILITY, batch=20), script=[handing])
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        report = await it.engine().apply()
        assert (report.state, report.tally.handed) == (RunState.DONE, {Act.CREATE: 6})
        assert await it.ledger.agreements("staff", "") == {}
        await whole_after_all(it)
        assert it.source.asked == [None, None]


async def test_what_does_not_show_yet_is_looked_at_again(tmp_path: Path) -> None:
    async def hasty(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        done = await target.as_it_should(place, steps)
        return [replace(each, unseen=True) if isinstance(each, Written) else each for each in done]

    target = ScriptedTarget(ability=replace(ABILITY, batch=20), script=[hasty])
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        report = await it.engine().apply()
        assert (report.state, report.tally.unseen, report.tally.written) == (RunState.DONE, 6, {Act.CREATE: 6})
        assert len(await it.ledger.agreements("staff", "")) == 6
        for _ in range(2):
            await whole_after_all(it)
        assert it.source.asked == [None, None, "0"]


async def test_after_a_failure_the_token_stays_and_the_number_of_people_does_not(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        it.target.refused["hr:p1"] = Failed(Reason.FORBIDDEN, "no")
        assert (await it.engine().apply()).state is RunState.FAILED
        assert await it.ledger.token("staff", "hr") == Token(text="", read_at=it.time.now, people=6)


async def test_the_history_has_the_figures(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        [run] = await it.ledger.runs("staff")
        assert (run.note, run.counts) == ("whole", {"written_create": 6, STANDING: 6})
        it.source.remove("p1")
        await it.engine().apply()
        assert (await it.ledger.runs("staff"))[0].note == "changes"


async def test_a_state_that_cannot_be_kept_is_an_error_and_nothing_is_lost(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        broken = StateError("the disk is full")

        class Full(type(it.ledger)):  # type: ignore[misc]
            async def done(self, *_: object) -> None:
                raise broken

        full = Full(it.ledger._database, clock=it.time.clock)
        right, it.ledger = it.ledger, full
        with pytest.raises(StateError, match="disk is full"):
            await it.engine().apply()
        it.ledger = right
        assert await it.ledger.unfinished("staff")
        await whole_after_all(it)


async def test_a_run_that_lost_its_lease_writes_nothing_more(tmp_path: Path) -> None:
    target = ScriptedTarget(script=[throttled(timedelta(minutes=15))])
    async with machine(tmp_path, person("ann"), target=target) as it:
        sleep = it.time.sleep

        async def overtaken(seconds: float) -> None:
            await sleep(seconds)
            await Lease(it.ledger, "staff", "there", clock=it.time.clock, length=timedelta(minutes=10)).take()

        it.time.sleep = overtaken  # type: ignore[method-assign]
        report = await it.engine().apply()
        assert "taken staff over" in report.words
        assert (report.state, len(target.calls), it.standing()) == (RunState.FAILED, 1, {})
