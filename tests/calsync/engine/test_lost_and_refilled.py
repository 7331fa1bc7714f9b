"""What a spoke lost is asked for before it goes elsewhere as well, and is made again where that is wanted."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from calsync.contents import content, fields
from calsync.plans.guards import RESTORED
from calsync.reports.report import HubReport
from protocols.model.event import Event
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.world.server import Fault
from tests.calsync.world.world import World, rules
from tests.contracts.spoke_events import span

SPOKES = ("north", "south", "west")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Six items in the north, three in the south, and all of them everywhere."""
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        made = World.over(database, rules())
        for number in range(9):
            made.servers["south" if number % 3 == 0 else "north"].create(
                Event(when=span(9 + number, 9), subject=f"Number {number}")
            )
        await made.sync(guards=True)
        yield made


async def synced(world: World) -> HubReport:
    report = await world.sync(guards=True)
    assert report is not None
    return report


def subjects(world: World) -> list[list[str]]:
    return [sorted(fields(one.content)["subject"] for one in world.servers[name].standing.values()) for name in SPOKES]


def lose(world: World, number: int) -> None:
    for key in sorted(world.servers["south"].standing)[:number]:
        world.servers["south"].delete(key)


async def test_a_server_that_began_anew_and_lacks_some_stops_until_somebody_says_so(world: World) -> None:
    lose(world, 4)
    for _ in range(2):
        world.servers["south"].faults = deque([Fault.EXPIRED])
        report = await synced(world)
        assert (report.state, [stop.guard for stop in report.stops]) == (RunState.STOPPED, [RESTORED])
        assert "was it restored from a backup? `busyline calendar refill merger south`" in report.words
    assert [len(each) for each in subjects(world)] == [9, 5, 9]
    report = await world.engine().sync(allow=frozenset({RESTORED}))
    assert (report.state, [len(each) for each in subjects(world)]) == (RunState.DONE, [5, 5, 5])


async def test_a_backup_takes_no_newer_contents_away(world: World) -> None:
    north, south, _ = world.servers.values()
    backup = dict(south.standing)
    world.time.now += timedelta(days=1)
    mine = [key for key, one in north.standing.items() if not one.mark][:4]
    for key in mine:
        event = north.standing[key].content
        assert isinstance(event, Event)
        north.change(key, replace(event, location="New"))
    await synced(world)
    south.standing = backup
    south.faults = deque([Fault.EXPIRED])
    report = await synced(world)
    assert [stop.guard for stop in report.stops] == [RESTORED]
    assert "4 of its 9 items are older than they were" in report.words
    await world.engine().sync(refill=frozenset({"south"}))
    assert [fields(north.standing[key].content)["location"] for key in mine] == ["New"] * 4
    places = [fields(one.content).get("location") for one in south.standing.values()]
    assert places.count("New") == 4


async def test_what_people_remove_while_a_token_is_good_is_no_backup(world: World) -> None:
    lose(world, 4)
    assert (await synced(world)).state is RunState.DONE
    assert [len(each) for each in subjects(world)] == [5, 5, 5]


@pytest.mark.parametrize("number", [4, 9])
async def test_it_is_filled_again_and_nothing_is_removed_elsewhere(world: World, number: int) -> None:
    whole = subjects(world)
    lose(world, number)
    looked = await world.engine().plan(refill=frozenset({"south"}))
    assert looked.plan.stops == ()
    report = await world.engine().sync(refill=frozenset({"south"}))
    assert (report.state, report.words) == (RunState.DONE, "")
    assert subjects(world) == whole
    again = await synced(world)
    assert (again.state, list(again.steps)) == (RunState.DONE, [])


async def test_who_edits_what_was_made_again_is_heard(world: World) -> None:
    lose(world, 9)
    await world.engine().sync(refill=frozenset({"south"}))
    south = world.servers["south"]
    [key] = [key for key, one in south.standing.items() if fields(one.content)["subject"] == "Number 3"]
    south.change(key, content({**fields(south.standing[key].content), "location": "Room 4"}))
    assert (await synced(world)).state is RunState.DONE
    for name in SPOKES:
        assert [
            fields(one.content).get("location")
            for one in world.servers[name].standing.values()
            if fields(one.content).get("location")
        ] == ["Room 4"]
