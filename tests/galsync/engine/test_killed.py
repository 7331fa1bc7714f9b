"""Tests of galsync/engine/killed.py: what the next run has to know of those before."""

from dataclasses import replace
from pathlib import Path

import pytest

from galsync.engine.killed import STANDING, as_it_stands, begun, last_run, standing, unheard_of
from galsync.entries import Agreement
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.plans.digests import digest
from galsync.side import Failed, Handed, Outcome, Written
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.stock import SYNC, create, held

DOUBT = Failed(Reason.TIMEOUT, "", doubt=True)


async def ran(ledger: Ledger, state: RunState | None, **outcomes: Outcome | None) -> int:
    """A run that began a step for each name; None: it was killed before an answer came."""
    run = await ledger.begin("staff", RunKind.APPLY)
    for name, outcome in outcomes.items():
        steps = [create(name)]
        numbers = await ledger.beginning(run, "", steps)
        if outcome is not None:
            await ledger.done(run, numbers, [outcome], steps, "")
    figures = {"handed": sum(isinstance(each, Handed) for each in outcomes.values())}
    figures |= {"in_doubt": sum(each is DOUBT for each in outcomes.values())}
    if state is not None:
        await ledger.end(run, state, {name: number for name, number in figures.items() if number})
    return run


async def anchors(ledger: Ledger) -> list[str]:
    return sorted((await begun(ledger, "staff")).get("", {}))


async def test_nothing_before_the_first_run(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        assert (await begun(it.ledger, "staff"), await last_run(it.ledger, "staff")) == ({}, 0)
        assert await standing(it.ledger, "staff") is None


async def test_a_killed_run_leaves_what_nobody_answered(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        run = await ran(it.ledger, None, ann=Written("a"), bob=None, cid=DOUBT)
        found = (await begun(it.ledger, "staff"))[""]
        assert found["hr:bob"] == [Agreement(anchor="hr:bob", key="", address="bob@a.example")]
        assert sorted(found) == ["hr:bob", "hr:cid"]
        assert await last_run(it.ledger, "staff") == -run, "it goes on, or was killed"
        await it.ledger.end(run, RunState.FAILED, {})
        assert await last_run(it.ledger, "staff") == run


@pytest.mark.parametrize(("state", "left"), [(RunState.FAILED, ["hr:ann"]), (RunState.STOPPED, ["hr:ann"])])
async def test_doubt_outlives_a_run_that_came_to_its_end(tmp_path: Path, state: RunState, left: list[str]) -> None:
    async with machine(tmp_path) as it:
        await ran(it.ledger, state, ann=DOUBT, bob=Written("b"))
        assert await anchors(it.ledger) == left


async def test_a_good_run_settles_doubt_and_leaves_what_was_handed_over(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        await ran(it.ledger, None, ann=None)
        await ran(it.ledger, RunState.DONE, bob=Handed())
        await ran(it.ledger, RunState.DONE, cid=Written("c"))
        assert await anchors(it.ledger) == ["hr:bob"]


async def test_how_much_stands_is_what_the_newest_run_says_that_says_it(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        for number in (5, 7):
            run = await it.ledger.begin("staff", RunKind.APPLY)
            await it.ledger.end(run, RunState.DONE, {STANDING: number})
        await ran(it.ledger, RunState.STOPPED)
        assert await standing(it.ledger, "staff") == 7


def agreed(title: str, *aliases: str) -> Agreement:
    written = {Field.TITLE: digest(title)} if title else {}
    return Agreement(anchor="hr:ann", key="a", address="ann@a.example", written=written, aliases=aliases)


@pytest.mark.parametrize(("stands", "ours"), [("Lead", "Lead"), ("Chief", "Chief"), ("Boss", "Chief")])
def test_of_several_killed_runs_any_may_have_written_last(stands: str, ours: str) -> None:
    there = replace(held("ann"), texts={Field.TITLE: stands})
    unsure = {"hr:ann": [agreed("Chief", "X500:/b"), agreed("Lead", "X500:/a")]}
    assert as_it_stands(unsure, [there], sync=SYNC) == {"hr:ann": agreed(ours, "X500:/b", "X500:/a")}


def test_what_an_earlier_run_wrote_and_a_later_would_have_emptied_is_ours() -> None:
    there = replace(held("ann"), texts={Field.TITLE: "Lead"})
    assert as_it_stands({"hr:ann": [agreed(""), agreed("Lead")]}, [there], sync=SYNC) == {"hr:ann": agreed("Lead")}


def test_without_an_object_the_newest_counts() -> None:
    assert as_it_stands({"hr:ann": [agreed("Chief"), agreed("Lead")]}, [], sync=SYNC) == {"hr:ann": agreed("Chief")}
    assert as_it_stands({}, [held("ann")], sync=SYNC) == {}


def test_an_object_that_a_killed_run_made_is_known_from_then_on() -> None:
    found = {"hr:ann": agreed("Lead"), "hr:bob": agreed("Lead")}
    there = [held("ann", key="new"), held("bob"), held("cid"), held("ann", key="theirs", sync="other")]
    assert unheard_of(found, there, sync=SYNC, known={"hr:bob"}) == {"hr:ann": replace(agreed("Lead"), key="new")}
    assert unheard_of({}, there, sync=SYNC, known=()) == {}


async def test_of_a_creation_that_failed_half_may_stand_until_a_good_run(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        await ran(it.ledger, RunState.FAILED, ann=Failed(Reason.INCOMPLETE, "half of it stands there"))
        assert await anchors(it.ledger) == ["hr:ann"]
        await ran(it.ledger, RunState.DONE)
        assert await anchors(it.ledger) == []
