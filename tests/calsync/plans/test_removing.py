"""Tests of calsync/plans/removing.py: what becomes of copies whose item is gone, and of somebody's own beside them."""

from dataclasses import replace

import pytest

from calsync.agreed import ANEW
from calsync.plans.draft import MAY_NOT_DELETE
from calsync.plans.refusals import NOT_NOW, REFUSED
from calsync.rules import Gets
from calsync.spoke import Act
from protocols.model.event import Sensitivity
from tests.calsync.plans.drafts import AGREED, B, standing
from tests.calsync.plans.model import ALL, World, event, giver, rules


def test_what_ended_goes_and_what_may_not_go_is_left() -> None:
    over = replace(AGREED, ended=True, links={"b": B})
    (step,) = standing(over, live=False).steps
    assert (step.act, step.spoke, step.link) == (Act.DELETE, "b", B)
    made = standing(over, hub=rules(giver("a"), giver("b", Gets())), live=False)
    assert (made.steps, made.links["b"].left) == ([], MAY_NOT_DELETE)


def test_somebodys_own_that_may_not_go_is_theirs_again() -> None:
    over = replace(AGREED, ended=True, links={"b": replace(B, made=False)})
    made = standing(over, hub=rules(giver("a"), giver("b", Gets())), live=False)
    assert (made.steps, made.links) == ([], {})


@pytest.mark.parametrize("fails", [False, True])
def test_a_copy_of_what_is_private_by_now_that_may_not_be_removed_is_written_down_to_its_times(fails: bool) -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, delete=False)), giver("c")))
    key = here.put("a", event(subject="Lunch", location="Room", body="With Bo"))
    here.quiet()
    here.change("a", key, subject="Oncologist", sensitivity=Sensitivity.PRIVATE)
    here.run(fails=lambda step: fails)
    here.quiet()
    assert (here.only("b"), here.shelves["c"]) == (event(subject="Busy"), {})
    assert [agreed.links["b"].left for agreed in here.ledger.values()] == [MAY_NOT_DELETE]
    here.change("b", here.key("b"), body="written by somebody")
    here.quiet()
    assert here.only("b") == event(subject="Busy")
    here.change("a", key, subject="Lunch", sensitivity=Sensitivity.NORMAL)
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(subject="Lunch", location="Room", body="With Bo")


def test_somebodys_own_that_cannot_be_removed_now_goes_when_it_can() -> None:
    here = World(rules(giver("a"), giver("b")))
    key = here.put("a", event(), uid="one@x")
    here.put("b", event(), uid="one@x")
    here.quiet()
    here.shut = {"b"}
    here.remove("a", key)
    assert [left.words for each in here.run().decisions for left in each.left] == [NOT_NOW]
    assert here.run().decisions == ()
    assert len(here.shelves["b"]) == 1
    here.shut = set()
    here.quiet()
    assert (here.shelves["b"], here.ledger) == ({}, {})


def test_a_removal_that_was_refused_is_asked_for_again_by_whoever_asks_for_all() -> None:
    left = replace(B, left=REFUSED + "in use")
    over = replace(AGREED, ended=True, links={"b": left}, pending=True)
    made = standing(over, live=False)
    assert ([step.act for step in made.steps], made.links["b"]) == ([], left)
    changed = replace(left, barred={"subject": ANEW})
    made = standing(replace(over, links={"b": changed}), live=False)
    assert [step.act for step in made.steps] == [Act.DELETE], "what was refused is a change"
    assert made.links["b"].barred == {}
