"""A plan is made from the feeds that have something to say, and from others where a copy is to be made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from calsync.items import Item, Mark, Unread
from calsync.plans.guards import GUARDS
from calsync.spoke import Act
from protocols.model.event import Event
from tests.calsync.world.server import Fault
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import EVERYTHING, World, rules
from tests.contracts.spoke_events import span

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")


async def test_where_a_copy_is_to_be_made_is_read_before(world: World) -> None:
    await world.sync()
    for name in ("north", "west"):  # the invitation arrived at both
        world.servers[name].invite(world.servers[name].create(EVENT, uid="1@elsewhere.example"))
    await world.sync(only=frozenset({"north"}))
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 1]


async def test_who_gets_the_same_later_loses_our_copy(world: World) -> None:
    north, _, west = world.servers.values()
    await world.sync()
    north.invite(north.create(EVENT, uid="1@elsewhere.example"))
    await world.sync()
    theirs = west.create(EVENT, uid="1@elsewhere.example")
    west.invite(theirs)
    await world.sync()
    assert list(west.standing) == [theirs]
    report = await world.sync()
    assert report is not None
    assert not report.steps
    assert [server.mailed for server in world.servers.values()] == [0, 0, 0]


async def test_a_second_copy_goes_even_if_its_removal_failed(world: World) -> None:
    north, _, west = world.servers.values()
    await world.sync()
    north.create(EVENT, uid="1@elsewhere.example")
    await world.sync()
    theirs = west.create(EVENT, uid="1@elsewhere.example")
    west.faults.extend([Fault.LAGGING, *[Fault.LOST_BEFORE] * 5])
    await world.sync()
    assert len(west.standing) == 2
    await world.sync()
    assert list(west.standing) == [theirs]


async def test_what_lies_too_far_ahead_is_taken_when_its_time_comes(world: World) -> None:
    near = replace(EVERYTHING, ahead=timedelta(days=3))
    world.rules = rules(gives=dict.fromkeys(("north", "south", "west"), near))
    world.servers["north"].create(EVENT)
    await world.sync()
    assert len(world.servers["south"].standing) == 0
    world.time.now += timedelta(days=5)
    report = await world.sync()
    assert report is not None
    assert report.planned == {("south", Act.CREATE): 1, ("west", Act.CREATE): 1}


async def test_a_feed_is_read_whole_again_after_a_while(world: World) -> None:
    world.servers["north"].create(EVENT)
    await world.sync()
    report = await world.sync()
    assert report is not None
    assert report.outlook.whole == {"west"}  # which never tells changes alone
    world.time.now += timedelta(days=8)
    report = await world.sync()
    assert report is not None
    assert report.outlook.whole == {"north", "south", "west"}
    assert not report.steps


async def test_everything_is_read_where_somebody_wants_that(world: World) -> None:
    world.servers["north"].create(EVENT)
    await world.sync()
    assert "north" not in (await world.engine().plan()).whole
    looked = await world.engine().plan(whole=True, only=frozenset({"north"}))
    assert (looked.whole, looked.everything) == (frozenset({"north"}), False)
    assert [step for decision in looked.plan.decisions for step in decision.steps] == []


async def test_copies_of_what_nobody_knows_are_looked_at_only_where_something_is_made(world: World) -> None:
    north, south, _ = world.servers.values()
    for number in range(5):
        lost = Event(when=span(9 + number, 9), subject=f"Lost {number}")
        south.create(lost, mark=Mark("merger", f"{number:032x}").text)
    looks: list[int] = []

    class Counted(MemorySpoke):
        async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
            looks.append(len(keys))
            return await super().look(keys)

    world.spokes = {**world.spokes, "south": Counted(south, batch=3)}
    north.faults.append(Fault.THROTTLED)
    await world.sync()
    looks.clear()
    for _ in range(3):
        await world.sync()
    assert (looks, len(north.standing)) == ([], 0)
    north.create(Event(when=span(9, 15), subject="New"))
    await world.sync()
    assert looks[0] == 5
    await world.engine().sync(whole=True, allow=frozenset(GUARDS))  # nothing else is left of them anywhere
    assert [len(server.standing) for server in world.servers.values()] == [6, 6, 6]
