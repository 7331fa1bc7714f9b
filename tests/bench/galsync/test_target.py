"""Tests of bench/galsync/target.py: a target that is as strict as the strictest directory."""

from dataclasses import replace

import pytest

from bench.galsync.target import WorldTarget
from bench.galsync.world import Memory
from galsync.entries import Agreement, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.steps import Change, Step
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.galsync.stock import SYNC, create, entry, held, remove, retire, update


def target(*objects: Held) -> WorldTarget:
    world = Memory()
    for one in objects:
        world.put("", one)
    return WorldTarget(world, sync=SYNC)


async def one(there: WorldTarget, step: Step) -> Outcome:
    [outcome] = await there.write("", [step])
    return outcome


async def test_what_is_created_bears_our_stamp() -> None:
    there = target()
    outcome = await one(there, create("ann"))
    [made] = [each async for each in there.held("")]
    assert outcome == Written(made.key, made.version)
    assert (made.stamp, made.texts) == (Stamp(SYNC, "hr:ann"), entry("ann").texts)


REFUSED = [
    (create("ann"), held("theirs", address="ann@a.example", sync=None), Reason.INVALID_ADDRESS),
    (update("ann"), held("ann", sync=None), Reason.FORBIDDEN),
    (update("ann"), held("ann", sync="other"), Reason.FORBIDDEN),
    (update("ann"), held("ann", version="v2"), Reason.INCOMPLETE),
    (update("ann"), held("bob"), Reason.NO_SUCH_MAILBOX),
    (retire("ann"), held("ann", version="v2"), Reason.INCOMPLETE),
    (remove("ann"), held("ann", sync="other"), Reason.FORBIDDEN),
]


@pytest.mark.parametrize(("step", "stands", "reason"), REFUSED)
async def test_what_is_refused_changes_nothing(step: Step, stands: Held, reason: Reason) -> None:
    there = target(stands)
    outcome = await one(there, step)
    assert isinstance(outcome, Failed)
    assert outcome.reason is reason
    assert there.world.standing("") == [stands]


async def test_an_update_writes_what_is_named_and_nothing_else() -> None:
    typed = replace(held("ann"), texts={Field.DISPLAY_NAME: "Annie", Field.TITLE: "Lead", Field.PHONE: "1"})
    there = target(typed)
    step = update("ann", stands=typed, title="Chief")
    await one(there, step)
    [now] = there.world.standing("")
    assert now.texts == {Field.DISPLAY_NAME: "Annie", Field.TITLE: "Chief", Field.PHONE: "1"}
    gone = replace(step, held=now, entry=entry("ann", texts={Field.DISPLAY_NAME: "Ann"}))
    await one(there, gone)
    assert Field.TITLE not in there.world.standing("")[0].texts


async def test_of_aliases_only_ours_are_taken_away() -> None:
    stands = replace(held("ann"), addresses=frozenset({"ann@a.example", "x500:/o=old", "typed@a.example"}))
    known = Agreement(anchor="hr:ann", key=stands.key, address="ann@a.example", aliases=("X500:/o=OLD",))
    shall = replace(entry("ann"), aliases=("X500:/o=NEW",))
    step = replace(update("ann", stands=stands), entry=shall, known=known, changes=(Change("aliases", "", ""),))
    there = target(stands)
    await one(there, step)
    assert there.world.standing("")[0].addresses == {"ann@a.example", "x500:/o=new", "typed@a.example"}


async def test_hiding_and_removing() -> None:
    there = target(held("ann"))
    await one(there, retire("ann"))
    [hidden] = await there.look("", [], ["ann@a.example"])
    assert hidden.hidden
    assert await one(there, remove("ann", stands=hidden)) == Written()
    assert await one(there, remove("ann", stands=hidden)) == Written(), "what is gone is removed"
    assert await there.look("", ["object-ann"], []) == []


async def test_whoever_listens_hears_of_every_object() -> None:
    heard: list[str] = []
    there = WorldTarget(Memory(), sync=SYNC, heard=heard.append)
    await there.write("", [create("ann"), create("bob")])
    assert heard == ["before", "after"] * 2
    assert (there.name, await there.places()) == ("world", ("",))
