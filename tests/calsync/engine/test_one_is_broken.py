"""A spoke that cannot be read, is paused, or takes no write for long holds nothing up between the others."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.items import Content
from calsync.plans.guards import GUARDS
from protocols.model.event import Event
from service.runs.states import RunState
from tests.calsync.world.server import Fault
from tests.calsync.world.world import SPOKES, World
from tests.contracts.spoke_events import span

RUNS = 4


def event(number: int, **others: str) -> Event:
    return replace(Event(when=span(9, 9, 30 + number), subject=f"Number {number}", location="Room"), **others)  # type: ignore[arg-type]


def stands(world: World, name: str) -> dict[str, Content]:
    """What stands there, by its place among all times."""
    found: dict[str, Content] = {}
    for one in world.servers[name].standing.values():
        assert isinstance(one.content, Event)
        assert one.content.subject not in found, "nothing stands there twice"
        found[one.content.subject] = one.content
    return found


def key_of(world: World, name: str, subject: str) -> str:
    [key] = [
        key
        for key, one in world.servers[name].standing.items()
        if isinstance(one.content, Event) and one.content.subject == subject
    ]
    return key


async def ran(world: World, broken: str, how: str) -> None:
    """A run in which that spoke does not work."""
    faults = {"unreadable": [Fault.THROTTLED], "unwritable": [Fault.LAGGING, *[Fault.LOST_BEFORE] * 50], "paused": []}
    server = world.servers[broken]
    server.faults.clear()
    server.faults.extend(faults[how])
    world.time.now += timedelta(minutes=5)
    await world.sync(guards=True)
    server.faults.clear()


@asynccontextmanager
async def broken(world: World, name: str, how: str) -> AsyncIterator[Callable[[], Mapping[str, Content]]]:
    """That spoke does not work for the block; afterwards all becomes equal. Gives a look at the others, which are
    equal."""

    def others() -> Mapping[str, Content]:
        one, two = (stands(world, each) for each in SPOKES if each != name)
        assert one == two
        return one

    if how == "paused":
        await world.ledger.pause("merger", "somebody looks after it", name)
    yield others
    await world.ledger.resume("merger", name)
    before = others()
    for _ in range(3):
        report = await world.engine().sync(allow=frozenset(GUARDS))
    assert (report.state, list(report.steps)) == (RunState.DONE, [])
    north, south, west = (stands(world, each) for each in SPOKES)
    assert north == south == west
    assert before.keys() <= north.keys() | {"Number 1"}


@pytest.mark.parametrize("how", ["unreadable", "unwritable", "paused"])
@pytest.mark.parametrize("name", SPOKES)
async def test_what_others_make_change_and_remove_goes_on(world: World, name: str, how: str) -> None:
    one, two = (each for each in SPOKES if each != name)
    for number in range(4):
        world.servers[SPOKES[number % 3]].create(event(number))
    world.servers[name].create(event(4))
    await world.sync()
    async with broken(world, name, how) as others:
        for number in range(RUNS):
            world.servers[one].create(event(10 + number))
            world.servers[two].create(event(20 + number))
            world.servers[one].change(key_of(world, one, "Number 2"), event(2, body=f"in run {number}"))
            await ran(world, name, how)
            now = others()
            assert {f"Number {10 + number}", f"Number {20 + number}"} <= now.keys()
            assert now["Number 2"] == event(2, body=f"in run {number}")
        world.servers[two].delete(key_of(world, two, "Number 11"))
        world.servers[one].change(key_of(world, one, "Number 4"), event(4, body="of what came from there"))
        await ran(world, name, how)
        assert "Number 11" not in others()
        assert others()["Number 4"] == event(4, body="of what came from there")
        await ran(world, name, how)


@pytest.mark.parametrize("name", SPOKES)
async def test_so_it_does_where_a_ledger_was_lost_before(world: World, name: str) -> None:
    one, two = (each for each in SPOKES if each != name)
    for number in range(6):
        world.servers[SPOKES[number % 3]].create(event(number))
    await world.sync()
    await world.lose_the_ledger()
    async with broken(world, name, "unreadable") as others:
        for number in range(RUNS):
            world.servers[one].create(event(10 + number))
            world.servers[two].create(event(20 + number))
            await ran(world, name, "unreadable")
            assert {f"Number {10 + number}", f"Number {20 + number}"} <= others().keys()
        [mine] = [each for each in range(3) if SPOKES[each] == one]
        world.servers[one].change(key_of(world, one, f"Number {mine}"), event(mine, body="changed"))
        await ran(world, name, "unreadable")
        assert others()[f"Number {mine}"] == event(mine, body="changed")


async def test_what_waits_for_the_broken_one_is_what_it_may_have_alone(world: World) -> None:
    """At the times of a copy of which it alone can tell whose it is; all else goes on."""
    world.servers["west"].create(event(1))
    await world.sync()
    await world.lose_the_ledger()
    async with broken(world, "west", "unreadable"):
        world.servers["north"].create(event(1, subject="The same hour"))
        world.servers["north"].create(event(2))
        for _ in range(RUNS):
            await ran(world, "west", "unreadable")
        assert set(stands(world, "north")) == {"Number 1", "The same hour", "Number 2"}
        assert set(stands(world, "south")) == {"Number 1", "Number 2"}
        _, asides = await world.ledger.search("merger", "The same hour")
        assert ["waits until all spokes were read" in each.why for each in asides] == [True]
        await world.engine().sync(allow=frozenset(GUARDS))
        await world.engine().sync(allow=frozenset(GUARDS))
    assert set(stands(world, "south")) == {"Number 1", "The same hour", "Number 2"}
