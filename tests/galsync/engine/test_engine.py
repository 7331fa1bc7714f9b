"""Tests of galsync/engine/engine.py: plan, apply, undo and purge, whole and by changes, and what comes in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.galsync.target import ABILITY
from galsync.engine.engine import FRESH
from galsync.engine.moments import Moment, News
from galsync.ledger.runs import RunKind
from galsync.side import Failed, Outcome
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from service.runs.lease import BusyError
from service.runs.states import RunState
from service.runs.trying import PausedError
from tests.galsync.machine import machine
from tests.galsync.scripted import DiedError, ScriptedTarget, dying
from tests.galsync.stock import held, person

ANN, BOB, CID = person("ann"), person("bob"), person("cid")
DAY = timedelta(days=1)


async def test_a_plan_writes_nothing_anywhere(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        outlook = await it.engine().plan()
        assert [plan.counts for plan in outlook.plans] == [{Act.CREATE: 2}]
        assert it.standing() == {}
        assert await it.ledger.agreements("staff", "") == {}
        assert await it.ledger.runs("staff") == []


async def test_what_is_planned_is_done_and_then_nothing_is_left_to_do(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        report = await it.engine().apply()
        assert (report.state, report.words, report.tally.written) == (RunState.DONE, "", {Act.CREATE: 2})
        assert {*it.standing()} == {"ann@a.example", "bob@a.example"}
        assert {*await it.ledger.agreements("staff", "")} == {"hr:ann", "hr:bob"}
        again = await it.engine().plan(whole=True)
        assert [(plan.steps, plan.equal) for plan in again.plans] == [((), 2)]


async def test_dry_shows_everything_and_writes_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        report = await it.engine().apply(dry=True)
        assert (report.state, report.run, report.planned) == (None, None, {Act.CREATE: 1})
        assert it.target.calls == []
        assert await it.ledger.runs("staff") == []


async def test_a_fresh_plan_is_applied_as_it_was_shown(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        outlook = await it.engine().plan()
        it.source.put(BOB)
        report = await it.engine().apply(outlook)
        assert report.outlook is outlook
        assert {*it.standing()} == {"ann@a.example"}


@pytest.mark.parametrize("stale", ["old", "another run", "from tomorrow"])
async def test_a_plan_that_is_not_fresh_is_made_anew(tmp_path: Path, stale: str) -> None:
    async with machine(tmp_path, ANN) as it:
        outlook = await it.engine().plan()
        it.source.put(BOB)
        if stale == "old":
            it.time.now += FRESH + timedelta(seconds=1)
        elif stale == "from tomorrow":
            it.time.now -= DAY
        else:
            await it.engine().apply()
        report = await it.engine().apply(outlook)
        assert report.outlook is not outlook
        assert {*it.standing()} == {"ann@a.example", "bob@a.example"}


async def test_a_plan_that_was_made_while_a_run_went_on_is_made_anew_when_that_has_ended(tmp_path: Path) -> None:
    """It does not know of what the run wrote after it: everything would be written once more."""
    async with machine(tmp_path, ANN, BOB) as it:
        made = []

        async def slow(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
            made.append(await it.engine(holder="another").plan())
            return await target.as_it_should(place, steps)

        it.target.script = [slow]
        await it.engine().apply()
        report = await it.engine().apply(made[0])
        assert report.outlook is not made[0]
        assert (report.tally.written, len(it.standing())) == ({}, 2)


async def test_a_plan_that_was_made_while_a_run_went_on_is_made_anew_when_that_was_killed(tmp_path: Path) -> None:
    """The run may have written on after the plan was made, and nobody wrote down that it ended."""
    async with machine(tmp_path, ANN, BOB) as it:
        made = []

        async def slow(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
            made.append(await it.engine(holder="another").plan())
            await target.as_it_should(place, steps)
            raise DiedError

        it.target.script = [slow]
        with pytest.raises(DiedError):
            await it.engine().apply()
        assert made[0].after < 0
        report = await it.engine().apply(made[0])
        assert report.outlook is not made[0]
        assert len(it.standing()) == 2


async def test_changes_alone_are_read_and_looked_at_after_a_good_run(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB, CID) as it:
        await it.engine().apply()
        it.source.put(person("ann", title="Lead"))
        it.source.remove("bob")
        it.target.reads = 0
        report = await it.engine().apply()
        assert it.source.asked == [None, "0"]
        assert (it.target.reads, it.target.looks) == (0, 1)
        assert report.tally.written == {Act.UPDATE: 1, Act.RETIRE: 1}
        assert it.standing()["ann@a.example"].texts[Field.TITLE] == "Lead"
        assert it.standing()["bob@a.example"].hidden
        assert (await it.engine().plan(whole=True)).plans[0].steps == ()


async def test_without_changes_the_target_is_not_asked_at_all(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        it.target.reads = 0
        await it.engine().apply()
        assert (it.target.reads, it.target.looks, len(it.target.calls)) == (0, 0, 1)


async def test_everybody_is_read_again_when_the_last_time_is_long_ago(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        it.time.now += DAY - timedelta(seconds=1)
        await it.engine().apply()  # by changes: that does not make the whole reading any younger
        it.time.now += timedelta(seconds=2)
        await it.engine().apply()
        assert it.source.asked == [None, "0", None]


async def test_other_settings_read_everybody_again(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine(fingerprint="one").apply()
        await it.engine(fingerprint="one").apply()
        await it.engine(fingerprint="two").apply()
        assert it.source.asked == [None, "0", None]


async def test_a_token_that_has_expired_gives_the_same_plan_as_everybody(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        it.source.remove("bob")
        it.source.expired = True
        outlook = await it.engine().plan()
        assert (it.source.asked[-1], outlook.whole) == ("0", True)
        assert [step.act for step in outlook.plans[0].steps] == [Act.RETIRE]
        assert outlook.plans == (await it.engine().plan(whole=True)).plans


async def test_the_same_changes_come_again_after_a_step_failed(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        it.source.put(person("ann", title="Lead"))
        it.target.refused["hr:ann"] = Failed(Reason.FORBIDDEN, "not allowed")
        report = await it.engine().apply()
        assert (report.state, report.tally.failed) == (RunState.FAILED, 1)
        assert "1 steps failed" in report.words
        it.target.refused.clear()
        assert (await it.engine().apply()).tally.written == {Act.UPDATE: 1}
        assert it.source.asked == [None, "0", "0"]


async def test_who_is_gone_is_hidden_first_and_removed_when_the_grace_is_over(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        it.source.remove("bob")
        await it.engine().apply()
        assert it.standing()["bob@a.example"].hidden
        it.time.now += timedelta(days=29)
        assert (await it.engine().apply()).tally.written == {}
        it.time.now += timedelta(days=2)
        assert (await it.engine().apply()).tally.written == {Act.REMOVE: 1}
        assert {*it.standing()} == {"ann@a.example"}


async def test_a_target_that_cannot_hide_is_not_asked_to(tmp_path: Path) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, hides=False))
    async with machine(tmp_path, ANN, target=target) as it:
        await it.engine().apply()
        it.source.remove("ann")
        report = await it.engine().apply()
        assert (report.state, report.tally.written, len(target.calls)) == (RunState.DONE, {Act.RETIRE: 1}, 1)
        assert (await it.ledger.agreements("staff", ""))["hr:ann"].retired_at is not None
        it.time.now += timedelta(days=31)
        assert (await it.engine().apply()).tally.written == {Act.REMOVE: 1}
        assert it.standing() == {}


async def test_after_a_crash_everything_is_read_and_nothing_is_doubled(tmp_path: Path) -> None:
    target = ScriptedTarget(script=[dying(2)])
    async with machine(tmp_path, *(person(name) for name in "abcde"), target=target) as it:
        with pytest.raises(DiedError):
            await it.engine().apply()
        assert await it.ledger.unfinished("staff")
        report = await it.engine().apply()
        assert report.state is RunState.DONE
        assert report.planned[Act.REMEMBER] == 2
        assert len(it.standing()) == len(await it.ledger.agreements("staff", "")) == 5
        assert [run.state for run in await it.ledger.runs("staff")] == [RunState.DONE, RunState.ABANDONED]


async def test_what_the_first_of_two_killed_runs_wrote_is_still_ours(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        for title, written in (("Lead", 1), ("", 0)):
            it.source.put(person("ann", title=title))
            it.target.script = [dying(written)]
            with pytest.raises(DiedError):
                await it.engine().apply()
        assert it.standing()["ann@a.example"].texts[Field.TITLE] == "Lead"
        report = await it.engine().apply()
        assert (report.ignored, report.tally.written) == ({}, {Act.UPDATE: 1})
        assert Field.TITLE not in it.standing()["ann@a.example"].texts


async def test_what_a_killed_run_made_is_ours_though_nobody_wanted_it_in_between(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann", title="Lead"), BOB) as it:
        it.target.script = [dying(2)]
        with pytest.raises(DiedError):
            await it.engine().apply()
        it.source.remove("ann")
        await it.engine().apply()
        assert it.standing()["ann@a.example"].hidden
        it.source.put(ANN)
        report = await it.engine().apply()
        assert (report.state, report.ignored) == (RunState.DONE, {})
        assert it.standing()["ann@a.example"].texts == ANN.texts


async def test_somebody_elses_object_is_a_conflict_and_is_not_touched(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        theirs = held("ann", sync=None)
        it.target.memory.put("", theirs)
        report = await it.engine().apply()
        assert report.planned == {Act.CONFLICT: 1}
        assert (report.state, report.well) == (RunState.DONE, False)
        assert it.target.memory.standing("") == [theirs]


async def test_undo_takes_back_what_a_run_wrote_and_pauses_the_sync(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        before = it.standing()
        it.source.put(person("ann", title="Lead"))
        it.source.put(CID)
        run = (await it.engine().apply()).run
        assert run is not None
        assert (await it.engine().undo(run, dry=True)).state is None
        report = await it.engine().undo(run)
        assert (report.state, report.outlook.kind) == (RunState.DONE, RunKind.UNDO)
        assert {a: h.texts for a, h in it.standing().items()} == {a: h.texts for a, h in before.items()}
        with pytest.raises(PausedError, match=f"run {run} was taken back"):
            await it.engine().apply()
        assert (await it.engine().apply(resume=True)).tally.written == {Act.UPDATE: 1, Act.CREATE: 1}


async def test_a_run_that_is_not_there_cannot_be_undone(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        with pytest.raises(ValueError, match="no run 7"):
            await it.engine().undo(7)


async def test_a_purge_removes_what_bears_our_stamp_and_nothing_else(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        theirs, others = held("dan", sync=None), held("eve", sync="other")
        it.target.memory.put("", theirs)
        it.target.memory.put("", others)
        report = await it.engine().purge()
        assert report.tally.written == {Act.REMOVE: 2}
        assert it.target.memory.standing("") == [theirs, others]
        assert await it.ledger.agreements("staff", "") == {}
        with pytest.raises(PausedError):
            await it.engine().apply()


async def test_two_runs_at_once_are_one(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        engine = it.engine()
        found: list[BaseException | None] = []

        async def second(other: str) -> None:
            try:
                await (engine if other == "here" else it.engine(holder=other)).apply()
            except BusyError as error:
                found.append(error)

        tasks: list[asyncio.Task[None]] = []

        def tell(news: News) -> None:
            if news.moment is Moment.READING:
                tasks.extend(asyncio.ensure_future(second(other)) for other in ("here", "there"))

        engine = it.engine(tell=tell)
        report = await engine.apply()
        await asyncio.gather(*tasks)
        assert report.state is RunState.DONE
        assert len(found) == len(tasks) > 0
        assert len(it.target.calls) == 1


async def test_a_node_that_died_hands_its_work_over_when_its_lease_is_over(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        assert await it.ledger.hold("staff", "there", it.time.now + timedelta(minutes=10))
        with pytest.raises(BusyError, match="another run of staff"):
            await it.engine().apply()
        it.time.now += timedelta(minutes=11)
        assert (await it.engine().apply()).state is RunState.DONE


async def test_an_unknown_guard_cannot_be_overruled(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        with pytest.raises(ValueError, match="write one of empty, shrink"):
            await it.engine().apply(allow=frozenset({"everything"}))


async def test_a_sync_that_is_held_is_kept_from_others_and_not_from_its_holder(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        engine, other = it.engine(holder="a"), it.engine(holder="b")
        async with engine.held():
            with pytest.raises(BusyError, match="another run of staff"):
                await other.apply()
            assert (await engine.apply()).state is RunState.DONE
            it.source.put(BOB)
            assert (await engine.apply()).tally.written == {Act.CREATE: 1}
            with pytest.raises(BusyError):
                await other.apply()
        assert (await other.apply()).state is RunState.DONE
