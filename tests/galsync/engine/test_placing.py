"""Tests of galsync/engine/placing.py: order within a place, what waits for what, and what the ledger is told when."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.galsync.target import ABILITY
from galsync.engine.applying import Applying
from galsync.engine.asking import Asking
from galsync.engine.moments import Moment
from galsync.engine.order import phases
from galsync.engine.placing import Hands, Placing
from galsync.engine.tally import Tally
from galsync.ledger.runs import RunKind
from galsync.side import Failed
from galsync.steps import Act, Plan, Step
from protocols.model.freebusy import Reason
from service.runs.lease import Lease
from service.runs.pace import Pace
from service.runs.states import StepState
from tests.galsync.machine import Machine, machine
from tests.galsync.scripted import ScriptedTarget
from tests.galsync.stock import create, held, person, remove, retire

NO = Failed(Reason.FORBIDDEN, "no")


async def hands(it: Machine) -> Hands:
    """What a run writes with, without a plan of the engine's."""
    pace = Pace(clock=it.time.clock, sleep=it.time.sleep, random=lambda: 0.0)
    lease = Lease(it.ledger, "staff", "here", clock=it.time.clock, length=timedelta(minutes=10))
    lanes = asyncio.Semaphore(it.target.ability.at_once)
    asking = Asking(sync=it.sync, lease=lease, pace=pace, lanes=lanes, tell=it.news.append)
    run = await it.ledger.begin("staff", RunKind.APPLY)
    return Hands(asking=asking, ledger=it.ledger, run=run, tally=Tally())


async def placed(it: Machine, *steps: Step, forget: Sequence[str] = ()) -> Tally:
    """What came of ``steps``."""
    mine = await hands(it)
    await Placing(hands=mine, plan=Plan(steps=steps, forget=tuple(forget))).carry_out()
    return mine.tally


def stands(it: Machine, *names: str) -> None:
    for name in names:
        it.target.memory.put("", held(name))


async def test_a_step_is_in_the_ledger_before_it_is_written_and_agreed_after(tmp_path: Path) -> None:
    seen: list[list[StepState]] = []
    agreed: list[int] = []

    async def looking(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[object]:
        seen.append([row.state async for row in it.ledger.steps(1)])
        agreed.append(len(await it.ledger.agreements("staff", "")))
        return await target.as_it_should(place, steps)

    async with machine(tmp_path, target=ScriptedTarget(script=[looking])) as it:  # type: ignore[list-item]
        await placed(it, create("ann"), create("bob"))
        assert (seen, agreed) == ([[StepState.BEGUN] * 2], [0])
        assert [row.state async for row in it.ledger.steps(1)] == [StepState.DONE] * 2
        assert [news.moment for news in it.news] == [Moment.BEGUN, Moment.WRITTEN, Moment.AGREED]


async def test_whoever_needs_an_address_is_written_after_it_was_freed(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        stands(it, "ann")
        steps = [remove("ann"), create("anna", address="ann@a.example"), create("bob")]
        tally = await placed(it, *steps)
        assert tally.clean
        assert [anchors for _, anchors in it.target.calls] == [("hr:ann", "hr:bob"), ("hr:anna",)]


async def test_where_no_room_was_made_nobody_tries(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        stands(it, "ann")
        it.target.refused["hr:ann"] = NO
        tally = await placed(it, remove("ann"), create("anna", address="ann@a.example"), create("bob"))
        assert [(failure.anchor, failure.words) for failure in tally.failures] == [
            ("hr:ann", "no"),
            ("hr:anna", "not tried, since the step that had to make room for it failed"),
        ]
        assert {*it.standing()} == {"ann@a.example", "bob@a.example"}


async def test_a_replacement_whose_old_object_stays_is_not_made(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        it.target.memory.put("", held("ann", address="old@a.example"))
        it.target.refused["hr:ann"] = NO
        tally = await placed(it, remove("ann", stands=held("ann", address="old@a.example")), create("ann"))
        assert (tally.failed, len(it.target.calls)) == (2, 1)


async def test_what_is_only_remembered_and_forgotten_asks_nobody(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        known = create("ann")
        await placed(it, replace(known, act=Act.REMEMBER), replace(create("bob"), act=Act.REMEMBER))
        assert {*await it.ledger.agreements("staff", "")} == {"hr:ann", "hr:bob"}
        tally = await placed(it, forget=["hr:ann"])
        assert {*await it.ledger.agreements("staff", "")} == {"hr:bob"}
        assert (tally.clean, it.target.calls) == (True, [])


async def test_many_that_cannot_be_hidden_are_one_transaction(tmp_path: Path) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, hides=False))
    async with machine(tmp_path, target=target) as it:
        tally = await placed(it, *(retire(f"p{n}") for n in range(30)), create("ann"))
        assert tally.written == {Act.RETIRE: 30, Act.CREATE: 1}
        assert [news.number for news in it.news if news.moment is Moment.BEGUN] == [30, 1]
        assert target.calls == [("", ("hr:ann",))]


@pytest.mark.parametrize("batch", [1, 3, 20])
async def test_batches_are_as_large_as_the_target_takes(tmp_path: Path, batch: int) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, batch=batch))
    async with machine(tmp_path, target=target) as it:
        await placed(it, *(create(f"p{n}") for n in range(20)))
        sizes = [len(anchors) for _, anchors in target.calls]
        assert (sum(sizes), max(sizes), len(sizes)) == (20, batch, -(-20 // batch))


async def test_after_a_stop_everything_is_counted_as_not_tried(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        mine = await hands(it)
        mine.asking.pace.stop()
        remembered = replace(create("eve"), act=Act.REMEMBER)
        plan = Plan(steps=(remembered, create("ann"), create("bob")))
        await Applying(hands=mine).carry_out([plan])
        assert (mine.tally.untried, mine.tally.clean, it.target.calls) == (3, False, [])
        assert [row async for row in it.ledger.steps(mine.run)] == []


async def test_a_ledger_that_fails_ends_the_run_after_what_was_in_flight(tmp_path: Path) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, batch=1, at_once=2, at_once_per_place=2))
    async with machine(tmp_path, *(person(f"p{n}") for n in range(9)), target=target) as it:
        mine = await hands(it)
        await it.ledger.begin("staff", RunKind.PURGE)  # another run takes this one's place
        with pytest.raises(Exception, match="another run took the place"):
            await Applying(hands=mine).carry_out([Plan(steps=tuple(create(f"p{n}") for n in range(9)))])
        assert (target.calls, mine.asking.pace.stopped) == ([], True)


def test_phases_of_a_plan_are_those_of_its_writes() -> None:
    plan = Plan(steps=(replace(create("ann"), act=Act.CONFLICT), create("bob")))
    assert phases(plan.writes) == [[create("bob")]]
