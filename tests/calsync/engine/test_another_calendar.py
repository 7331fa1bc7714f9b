"""Another calendar under the name of one that is gone: nothing that stands elsewhere is removed because of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from calsync.plans.guards import DELETIONS, EMPTY, SHRINK
from protocols.model.event import Event
from service.runs.states import RunState
from tests.calsync.world.server import Server, Standing
from tests.calsync.world.world import SPOKES, World
from tests.contracts.spoke_events import span

EACH = 4


def event(number: int, **others: str) -> Event:
    return replace(Event(when=span(9, 9, 30 + number), subject=f"Number {number}", location="Room"), **others)  # type: ignore[arg-type]


def taken_away(server: Server) -> dict[str, Standing]:
    """What stood there; the server knows neither that nor any token any more."""
    before = dict(server.standing)
    server.standing.clear()
    server.expire()
    return before


def nothing(server: Server) -> None:
    """It was deleted and made anew."""


def others(server: Server) -> None:
    """Somebody else's appointments are in it."""
    for number in range(EACH):
        server.create(Event(when=span(16, 9, 40 + number), subject=f"Other {number}"))


def copies_alone(server: Server) -> None:
    """Appointments that look like our copies by their stamp, of another hub."""
    for number in range(EACH):
        server.create(event(50 + number), mark=f"busyline:other/{number}")


async def filled(world: World) -> None:
    """Some items of each, everywhere."""
    for place, name in enumerate(SPOKES):
        for number in range(EACH):
            world.servers[name].create(event(place * EACH + number))
    await world.sync(guards=False)
    assert {len(server.standing) for server in world.servers.values()} == {3 * EACH}


def counts(world: World, name: str) -> set[int]:
    """How much stands at all but that one."""
    return {len(server.standing) for each, server in world.servers.items() if each != name}


@pytest.mark.parametrize("anew", [nothing, others, copies_alone])
@pytest.mark.parametrize("name", SPOKES)
async def test_nothing_is_removed_elsewhere_however_often_it_is_read(
    world: World, name: str, anew: Callable[[Server], None]
) -> None:
    await filled(world)
    before = taken_away(world.servers[name])
    anew(world.servers[name])
    others_ = frozenset(each for each in SPOKES if each != name)
    for only in (None, frozenset({name}), others_, None):
        report = await world.sync(guards=True, only=only)
        assert report is not None
        if only != others_:
            assert report.state is RunState.STOPPED
            assert EMPTY in {stop.guard for stop in report.stops if stop.spoke == name}
        assert counts(world, name) == {3 * EACH}
    world.servers[name].standing.clear()
    world.servers[name].standing.update(before)
    world.servers[name].expire()
    for _ in range(2):
        report = await world.sync(guards=True)
    assert report is not None
    assert (report.state, list(report.steps)) == (RunState.DONE, [])
    assert counts(world, name) == {3 * EACH}


@pytest.mark.parametrize("name", SPOKES)
async def test_nor_where_a_few_of_the_same_are_in_it(world: World, name: str) -> None:
    await filled(world)
    server = world.servers[name]
    before = taken_away(server)
    server.standing.update(dict(list(before.items())[:2]))
    for _ in range(2):
        report = await world.sync(guards=True)
        assert report is not None
        assert report.state is RunState.STOPPED
        assert {stop.guard for stop in report.stops if stop.spoke == name} & {SHRINK, DELETIONS}
        assert counts(world, name) == {3 * EACH}


@pytest.mark.parametrize("name", SPOKES)
async def test_what_comes_back_from_a_backup_under_other_keys_is_the_same_once_that_is_allowed(
    world: World, name: str
) -> None:
    await filled(world)
    server = world.servers[name]
    for one in taken_away(server).values():
        server.create(one.content, uid=one.uid, mark=one.mark)
    stopped = await world.sync(guards=True)
    assert stopped is not None
    assert (stopped.state, {stop.guard for stop in stopped.stops}) == (RunState.STOPPED, {EMPTY})
    allowed = await world.engine().sync(allow=frozenset({EMPTY}))
    assert (allowed.state, list(allowed.steps)) == (RunState.DONE, [])
    quiet = await world.sync(guards=True)
    assert quiet is not None
    assert (quiet.state, list(quiet.steps)) == (RunState.DONE, [])
    assert {len(each.standing) for each in world.servers.values()} == {3 * EACH}


async def test_another_item_under_the_key_of_a_copy_is_no_change_of_the_original(world: World) -> None:
    north, south, _ = world.servers.values()
    spokes = [replace(each, gets=replace(each.gets, delete=each.name != "north")) for each in world.rules.spokes]
    world.rules = replace(world.rules, spokes=tuple(spokes))
    mine, theirs = (Event(when=span(9, hour), subject=f"At {hour}") for hour in (9, 15))
    north.create(mine)
    await world.sync()
    [key] = south.standing
    south.delete(key)
    south.standing[key] = replace(south.standing[south.create(theirs)], mark="", token="")
    south.standing = {key: south.standing[key]}
    south.change(key, theirs)
    for _ in range(3):
        report = await world.sync(guards=True)
    assert report is not None
    assert (report.state, list(report.steps)) == (RunState.DONE, [])
    subjects = [sorted(one.content.subject for one in each.standing.values()) for each in world.servers.values()]  # type: ignore[union-attr]
    assert subjects == [["At 15", "At 9"]] * 3
    assert south.standing[key].content == theirs
