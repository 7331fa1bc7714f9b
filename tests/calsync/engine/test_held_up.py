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
    servers = world.servers.values()
    return [[fields(one.content).get("location", "") for one in each.standing.values()] for each in servers]


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


@pytest.mark.parametrize("uid", ["the same", ""])
async def test_who_enters_the_same_by_hand_meanwhile_gets_no_copy_beside_it(tmp_path: Path, uid: str) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        world = World.over(database, rules())
        north, south, _ = world.servers.values()
        south.shut = True
        event = Event(when=span(9, 9), subject="Board")
        key = north.create(event)
        await world.sync()
        south.create(event, uid=uid and north.standing[key].uid)
        await world.sync()
        await opened(world)
        await world.sync()
        assert [len(server.standing) for server in world.servers.values()] == [1, 1, 1]


@pytest.mark.parametrize("shut", [True, False])
async def test_the_same_invitation_in_place_of_our_copy_stays_the_only_one(world: World, shut: bool) -> None:
    """Whether the copy cannot be removed yet, or its user removed it in the same minute."""
    north, south, _ = world.servers.values()
    south.shut = shut
    [(key, original)], [copy] = north.standing.items(), south.standing
    south.create(original.content, uid=original.uid)
    if not shut:
        south.delete(copy)
    await world.sync()
    await opened(world)
    await world.sync()
    assert list(north.standing) == [key]
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 1]


async def test_an_edit_of_a_copy_waits_for_its_original_and_is_told_to_all_others_at_once(world: World) -> None:
    north, south, _ = world.servers.values()
    north.shut, south.shut = True, False
    changed(south, location="B")
    assert (await world.engine().sync()).not_done == 1
    assert places(world) == [[""], ["B"], ["B"]]
    north.shut = False
    await world.sync()
    assert places(world) == [["B"]] * 3


async def test_a_run_of_one_spoke_takes_up_nothing_that_waits_for_another(world: World) -> None:
    """Some spokes know only once they are read whether they can be written."""
    north, south, _ = world.servers.values()
    [board] = north.standing
    other = north.create(Event(when=span(10, 9), subject="Other"))
    await opened(world)
    south.shut = True
    north.change(board, Event(when=span(9, 9), subject="Board", location="B"))
    await world.engine().sync()
    south.shut = False
    north.change(other, Event(when=span(10, 9), subject="News"))
    made = await world.engine().sync(only=frozenset({"north"}))
    assert [each.agreed and each.agreed.fields["subject"] for each in made.outlook.plan.decisions] == ["News"]
    assert (await world.engine().sync()).not_done == 0
    assert places(world) == [["B", ""]] * 3
