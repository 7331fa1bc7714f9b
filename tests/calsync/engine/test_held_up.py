"""What waits for a calendar that cannot be written for a while: whoever works there meanwhile did not see it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from calsync.contents import fields
from calsync.reports.report import HubReport
from calsync.rules import Conflict
from protocols.model.event import Event
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
