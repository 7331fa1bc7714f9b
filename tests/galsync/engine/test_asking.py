"""Tests of galsync/engine/asking.py: throttling, doubt, hanging and half answers, and never a step done twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.galsync.target import ABILITY
from galsync.engine.moments import Moment, News
from galsync.entries import Held
from galsync.side import Failed, Outcome
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.runs.pace import LONGEST
from service.runs.states import RunState, StepState
from tests.galsync.machine import Machine, machine
from tests.galsync.scripted import Play, ScriptedTarget, hanging, lost, partly, short, throttled
from tests.galsync.stock import person

PEOPLE = [person(name) for name in ("ann", "bob", "cid", "dan")]
ONE = replace(ABILITY, at_once=1)
SLOWLY = Failed(Reason.THROTTLED, "slowly", timedelta(seconds=7))


def playing(*script: Play | None) -> ScriptedTarget:
    return ScriptedTarget(script=script, ability=ONE)


async def whole(it: Machine) -> None:
    """Everybody stands there once, and the ledger knows it."""
    assert len(it.standing()) == len(await it.ledger.agreements("staff", "")) == len(PEOPLE)


async def test_the_target_is_left_alone_for_as_long_as_it_asks(tmp_path: Path) -> None:
    target = playing(throttled(timedelta(seconds=30)), throttled(timedelta(seconds=11)))
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        report = await it.engine().apply()
        assert (report.state, it.time.slept) == (RunState.DONE, [30, 11])
        assert News(Moment.WAITING, "", 30) in it.news
        await whole(it)


async def test_where_nothing_is_told_the_waits_grow(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(*[throttled(None)] * 3)) as it:
        await it.engine().apply()
        assert it.time.slept == [0.5, 1, 2]
        await whole(it)


async def test_what_was_done_of_a_batch_is_kept_at_once_and_not_done_again(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(partly(3, SLOWLY))) as it:
        await it.engine().apply()
        assert [len(anchors) for _, anchors in it.target.calls] == [4, 1]
        agreed = [each.number for each in it.news if each.moment is Moment.AGREED]
        assert agreed == [3, 1]
        await whole(it)


async def test_a_step_that_is_put_off_too_often_has_failed_and_the_run_goes_on(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=ScriptedTarget(ability=replace(ONE, batch=1))) as it:
        it.target.refused["hr:bob"] = SLOWLY
        report = await it.engine(attempts=3).apply()
        assert [anchors for _, anchors in it.target.calls].count(("hr:bob",)) == 3
        assert (report.state, report.tally.failed, report.tally.written[Act.CREATE]) == (RunState.FAILED, 1, 3)
        assert [failure.words for failure in report.tally.failures] == ["slowly"]


async def test_nobody_waits_until_tomorrow(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(throttled(LONGEST + timedelta(seconds=1)))) as it:
        report = await it.engine().apply()
        assert (it.time.slept, report.tally.failed, len(it.target.calls)) == ([], 4, 1)


@pytest.mark.parametrize("play", [lost(written=True), lost(written=False), short(), short(by=4)])
async def test_an_answer_that_was_lost_doubles_nothing_and_loses_nothing(tmp_path: Path, play: Play) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(play)) as it:
        report = await it.engine().apply()
        assert report.state is RunState.DONE
        assert it.target.looks == 1
        await whole(it)


async def test_what_is_found_half_done_is_told_with_what_went_wrong(tmp_path: Path) -> None:
    async def half(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        bare = [replace(step, entry=replace(step.entry, texts={})) for step in steps if step.entry]
        await target.as_it_should(place, bare)
        return [Failed(Reason.NO_ACCESS, "no right to block it", doubt=True) for _ in steps]

    async with machine(tmp_path, *PEOPLE, target=playing(half)) as it:
        report = await it.engine().apply()
        assert {failure.words for failure in report.tally.failures} == {
            "no right to block it; half of it stands there: the next run mends it"
        }


async def test_what_was_done_is_not_written_again_after_the_look(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(lost(written=True))) as it:
        await it.engine().apply()
        assert len(it.target.calls) == 1


async def test_a_target_that_hangs_is_not_waited_for_forever(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(hanging)) as it:
        report = await it.engine(patience=timedelta(milliseconds=20)).apply()
        assert (report.state, len(it.target.calls)) == (RunState.DONE, 1)
        await whole(it)


async def test_what_stays_in_doubt_is_told_and_found_by_the_next_run(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing(*[lost(written=True)])) as it:
        report = await it.engine(attempts=1).apply()
        assert (report.tally.failed, report.tally.doubt, report.run) == (4, 4, 1)
        assert [row.state async for row in it.ledger.steps(1)] == [StepState.DOUBT] * 4
        report = await it.engine().apply()
        assert (report.state, report.planned) == (RunState.DONE, {Act.REMEMBER: 4})
        await whole(it)


async def test_a_target_that_does_not_even_answer_the_look_is_asked_again(tmp_path: Path) -> None:
    class Deaf(ScriptedTarget):
        async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
            if self.looks < 2:
                self.looks += 1
                raise PeerError(Reason.UNREACHABLE, "nobody is there")
            return await super().look(place, keys, addresses)

    async with machine(tmp_path, *PEOPLE, target=Deaf(script=[lost(written=True)], ability=ONE)) as it:
        report = await it.engine().apply()
        assert (report.state, len(it.target.calls), it.target.looks) == (RunState.DONE, 1, 3)
        await whole(it)


async def test_when_all_stops_nobody_is_asked_again(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=playing()) as it:

        async def play(target: ScriptedTarget, place: str, steps: Sequence[object]) -> list[Failed]:
            engine.stop()
            await asyncio.sleep(0)
            return [SLOWLY for _ in steps]

        it.target.script = [play]
        engine = it.engine()
        report = await engine.apply()
        assert (it.time.slept, len(it.target.calls), report.tally.failed) == ([], 1, 0)
        assert (report.state, report.tally.untried) == (RunState.STOPPED, 4)
