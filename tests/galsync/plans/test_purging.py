"""Tests of galsync/plans/purging.py: all that bears the stamp of the sync goes, and nothing else."""

from dataclasses import replace

from hypothesis import given

from galsync.entries import Stamp
from galsync.plans.purging import purge
from galsync.steps import Act, Why
from tests.galsync.interpreter import World
from tests.galsync.worlds import SYNC, agreed_on, entry, held, worlds


@given(worlds())
def test_only_what_is_ours_goes_and_all_of_it(world: World) -> None:
    foreign = world.foreign()
    made = purge(world.objects.values(), SYNC, agreed=world.agreed)
    world.apply(made)
    assert world.foreign() == foreign
    assert all(one.readonly or one.form is None for one in world.ours())
    assert made.kept == len(made.steps)
    left = {one.stamp.anchor for one in world.ours() if one.stamp}
    assert world.agreed.keys() <= left
    assert purge(world.objects.values(), SYNC, agreed=world.agreed).writes == ()


def test_in_order_of_the_people_with_twins_and_the_retired() -> None:
    stands = [held("k3", "ad:1"), held("k2", "ad:0", hidden=True), held("k1", "ad:0")]
    made = purge(stands, SYNC, place="ann@b.example", agreed=agreed_on(entry()))
    assert [(step.act, step.why, step.held and step.held.key) for step in made.steps] == [
        (Act.REMOVE, Why.PURGE, key) for key in ("k1", "k2", "k3")
    ]
    assert all(step.agreement is None for step in made.steps)
    assert made.place == "ann@b.example"


def test_a_mailbox_with_our_stamp_is_never_removed() -> None:
    """Somebody who moved: what was a mail user of ours is their mailbox by now."""
    (step,) = purge([held(form=None)], SYNC).steps
    assert (step.act, step.against, "mailbox" in step.note) == (Act.CONFLICT, ("k1",), True)


def test_what_cannot_be_written_is_told() -> None:
    (step,) = purge([held(readonly="made by directory synchronisation")], SYNC).steps
    assert (step.act, step.note) == (Act.CONFLICT, "made by directory synchronisation")


def test_another_sync_keeps_its_own() -> None:
    assert purge([replace(held(), stamp=Stamp("northwind", "ad:0")), held("k2", None)], SYNC).steps == ()


def test_what_is_gone_already_is_forgotten() -> None:
    assert purge([], SYNC, agreed=agreed_on(entry())).forget == ("ad:0",)
