"""What is to be taken back is what bears our stamp, as far as it is ours."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from calsync.engine.purging import LAST, swept
from calsync.plans.guards import GUARDS
from calsync.rules import Conflict
from calsync.spoke import Act, Failed, Outcome, Write
from calsync.steps import Why
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.calsync.world.server import Fault
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import NOW

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")


async def test_all_copies_and_no_original(world: World) -> None:
    world.servers["north"].create(EVENT)
    await world.sync()
    outlook = await swept(world.hub, world.ledger, now=NOW)
    [decision] = outlook.plan.decisions
    assert {(step.spoke, step.act, step.why) for step in decision.steps} == {
        ("south", Act.DELETE, Why.PURGE),
        ("west", Act.DELETE, Why.PURGE),
    }
    assert outlook.read == {"north": 0, "south": 1, "west": 1}


async def test_a_copy_to_which_others_were_invited_stays_and_is_named(world: World) -> None:
    south = world.servers["south"]
    world.servers["north"].create(EVENT)
    await world.sync()
    south.invite(next(iter(south.standing)))
    outlook = await swept(world.hub, world.ledger, now=NOW)
    assert [(left.spoke, left.words) for left in outlook.plan.decisions[0].left] == [("south", "others are invited")]
    report = await world.engine().purge()
    assert report.tally.failed == 0
    assert [len(server.standing) for server in world.servers.values()] == [1, 1, 0]
    assert south.mailed == 0


async def test_what_fails_is_tried_again_by_the_next_purge(world: World) -> None:
    west = world.servers["west"]
    world.servers["north"].create(EVENT)
    await world.sync()
    west.faults.extend([Fault.LOST_BEFORE] * 5)
    await world.engine().purge()
    assert len(west.standing) == 1
    await world.engine().purge()
    assert [len(server.standing) for server in world.servers.values()] == [1, 0, 0]
    assert [some async for some in world.ledger.everything("merger")] == []


@pytest.mark.parametrize("ended", [False, True])
async def test_an_edit_that_beat_a_removal_is_the_last_of_its_item_and_stays(world: World, ended: bool) -> None:
    north, south, west = world.servers.values()
    north.delete(await _copied(world))
    south.change(next(iter(south.standing)), replace(EVENT, subject="Bo's"))
    await world.sync()
    if ended:  # and then its owner removed it once more, where one copy could not follow
        west.faults.extend([Fault.LOST_BEFORE] * 30)
        north.delete(next(iter(north.standing)))
        await world.sync(only=frozenset({"north"}))
        west.faults.clear()
    dry = await world.engine().purge(dry=True)
    assert [(left.spoke, left.words) for left in dry.left] == ([] if ended else [("north", LAST)])
    await world.engine().purge()
    assert [len(server.standing) for server in world.servers.values()] == [int(not ended), 0, 0]
    for whole in (False, True):  # it bears a stamp that nobody knows any more, until all is read for its sake
        report = await world.engine().sync(resume=True, whole=whole)
        assert not report.tally.failed
    assert [len(server.standing) for server in world.servers.values()] == [int(not ended)] * 3


async def test_both_versions_of_a_conflict_outlive_a_purge(world: World) -> None:
    world.rules = replace(world.rules, conflicts=Conflict.BOTH)
    north, south, west = world.servers.values()
    north.change(await _copied(world), replace(EVENT, subject="Ann's"))
    south.change(next(iter(south.standing)), replace(EVENT, subject="Bo's"))
    await world.sync()
    await world.engine().purge()
    stands = [one.content.subject for each in (north, south, west) for one in each.standing.values()]  # type: ignore[union-attr]
    assert sorted(stands) == ["Ann's", "Bo's"]


async def _copied(world: World) -> str:
    key = world.servers["north"].create(EVENT)
    await world.sync()
    return key


class Remembering(MemorySpoke):
    """Its server never takes the name of a copy again that was thrown away."""

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        outcomes = [await self._known(each) for each in writes]
        self.names |= {each.token for each in writes if each.act is Act.CREATE}
        return outcomes

    async def _known(self, write: Write) -> Outcome:
        if write.act is Act.CREATE and write.token in self.names and self._server.by_token(write.token) is None:
            return Failed(reason=Reason.FORBIDDEN, words="this name was thrown away", refused=True)
        return (await super().write([write]))[0]

    names: set[str]


@pytest.mark.parametrize("how", ["purged", "lost"])
async def test_copies_of_another_life_have_other_names(world: World, how: str) -> None:
    south = world.servers["south"]
    spoke = Remembering(south, batch=3)
    spoke.names = set()
    world.spokes = {**world.spokes, "south": spoke}
    for number in range(3):
        world.servers["north"].create(Event(when=span(9, 9), subject=f"Number {number}"))
    await world.sync()
    if how == "purged":
        assert (await world.engine().purge()).state is RunState.DONE
    else:
        await world.lose_the_ledger()
        for key in list(south.standing):
            south.delete(key)
    assert len(south.standing) == 0
    report = await world.engine().sync(allow=frozenset(GUARDS), resume=True)
    assert (report.state, report.tally.failures) == (RunState.DONE, [])
    assert len(south.standing) == 3
    assert len(spoke.names) == 6
