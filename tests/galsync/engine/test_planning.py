"""Tests of galsync/engine/planning.py: what is planned, and what is not because something could not be read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from galsync.engine.moments import Moment
from galsync.engine.piecewise import PIECE
from galsync.entries import Held, Stamp
from galsync.plans.guards import EMPTY, Bound, Guards
from galsync.steps import Act, Why
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.scripted import ScriptedSource, ScriptedTarget
from tests.galsync.stock import held, person

PEOPLE = [person(f"p{number}") for number in range(10)]
PLACES: Final = ("ann@b.example", "bob@b.example", "cid@b.example", "dan@b.example")
GUARDED = Guards(deletions=Bound(count=3), changes=Bound(share=0.5), shrink=0.2)


async def test_with_a_source_that_cannot_be_read_nothing_is_planned(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        it.source.errors = [PeerError(Reason.UNREACHABLE, "no answer")]
        report = await it.engine().apply()
        assert (report.outlook.plans, report.state) == ((), RunState.FAILED)
        assert report.words == "nothing was written, since not everything could be read: hr: no answer"
        assert it.target.reads == 0


async def test_with_a_target_that_tells_no_places_nothing_is_planned(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        it.target.unreadable["*"] = PeerError(Reason.UNAUTHORIZED, "the secret is not valid any more")
        report = await it.engine().apply()
        assert "world: the secret is not valid any more" in report.words
        assert it.source.asked == []


async def test_a_source_that_is_suddenly_empty_stops_the_run(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, guards=GUARDED) as it:
        await it.engine().apply()
        it.source.people.clear()
        it.source.expired = True
        report = await it.engine().apply()
        assert report.state is RunState.STOPPED
        assert {stop.guard for stop in report.stops} == {"empty", "deletions"}
        assert len(it.standing()) == 10
        assert not any(held.hidden for held in it.standing().values())


async def test_what_the_operator_allows_goes_on(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, guards=GUARDED) as it:
        await it.engine().apply()
        for number in range(4):
            it.source.remove(f"p{number}")
        assert (await it.engine().apply()).state is RunState.STOPPED
        report = await it.engine().apply(allow=frozenset({"deletions"}))
        assert (report.state, report.tally.written) == (RunState.DONE, {Act.RETIRE: 4})
        assert report.allowed == {"deletions"}


async def test_the_share_of_what_may_change_is_of_all_that_stand_even_by_changes(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, guards=GUARDED) as it:
        await it.engine().apply()
        for number in range(5):
            it.source.put(person(f"p{number}", title="Lead"))
        assert (await it.engine().apply()).state is RunState.DONE
        for number in range(6):
            it.source.put(person(f"p{number}", title="Chief"))
        report = await it.engine().apply()
        assert (report.outlook.before, report.state) == (10, RunState.STOPPED)


async def test_two_of_a_source_with_one_address_are_a_conflict_and_who_had_it_keeps_it(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        it.source.put(person("twin", address="p3@a.example"))
        by_changes = await it.engine().plan()
        assert [(step.act, step.why) for step in by_changes.plans[0].steps] == [(Act.CONFLICT, Why.CLASH_WITHIN)]
        whole = await it.engine().plan(whole=True)
        assert {step.act for step in whole.plans[0].steps} == {Act.CONFLICT}
        assert whole.plans[0].equal == 10


async def test_the_first_source_that_has_an_address_wins(tmp_path: Path) -> None:
    other = ScriptedSource([person("p3", title="Chief"), person("new")], name="sales")
    async with machine(tmp_path, *PEOPLE, others=[other]) as it:
        report = await it.engine().apply()
        assert len(it.standing()) == 11
        assert it.standing()["p3@a.example"].texts.get("title") is None  # type: ignore[call-overload]
        assert sum(report.outlook.left.values()) == 1


async def test_a_selection_that_is_narrower_lets_people_go(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine(fingerprint="wide").apply()
        none = tuple(replace(each, mapping=replace(each.mapping, forms={})) for each in it.sync.feeds)
        outlook = await it.engine(fingerprint="narrow", feeds=none).plan()
        assert outlook.plans[0].counts == {Act.RETIRE: 10}
        assert EMPTY not in {stop.guard for stop in outlook.stops}


async def test_a_place_that_cannot_be_read_is_read_by_the_next_run(tmp_path: Path) -> None:
    target = ScriptedTarget(places=("a@b.example", "b@b.example"))
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        target.unreadable["b@b.example"] = PeerError(Reason.TIMEOUT, "slow")
        assert (await it.engine().apply()).state is RunState.FAILED
        target.unreadable.clear()
        assert (await it.engine().apply()).tally.written == {Act.CREATE: 10}
        assert len(it.standing("b@b.example")) == 10


async def test_places_are_read_side_by_side_and_told_in_their_order(tmp_path: Path) -> None:
    class Slow(ScriptedTarget):
        """A place is there once all four are asked for, the last first."""

        async def held(self, place: str) -> AsyncIterator[Held]:
            waiting.append(place)
            if len(waiting) == len(PLACES):
                turns[PLACES[-1]].set()
            await turns[place].wait()
            read.append(place)
            if (before := PLACES.index(place) - 1) >= 0:
                turns[PLACES[before]].set()
            async for one in super().held(place):
                yield one

    waiting: list[str] = []
    read: list[str] = []
    turns = {place: asyncio.Event() for place in PLACES}
    async with machine(tmp_path, *PEOPLE, target=Slow(places=PLACES)) as it:
        it.target.unreadable = dict.fromkeys(PLACES[:2], PeerError(Reason.NO_ACCESS, "not shared"))
        outlook = await it.engine().plan()
    assert read == [*reversed(PLACES)]
    assert [plan.place for plan in outlook.plans] == [*PLACES[2:]]
    assert [trouble.where for trouble in outlook.skipped] == [*PLACES[:2]]


async def test_whoever_was_hired_again_takes_the_place_of_who_was_hidden(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        it.source.remove("p3")
        assert (await it.engine().apply()).tally.written == {Act.RETIRE: 1}
        it.source.put(person("again", address="p3@a.example"))
        report = await it.engine().apply()
        assert (report.state, report.outlook.whole) == (RunState.DONE, False)
        assert report.tally.written == {Act.REMOVE: 1, Act.CREATE: 1}
        assert it.standing()["p3@a.example"].stamp == Stamp("staff", "hr:again")
        assert (await it.engine().plan(whole=True)).plans[0].steps == ()


async def test_places_where_nothing_stands_have_one_plan_and_others_their_own(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=ScriptedTarget(places=PLACES)) as it:
        it.target.memory.put(PLACES[1], held("p3", sync=None))
        outlook = await it.engine().plan()
        assert [plan.place for plan in outlook.plans] == [*PLACES]
        assert [plan.counts[Act.CONFLICT] for plan in outlook.plans] == [0, 1, 0, 0]
        assert outlook.plans[0].steps is outlook.plans[2].steps
        report = await it.engine().apply()
        assert (report.tally.written, len(it.standing(PLACES[3]))) == ({Act.CREATE: 39}, 10)


async def test_who_stands_in_a_crowd_is_found_while_it_is_read(tmp_path: Path) -> None:
    crowd = [held(f"x{number}", sync=None) for number in range(2 * PIECE)]
    async with machine(tmp_path, *PEOPLE) as it:
        for one in crowd:
            it.target.memory.put("", one)
        await it.engine().apply()
        it.target.memory.put("", held("x9", key="late", address="p3@a.example", sync=None))
        outlook = await it.engine().plan(whole=True)
        assert outlook.plans[0].counts == {Act.CONFLICT: 1}
        assert (outlook.plans[0].kept, outlook.plans[0].equal) == (10, 9)
        assert [news.number for news in it.news if news.moment is Moment.READ][-1] == 2 * PIECE + 11
        it.target.unreadable[""] = PeerError(Reason.TIMEOUT, "slow")
        assert [each.words for each in (await it.engine().plan(whole=True)).skipped] == ["slow"]
