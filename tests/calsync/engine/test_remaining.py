"""A purge forgets nothing that stands somewhere still, and says where, and what to do."""

from dataclasses import replace

import pytest

from calsync.engine.remaining import STRIPPED
from protocols.model.event import Event
from service.runs.states import RunState
from tests.calsync.world.server import Fault
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")


async def _copied(world: World) -> str:
    key = world.servers["north"].create(EVENT)
    await world.sync()
    return key


async def _known(world: World) -> int:
    return sum([len(some) async for some in world.ledger.everything("merger")])


def _read_only(world: World, spoke: str, *, lifted: bool = False) -> None:
    """The settings let the hub write there, or not any more."""
    world.servers[spoke].shut = not lifted


def _without(world: World, name: str) -> None:
    world.rules = replace(world.rules, spokes=tuple(each for each in world.rules.spokes if each.name != name))
    world.spokes = {each: spoke for each, spoke in world.spokes.items() if each != name}


async def test_what_stands_where_the_hub_may_not_write_any_more_is_not_forgotten(world: World) -> None:
    await _copied(world)
    _read_only(world, "south")
    report = await world.engine().purge()
    assert report.state is RunState.FAILED
    assert report.words.startswith("south: 1 copy of ours still there, but the hub may not write there: let it")
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 0]
    assert await _known(world) == 1
    _read_only(world, "south", lifted=True)
    report = await world.engine().purge()
    assert (report.state, report.words) == (RunState.DONE, "")
    assert [len(server.standing) for server in world.servers.values()] == [1, 0, 0]
    assert await _known(world) == 0


async def test_who_removes_them_by_hand_is_done(world: World) -> None:
    await _copied(world)
    _read_only(world, "south")
    for key in list(world.servers["south"].standing):
        world.servers["south"].delete(key)
    assert (await world.engine().purge()).state is RunState.DONE
    assert await _known(world) == 0


async def test_a_spoke_that_the_settings_do_not_name_any_more_is_named(world: World) -> None:
    await _copied(world)
    before, spokes = world.rules, world.spokes
    _without(world, "south")
    report = await world.engine().purge()
    assert report.state is RunState.FAILED
    assert "south: 1 copy of ours still there, but the settings do not name this spoke any more" in report.words
    assert await _known(world) == 1
    world.rules, world.spokes = before, spokes
    assert (await world.engine().purge()).state is RunState.DONE
    assert [len(server.standing) for server in world.servers.values()] == [1, 0, 0]


async def test_a_spoke_that_is_no_more_is_forgotten_by_name(world: World) -> None:
    await _copied(world)
    _without(world, "south")
    dry = await world.engine().purge(dry=True, forget=frozenset({"south"}))
    assert dry.outlook.stays == ()
    assert (await world.engine().purge(forget=frozenset({"south"}))).state is RunState.DONE
    assert await _known(world) == 0
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 0]


async def test_a_spoke_of_another_name_told_of_its_copies_itself(world: World) -> None:
    await _copied(world)
    south = world.servers["south"]
    south.name = "southern"
    found = tuple(replace(each, name="southern") if each.name == "south" else each for each in world.rules.spokes)
    world.rules = replace(world.rules, spokes=found)
    world.spokes = {"southern" if name == "south" else name: spoke for name, spoke in world.spokes.items()}
    report = await world.engine().purge()
    assert (report.state, report.words) == (RunState.DONE, "")
    assert [len(server.standing) for server in world.servers.values()] == [1, 0, 0]


async def test_a_copy_that_cannot_be_read_is_not_forgotten(world: World) -> None:
    await _copied(world)
    south = world.servers["south"]
    [copy] = south.standing
    south.set(copy, ruined=True, mark="")
    report = await world.engine().purge()
    assert "south: 1 copy of ours still there, which cannot be read (a rule that nobody" in report.words
    assert await _known(world) == 1


async def test_what_bears_our_stamp_no_more_is_somebodys_and_named(world: World) -> None:
    await _copied(world)
    south = world.servers["south"]
    [copy] = south.standing
    south.set(copy, mark="")
    report = await world.engine().purge()
    assert report.state is RunState.DONE
    assert [(left.spoke, left.words) for left in report.left] == [("south", STRIPPED)]
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 0]


@pytest.mark.parametrize("guarded", [False, True])
async def test_where_others_are_invited_nothing_is_missed(world: World, guarded: bool) -> None:
    await _copied(world)
    south = world.servers["south"]
    [copy] = south.standing
    if guarded:
        south.invite(copy)
    _read_only(world, "south")
    report = await world.engine().purge()
    assert (report.state is RunState.DONE) is guarded
    assert [left.words for left in report.left] == (["others are invited"] if guarded else [])


async def test_a_spoke_that_does_not_answer_is_told_once(world: World) -> None:
    await _copied(world)
    _read_only(world, "south")
    world.servers["south"].faults.append(Fault.LOST_BEFORE)
    report = await world.engine().purge()
    assert report.words.count("south") == 1
    assert await _known(world) == 1
