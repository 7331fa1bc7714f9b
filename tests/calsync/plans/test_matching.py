"""Tests of calsync/plans/matching.py: what new items are, whatever the order in which they are told."""

from dataclasses import replace

import pytest

from calsync.items import Mark
from calsync.plans.unmarked import HELD
from calsync.rules import Gets, Treat
from protocols.model.event import Sensitivity
from tests.calsync.plans.model import ALL, World, event, giver, rules, target, whys, world


def joined() -> World:
    """An item that both users had already."""
    here = world()
    here.put("a", event(body="Mine"))
    here.put("b", event(location="Room"))
    return here


def test_what_another_hub_made_is_never_copied() -> None:
    here = world()
    here.put("a", event(), mark=Mark("other", "x").text)
    made = here.run()
    assert whys(made) == []
    assert "other" in made.asides[0].why


def test_strangers_in_a_target_are_left_alone() -> None:
    here = World(rules(giver("a", Gets()), target("t")))
    here.put("t", event())
    assert whys(here.run()) == []
    assert here.ledger == {}


def test_an_aside_that_is_given_by_now_is_forgotten() -> None:
    here = world()
    key = here.put("a", event(sensitivity=Sensitivity.PRIVATE))
    assert [aside.key for aside in here.run().asides] == [key]
    assert here.run(whole=True).asides == ()  # nothing new
    here.change("a", key, sensitivity=Sensitivity.NORMAL)
    assert here.run().forget == (("a", key),)
    assert len(here.shelves["b"]) == 1


def test_an_aside_that_is_gone_is_forgotten() -> None:
    here = world()
    key = here.put("a", event(sensitivity=Sensitivity.PRIVATE))
    here.run()
    here.remove("a", key)
    assert here.run().forget == (("a", key),)


def test_the_order_in_which_anything_is_told_does_not_matter() -> None:
    here = joined()
    first = here.planned()
    here.shelves = {spoke: dict(reversed(shelf.items())) for spoke, shelf in reversed(here.shelves.items())}
    assert here.planned() == first


def test_rules_of_treatment_hold_for_new_items() -> None:
    here = World(rules(giver("a", private=Treat.BUSY), giver("b", replace(ALL, prefix="[A] "))))
    here.put("a", event(sensitivity=Sensitivity.PRIVATE, body="Secret"))
    here.run()
    assert (here.only("b").subject, here.only("b").body) == ("[A] Busy", "")


def invited() -> World:
    """Two were invited to the same, and the ledger was lost."""
    here = World(rules(giver("a"), giver("b"), giver("c")))
    here.put("b", event(), uid="u", guarded="others are invited")
    here.put("c", event(), uid="u", guarded="others are invited")
    here.quiet()
    here.ledger.clear()
    here.asides.clear()
    return here


@pytest.mark.parametrize("changed", [False, True])
def test_what_somebody_else_may_have_as_well_waits_until_all_were_read(changed: bool) -> None:
    here = invited()
    if changed:
        here.change("a", here.key("a"), subject="Changed meanwhile")
    here.away = {"b"}
    made = here.run(everything=True)
    assert whys(made) == []
    assert HELD in [aside.why for aside in made.asides]
    here.away = {"a", "b"}  # the copy itself is not told now
    assert whys(here.run()) == []
    here.away = set()
    here.run(everything=True)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [1, 1, 1]
    assert len(here.ledger) == 1


def test_what_was_taken_before_its_copy_was_found_is_one_with_it_all_the_same() -> None:
    here = invited()
    here.away = {"a", "b"}
    here.run(everything=True)
    here.away = set()
    here.run(everything=True)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [1, 1, 1]
    assert len(here.ledger) == 1
