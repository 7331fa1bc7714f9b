"""Tests of galsync/engine/way_back.py: undo and purge in several places, also where one cannot be read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.galsync.target import ABILITY
from galsync.engine.killed import STANDING, standing
from galsync.ledger.runs import RunKind
from galsync.steps import Act
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.scripted import ScriptedTarget
from tests.galsync.stock import held, person

BOXES = ("a@b.example", "b@b.example")
PEOPLE = [person(f"p{number}") for number in range(3)]
GONE = PeerError(Reason.NO_SUCH_MAILBOX, "the mailbox is gone")


async def test_undo_goes_to_every_place_and_names_the_one_that_cannot_be_read(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=ScriptedTarget(places=BOXES)) as it:
        run = (await it.engine().apply()).run
        assert run is not None
        it.target.unreadable[BOXES[1]] = GONE
        report = await it.engine().undo(run)
        assert [trouble.where for trouble in report.outlook.skipped] == [BOXES[1]]
        assert (report.state, it.standing(BOXES[0]), len(it.standing(BOXES[1]))) == (RunState.FAILED, {}, 3)


async def test_undo_takes_back_no_run_of_another_sync(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        theirs = await it.ledger.begin("other", RunKind.APPLY)
        for number in (theirs, 99):
            with pytest.raises(ValueError, match=f"staff has no run {number}"):
                await it.engine().undo(number)


async def test_undo_brings_back_who_was_removed_with_what_stood_there(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        at_once: dict[str, Any] = {"rules": replace(it.sync.rules, grace=timedelta())}
        await it.engine(**at_once).apply()
        before = {address: one.texts for address, one in it.standing().items()}
        it.source.remove("p1")
        run = (await it.engine(**at_once).apply()).run
        assert run is not None
        assert len(it.standing()) == 2
        await it.engine(**at_once).undo(run)
        assert {address: one.texts for address, one in it.standing().items()} == before


async def test_undo_leaves_what_somebody_changed_since(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        it.source.put(person("p1", title="Lead"))
        run = (await it.engine().apply()).run
        assert run is not None
        there = it.standing()["p1@a.example"]
        typed = replace(there, version="typed", texts={**there.texts, Field.TITLE: "Boss"})
        it.target.memory.put("", typed)
        await it.engine().undo(run)
        assert it.standing()["p1@a.example"] == typed


async def test_after_an_undo_everybody_is_read_again(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        run = (await it.engine().apply()).run
        assert run is not None
        await it.engine().undo(run)
        assert it.standing() == {}
        assert (await it.engine().apply(resume=True)).tally.written == {Act.CREATE: 3}
        assert it.source.asked == [None, None]


async def test_who_was_retired_where_nothing_can_be_hidden_is_wanted_again(tmp_path: Path) -> None:
    target = ScriptedTarget(ability=replace(ABILITY, hides=False))
    async with machine(tmp_path, *PEOPLE, target=target) as it:
        await it.engine().apply()
        before = await it.ledger.agreements("staff", "")
        it.source.remove("p1")
        run = (await it.engine().apply()).run
        assert run is not None
        report = await it.engine().undo(run)
        assert report.state is RunState.DONE
        assert await it.ledger.agreements("staff", "") == before


async def test_a_purge_reaches_places_that_are_not_filled_any_more(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE, target=ScriptedTarget(places=BOXES)) as it:
        await it.engine().apply()
        it.target._places = BOXES[:1]
        report = await it.engine().purge()
        assert report.tally.written == {Act.REMOVE: 6}
        assert (it.standing(BOXES[0]), it.standing(BOXES[1])) == ({}, {})


async def test_a_purge_needs_no_ledger_and_a_dry_one_removes_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        it.target.memory.put("", held("ann"))
        dry = await it.engine().purge(dry=True)
        assert (dry.planned, len(it.standing()), await it.ledger.paused("staff")) == ({Act.REMOVE: 1}, 1, "")
        await it.engine().purge()
        assert it.standing() == {}


async def test_a_target_that_tells_no_places_is_not_purged_nor_paused(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        it.target.memory.put("", held("ann"))
        it.target.unreadable["*"] = GONE
        report = await it.engine().purge()
        assert (report.state, len(it.standing()), await it.ledger.paused("staff")) == (RunState.FAILED, 1, "")


async def test_a_purge_reaches_what_the_ledger_knows_where_the_target_tells_no_places(tmp_path: Path) -> None:
    """The group is gone that said in whose mailboxes; they stand full all the same."""
    async with machine(tmp_path, *PEOPLE, target=ScriptedTarget(places=BOXES)) as it:
        await it.engine().apply()
        it.target.unreadable["*"] = GONE
        report = await it.engine().purge()
        assert (it.standing(BOXES[0]), it.standing(BOXES[1])) == ({}, {})
        assert report.state is RunState.FAILED, "something may stand elsewhere"
        assert [(each.where, each.words) for each in report.outlook.skipped] == [("world", "the mailbox is gone")]
        assert await it.ledger.paused("staff")


async def test_the_history_of_an_undo_knows_what_stands(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        it.source.put(person("late"))
        run = (await it.engine().apply()).run
        assert run is not None
        await it.engine().undo(run)
        [undone, *_] = await it.ledger.runs("staff")
        assert undone.counts[STANDING] == 3


async def test_a_run_that_could_not_read_says_nothing_of_what_stands(tmp_path: Path) -> None:
    async with machine(tmp_path, *PEOPLE) as it:
        await it.engine().apply()
        it.source.errors.append(GONE)
        await it.engine().apply()
        assert await standing(it.ledger, "staff") == 3


async def test_what_only_claims_to_be_ours_is_not_purged(tmp_path: Path) -> None:
    """Whoever invites a guest gives it a name, which may look like a stamp of ours."""
    async with machine(tmp_path, person("ann")) as it:
        await it.engine().apply()
        forged = replace(held("supplier", key="forged", address="supplier@d.example"), half=True)
        it.target.memory.put("", forged)
        report = await it.engine().purge()
        assert report.tally.written == {Act.REMOVE: 1}
        assert it.target.memory.standing("") == [forged]
