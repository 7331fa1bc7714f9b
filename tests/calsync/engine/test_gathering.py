"""Of the ledger only what a reading may be about is loaded."""

from dataclasses import replace

from calsync.engine.gathering import gathered
from calsync.engine.reading import Reading
from calsync.items import Item
from calsync.ledger.rows import RunKind
from protocols.model.event import Event
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span


def event(number: int) -> Event:
    return Event(when=span(9, 9, 30 + number), subject=f"Number {number}")


async def filled(world: World) -> World:
    for number in range(5):
        world.servers["north"].create(event(number))
    await world.sync()
    return world


def reading(spoke: str, *items: Item, gone: tuple[str, ...] = ()) -> Reading:
    return Reading(spoke=spoke, items={item.key: item for item in items}, gone=set(gone))


async def test_what_changed_and_what_is_gone(world: World) -> None:
    await filled(world)
    changed = Item(key="north-1", version="99", content=event(1))
    found = await gathered(world.rules, world.ledger, [reading("north", changed, gone=("north-2",))])
    assert {agreed.links["north"].key for agreed in found.known.values()} == {"north-1", "north-2"}
    assert found.seen == {"north": {"north-2": None, "north-1": changed}}


async def test_our_own_writes_come_back_and_are_left_out(world: World) -> None:
    await filled(world)
    copy = (await world.spokes["south"].look(["south-1"]))["south-1"]
    assert isinstance(copy, Item)
    found = await gathered(world.rules, world.ledger, [reading("south", copy)])
    assert found.seen == {"south": {}}


async def test_something_new_finds_what_it_resembles(world: World) -> None:
    await filled(world)
    everything = {
        agreed.links["north"].key: agreed.id async for some in world.ledger.everything("merger") for agreed in some
    }
    marked = Item(key="x", version="1", content=event(50), mark=f"busyline:merger/{everything['north-1']}")
    same = Item(key="y", version="1", content=event(1))  # entered by somebody else
    invited = Item(key="z", version="1", content=event(51), uid="north-3@north.example")
    other = Item(key="o", version="1", content=event(52), mark="busyline:other/x")
    found = await gathered(world.rules, world.ledger, [reading("south", marked, same, invited, other)])
    assert set(found.known) == {everything[key] for key in ("north-1", "north-2", "north-3")}


async def test_everything_and_what_is_pending(world: World) -> None:
    await filled(world)
    [some] = [some async for some in world.ledger.everything("merger")]
    assert len((await gathered(world.rules, world.ledger, [], everything=True)).known) == 5
    assert (await gathered(world.rules, world.ledger, [])).known == {}
    run = await world.ledger.begin("merger", RunKind.SYNC)
    await world.ledger.keep("merger", run, agreed=[replace(some[0], pending=True)])
    assert set((await gathered(world.rules, world.ledger, [])).known) == {some[0].id}
    assert (await gathered(world.rules, world.ledger, [], pending=False)).known == {}
