"""What a spoke refuses is told until it stands there, and tried again whenever all is read."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from calsync.plans.refusals import REFUSED
from calsync.rules import Gets
from calsync.spoke import Act, Failed, Outcome, Write
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import ALL, EVERYTHING, World
from tests.contracts.spoke_events import span

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")
_TOO_LARGE = Failed(reason=Reason.FORBIDDEN, words="larger than its server takes", refused=True)


class Refusing(MemorySpoke):
    """Its server does not take ``acts``."""

    acts: frozenset[Act] = frozenset({Act.CREATE})

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        return [
            _TOO_LARGE if each.act in self.acts else (await super(Refusing, self).write([each]))[0] for each in writes
        ]


def _refusing(world: World, name: str = "south") -> Refusing:
    spoke = Refusing(world.servers[name], feed=name != "west")
    world.spokes = {**world.spokes, name: spoke}
    return spoke


async def test_a_refused_copy_is_kept_told_and_counted_until_it_stands(world: World) -> None:
    south = _refusing(world)
    key = world.servers["north"].create(EVENT)
    first = await world.engine().sync()
    assert first.state is RunState.FAILED
    assert first.words.startswith("1 step refused by the spoke: tried again when the item changes, and whenever all is")
    assert "`busyline calendar sync merger --whole`" in first.words
    for _ in range(2):
        later = await world.engine().sync()
        assert (later.state, later.tally.failed) == (RunState.DONE, 0)
        assert [(each.spoke, each.words) for each in later.left] == [("south", f"{REFUSED}{_TOO_LARGE.words}")]
        assert [each.title for each in later.outlook.refused] == ["Number 1"]
        assert (await world.ledger.runs("merger", most=1))[0].counts["left"] == 1
    again = await world.engine().sync(whole=True)
    assert (again.state, again.tally.refused) == (RunState.FAILED, 1)
    south.acts = frozenset()
    done = await world.engine().sync(whole=True)
    assert (done.state, done.left) == (RunState.DONE, [])
    assert len(world.servers["south"].standing) == 1
    assert (await world.engine().sync()).left == []
    world.servers["north"].delete(key)
    await world.sync()
    assert [len(server.standing) for server in world.servers.values()] == [0, 0, 0]


async def test_the_weekly_reading_tries_again_and_a_listing_of_every_run_does_not(world: World) -> None:
    west, south = _refusing(world, "west"), _refusing(world)
    world.servers["north"].create(EVENT)
    await world.engine().sync()
    for _ in range(2):
        assert (await world.engine().sync()).tally.failed == 0
    world.time.now += 2 * world.hub.whole_every
    assert (await world.engine().sync()).tally.refused == 2
    west.acts = south.acts = frozenset()
    assert (await world.engine().sync(whole=True)).state is RunState.DONE
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 1]


async def test_a_changed_item_is_tried_at_once(world: World) -> None:
    south = _refusing(world)
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    south.acts = frozenset()
    world.servers["north"].change(key, replace(EVENT, body="shorter"))
    assert (await world.engine().sync()).left == []
    assert len(world.servers["south"].standing) == 1


async def test_a_refused_change_is_tried_again_when_all_is_read(world: World) -> None:
    south = _refusing(world)
    south.acts = frozenset()
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    south.acts = frozenset({Act.UPDATE})
    world.servers["north"].change(key, replace(EVENT, body="much longer"))
    assert (await world.engine().sync()).tally.refused == 1
    assert len((await world.engine().sync()).left) == 1
    south.acts = frozenset()
    assert (await world.engine().sync()).tally.written == {}
    await world.engine().sync(whole=True)
    [copy] = world.servers["south"].standing.values()
    assert isinstance(copy.content, Event)
    assert copy.content.body == "much longer"
    assert (await world.engine().sync()).left == []


async def test_what_is_refused_and_gone_is_not_missed(world: World) -> None:
    _refusing(world)
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    world.servers["north"].delete(key)
    await world.engine().sync()
    assert (await world.engine().sync(whole=True)).left == []
    assert await world.ledger.refused("merger") == []


async def test_a_paused_spoke_keeps_what_it_refused(world: World) -> None:
    _refusing(world)
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    await world.ledger.pause("merger", "by hand", "south")
    assert (await world.engine().sync(whole=True)).tally.failed == 0
    world.servers["north"].bump(key)
    await world.engine().sync()
    assert [each.spoke for each in await world.ledger.refused("merger")] == ["south"]


@pytest.mark.parametrize("spoke", ["south", "west"])
async def test_a_purge_does_not_look_for_what_was_never_made(world: World, spoke: str) -> None:
    _refusing(world, spoke)
    world.servers["north"].create(EVENT)
    await world.engine().sync()
    assert (await world.engine().purge()).state is RunState.DONE


async def test_what_is_refused_and_not_given_any_more_is_forgotten(world: World) -> None:
    _refusing(world)
    world.rules = replace(
        world.rules,
        spokes=tuple(replace(each, gets=ALL if each.name == "south" else Gets()) for each in world.rules.spokes),
    )
    world.servers["north"].create(EVENT)
    await world.engine().sync()
    world.rules = replace(
        world.rules,
        spokes=tuple(replace(each, gives=replace(EVERYTHING, subjects=("Else",))) for each in world.rules.spokes),
    )
    await world.sync()
    assert await world.ledger.refused("merger") == []
    assert [some async for some in world.ledger.everything("merger")] == []


async def test_a_refused_copy_is_not_tried_while_another_spoke_is_paused(world: World) -> None:
    south = _refusing(world)
    key = world.servers["north"].create(EVENT)
    await world.ledger.pause("merger", "by hand", "west")
    assert (await world.engine().sync()).tally.refused == 1
    for _ in range(3):
        report = await world.engine().sync()
        assert (report.tally.failed, [each.spoke for each in report.left]) == (0, ["south"])
    assert (await world.engine().sync(whole=True)).tally.refused == 1
    south.acts = frozenset()
    world.servers["north"].change(key, replace(EVENT, body="shorter"))
    assert (await world.engine().sync()).left == []
    assert len(world.servers["south"].standing) == 1


@pytest.mark.parametrize("again", ["whole", "changed", "weekly"])
async def test_a_refused_removal_is_not_tried_while_another_spoke_is_paused(world: World, again: str) -> None:
    south = _refusing(world)
    south.acts = frozenset({Act.DELETE})
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    await world.ledger.pause("merger", "by hand", "west")
    world.servers["north"].delete(key)
    assert (await world.engine().sync()).tally.refused == 1
    for _ in range(3):
        report = await world.engine().sync()
        assert (report.tally.failed, [each.spoke for each in report.left]) == (0, ["south"])
    south.acts = frozenset()
    if again == "changed":
        world.servers["south"].bump(*world.servers["south"].standing)
    if again == "weekly":
        world.time.now += 2 * world.hub.whole_every
    await world.engine().sync(whole=again == "whole")
    assert world.servers["south"].standing == {}


async def test_a_removal_is_tried_though_a_change_was_refused(world: World) -> None:
    south = _refusing(world)
    south.acts = frozenset({Act.UPDATE})
    key = world.servers["north"].create(EVENT)
    await world.engine().sync()
    world.servers["north"].change(key, replace(EVENT, body="much longer"))
    assert (await world.engine().sync()).tally.refused == 1
    world.servers["north"].delete(key)
    await world.engine().sync()
    assert world.servers["south"].standing == {}


class Picky(MemorySpoke):
    """Its server takes no text."""

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        refused = ["body" in each.changes for each in writes]
        return [
            _TOO_LARGE if each else (await super(Picky, self).write([write]))[0]
            for each, write in zip(refused, writes, strict=True)
        ]


async def test_a_refused_part_is_told_and_tried_again_after_its_calendar_was_closed_for_a_while(world: World) -> None:
    north, south, _ = world.servers.values()
    key = north.create(EVENT)
    await world.sync()
    world.spokes = {**world.spokes, "south": Picky(south)}
    north.change(key, replace(EVENT, body="Long"))
    await world.sync()
    await world.sync()
    south.shut = True
    north.change(key, replace(EVENT, body="Long", subject="Another"))
    await world.sync()
    south.shut = False
    for _ in range(3):
        report = await world.engine().sync()
    assert [each.words.startswith(REFUSED) for each in report.left] == [True]
    world.spokes = {**world.spokes, "south": MemorySpoke(south)}
    await world.sync(whole=True)
    await world.sync()
    [copy] = south.standing.values()
    assert copy.content == replace(EVENT, body="Long", subject="Another")
