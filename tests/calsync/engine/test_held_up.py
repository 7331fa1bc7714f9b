"""What waits for a calendar that cannot be written for a while: whoever works there meanwhile did not see it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from calsync.contents import fields
from calsync.plans.guards import GUARDS
from calsync.plans.refusals import NOT_NOW
from calsync.reports.report import HubReport
from calsync.rules import Conflict
from protocols.model.event import Event
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.world.server import Server
from tests.calsync.world.world import World, rules
from tests.contracts.spoke_events import span


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An item of the north, whose copy in the south cannot be written now."""
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        made = World.over(database, rules(conflicts=Conflict.ORDER))
        made.servers["north"].create(Event(when=span(9, 9), subject="Board"))
        await made.sync()
        made.servers["south"].shut = True
        yield made


def changed(server: Server, **words: str) -> None:
    """Somebody writes this into the only item that stands there."""
    [key] = server.standing
    event = server.standing[key].content
    assert isinstance(event, Event)
    server.change(key, replace(event, **words))  # type: ignore[arg-type]


async def opened(world: World) -> HubReport:
    """The run after which the copy may be written again."""
    world.servers["south"].shut = False
    report = await world.sync(guards=True)
    assert report is not None
    return report


def places(world: World) -> list[list[str]]:
    return [[fields(one.content)["location"] for one in each.standing.values()] for each in world.servers.values()]


async def test_notes_written_into_a_copy_that_was_to_go_bring_the_item_back(world: World) -> None:
    north, south, _ = world.servers.values()
    north.delete(*north.standing)
    await world.sync()
    changed(south, body="Important", location="Room 1")
    report = await world.sync()
    assert report is not None
    assert len(report.clashes) == 1
    await opened(world)
    await world.sync()
    assert places(world) == [["Room 1"]] * 3


async def test_both_versions_of_a_conflict_are_kept_and_the_first_spoke_wins(world: World) -> None:
    north, south, _ = world.servers.values()
    changed(north, location="B")
    await world.sync()
    changed(south, location="C")
    report = await opened(world)
    assert [(clash.kept, clash.lost) for clash in report.clashes] == [("B", "C")]
    await world.sync()
    assert places(world) == [["B"]] * 3


async def test_who_removes_a_copy_did_not_mean_what_it_became_since(world: World) -> None:
    north, south, _ = world.servers.values()
    changed(north, location="B")
    await world.sync()
    south.delete(*south.standing)
    report = await opened(world)
    assert len(report.clashes) == 1
    await world.sync()
    assert places(world) == [["B"]] * 3


async def test_what_only_waits_is_planned_and_kept_no_more_until_its_spoke_can_be_written(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        world = World.over(database, rules())
        north, south, _ = world.servers.values()
        key = north.create(Event(when=span(9, 9), subject="Board"))
        await world.sync()
        south.shut = True
        for number in range(200):
            north.create(Event(when=span(10, 9), subject=f"Number {number}", location=f"{number}"))
        first = await world.engine().sync(allow=frozenset(GUARDS))
        assert sum(left.words == NOT_NOW for left in first.left) == first.not_done == 200
        for _ in range(2):
            quiet = await world.engine().sync()
            assert (quiet.outlook.plan.decisions, quiet.left, quiet.not_done) == ((), [], 200)
            assert quiet.outlook.held_up == {"south": 200}
            assert (quiet.state, f"south {NOT_NOW}: 200 items" in quiet.words) == (RunState.FAILED, True)
        assert await world.ledger.count("merger", "south") == 1
        north.change(key, Event(when=span(9, 9), subject="Changed"))
        one = await world.engine().sync()
        assert [each.agreed.fields["subject"] for each in one.outlook.plan.decisions if each.agreed] == ["Changed"]
        assert one.not_done == 201
        south.shut = False
        report = await world.engine().sync(allow=frozenset(GUARDS))
        assert (report.state, report.not_done, len(south.standing)) == (RunState.DONE, 0, 201)
        assert (await world.engine().sync()).outlook.plan.decisions == ()


async def test_what_waits_is_planned_neither_while_its_spoke_is_paused_nor_forgotten_then(world: World) -> None:
    north, south, _ = world.servers.values()
    north.create(Event(when=span(10, 9), subject="Comes"))
    await world.sync()
    await world.ledger.pause("merger", "by hand", "south")
    south.shut = False
    for key in north.standing:
        north.bump(key)
    for _ in range(2):
        report = await world.engine().sync()
        assert (report.not_done, list(report.outlook.paused)) == (0, ["south"])
    await world.ledger.resume("merger", "south")
    assert (await world.engine().sync()).state is RunState.DONE
    assert len(south.standing) == 2


async def test_what_was_changed_back_meanwhile_waits_no_more(world: World) -> None:
    north, south, _ = world.servers.values()
    [key] = north.standing
    changed(north, location="B")
    assert (await world.engine().sync()).not_done == 1
    north.change(key, Event(when=span(9, 9), subject="Board"))
    assert (await world.engine().sync()).not_done == 0
    south.shut = False
    assert (await world.engine().sync()).tally.written == {}
