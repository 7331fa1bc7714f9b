"""Tests of galsync/engine/doubt.py: what became of a step whose answer was lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from galsync.engine.doubt import looked_up
from galsync.entries import Held
from galsync.side import Failed, Written
from galsync.steps import Change, Step
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.galsync.scripted import ScriptedTarget
from tests.galsync.stock import SYNC, create, held, remove, retire, update


def standing(*objects: Held) -> ScriptedTarget:
    target = ScriptedTarget()
    for one in objects:
        target.memory.put("", one)
    return target


async def became(step: Step, *objects: Held) -> str:
    [found] = await looked_up(standing(*objects), "", [step], sync=SYNC)
    if found is None:
        return "not done"
    return "done" if isinstance(found, Written) else "failed"


LED = replace(held("ann", version="v2"), texts={Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead"})


@pytest.mark.parametrize(
    ("step", "objects", "became_"),
    [
        (create("ann"), [], "not done"),
        (create("ann"), [held("ann")], "done"),
        (create("ann"), [held("ann", sync=None)], "not done"),  # somebody else's: the next try tells
        (create("ann"), [held("ann", sync="other")], "not done"),
        (create("ann"), [replace(held("ann"), texts={})], "failed"),  # half of it
        (update("ann"), [held("ann")], "not done"),
        (update("ann"), [LED], "done"),
        (update("ann"), [held("ann", version="v2")], "failed"),  # somebody else was quicker
        (update("ann"), [], "failed"),
        (update("ann"), [held("ann", sync=None)], "failed"),
        (retire("ann"), [held("ann")], "not done"),
        (retire("ann"), [replace(held("ann", version="v2"), hidden=True)], "done"),
        (remove("ann"), [held("ann")], "not done"),
        (remove("ann"), [], "done"),
        (remove("ann"), [held("ann", sync="other")], "failed"),
    ],
)
async def test_what_became_of_a_step(step: Step, objects: list[Held], became_: str) -> None:
    assert await became(step, *objects) == became_


CHANGES: dict[str, Callable[[Held], Held]] = {
    "address": lambda there: replace(there, address=Mailbox.parse("old@a.example")),
    "aliases": lambda there: replace(there, addresses=frozenset()),
    "hidden": lambda there: replace(there, hidden=True),
    "members": lambda there: replace(there, members=("bob@a.example",)),
    "title": lambda there: replace(there, texts={}),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_every_kind_of_change_is_looked_for(name: str) -> None:
    step = replace(update("ann"), changes=(Change(name, "", ""),))
    assert await became(step, LED) == "done"
    assert await became(step, CHANGES[name](LED)) == "failed"


async def test_a_photo_is_not_compared_and_may_be_written_again() -> None:
    step = replace(update("ann"), changes=(Change("photo", "", ""),))
    assert await became(step, held("ann")) == "not done"


async def test_many_steps_are_one_look_and_keep_their_order() -> None:
    target = standing(held("bob"))
    found = await looked_up(target, "", [create("ann"), create("bob"), remove("cid")], sync=SYNC)
    assert found == [None, Written("object-bob", "v1"), Written()]
    assert target.looks == 1


async def test_what_failed_says_what_happens_next() -> None:
    [found] = await looked_up(standing(), "", [update("ann")], sync=SYNC)
    assert isinstance(found, Failed)
    assert "next run" in found.words
    assert not found.doubt
