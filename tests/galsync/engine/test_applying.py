"""Tests of galsync/engine/applying.py: places side by side, and when the run stops altogether."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.galsync.target import ABILITY
from galsync.side import Failed, Outcome
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.scripted import ScriptedTarget
from tests.galsync.stock import person

BOXES = tuple(f"box{number}@b.example" for number in range(8))
PEOPLE = [person(f"p{number:02}") for number in range(12)]
NO = Failed(Reason.FORBIDDEN, "this mailbox is not yours")


class Crowded(ScriptedTarget):
    """Nobody is answered before five are there; then for a while nobody either, that a sixth may come."""

    five = asyncio.Event()

    async def as_it_should(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        if self.most == 5:
            self.five.set()
        await self.five.wait()
        for _ in range(100):
            await asyncio.sleep(0)
        return await super().as_it_should(place, steps)


async def test_no_more_calls_are_in_flight_than_the_target_allows(tmp_path: Path) -> None:
    ability = replace(ABILITY, at_once=5, at_once_per_place=2, batch=2)
    target = Crowded(places=BOXES, ability=ability)
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        await it.engine().apply()
        assert (target.most, target.most_at) == (5, 2)
        assert max(len(anchors) for _, anchors in target.calls) == 2
        assert all(len(it.standing(box)) == len(PEOPLE) for box in BOXES)


async def test_a_place_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    target = ScriptedTarget(places=BOXES)
    target.unreadable[BOXES[3]] = PeerError(Reason.NO_SUCH_MAILBOX, "the mailbox is gone")
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        report = await it.engine().apply()
        assert [(trouble.where, trouble.words) for trouble in report.outlook.skipped] == [
            (BOXES[3], "the mailbox is gone")
        ]
        assert report.state is RunState.FAILED
        assert report.tally.written == {Act.CREATE: 7 * len(PEOPLE)}


def refusing(*boxes: str) -> ScriptedTarget:
    """Whatever is written to ``boxes`` is refused."""

    class Refusing(ScriptedTarget):
        def do(self, place: str, step: Step) -> Outcome:
            return NO if place in boxes else super().do(place, step)

    return Refusing(places=BOXES, ability=replace(ABILITY, at_once=1, batch=1))


async def test_a_place_where_everything_fails_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    target = refusing(BOXES[2])
    async with machine(tmp_path, *PEOPLE, target=target, give_up_after=5) as it:
        report = await it.engine().apply()
        assert report.tally.given_up == [BOXES[2]]
        assert (report.tally.failed, report.tally.untried) == (5, len(PEOPLE) - 5)
        assert report.tally.written == {Act.CREATE: 7 * len(PEOPLE)}
        assert report.state is RunState.FAILED


async def test_when_place_after_place_is_given_up_the_run_stops_with_words(tmp_path: Path) -> None:
    target = refusing(*BOXES)
    async with machine(tmp_path, *PEOPLE, target=target, give_up_after=5, places_given_up=3) as it:
        report = await it.engine().apply()
        assert len(report.tally.given_up) == 3
        assert len(target.calls) == 15
        assert report.words == (
            f"stopped: 5 steps in a row failed at {BOXES[2]} and others before. Mend what they say, and run again; "
            "nothing is lost"
        )


async def test_a_directory_that_refuses_everything_is_given_up(tmp_path: Path) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, at_once=1, batch=1))
    target.refused = {f"hr:{each.anchor}": NO for each in PEOPLE}
    async with machine(tmp_path, *PEOPLE, target=target, give_up_after=5) as it:
        report = await it.engine().apply()
        assert "5 steps in a row failed" in report.words
        assert len(target.calls) == 5
        assert (report.state, report.tally.untried) == (RunState.FAILED, 7)


async def test_a_mailbox_that_leaves_the_collection_is_cleared(tmp_path: Path) -> None:
    target = ScriptedTarget(places=BOXES)
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        await it.engine(rules=replace(it.sync.rules, grace=timedelta())).apply()
        target._places = BOXES[1:]
        await it.engine(rules=replace(it.sync.rules, grace=timedelta())).apply()
        assert it.standing(BOXES[0]) == {}
        assert set(await it.ledger.places("staff")) == set(BOXES[1:])


async def test_a_mailbox_that_left_and_is_gone_is_forgotten(tmp_path: Path) -> None:
    target = ScriptedTarget(places=BOXES)
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        await it.engine().apply()
        target._places = BOXES[1:]
        target.unreadable[BOXES[0]] = PeerError(Reason.NO_SUCH_MAILBOX, "gone")
        report = await it.engine().apply()
        assert (report.state, report.outlook.skipped) == (RunState.DONE, ())
        assert set(await it.ledger.places("staff")) == set(BOXES[1:])
