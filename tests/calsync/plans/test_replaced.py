"""Tests of calsync/plans/replaced.py: another item under the key of a copy removes nothing, and is one of its own."""

from dataclasses import replace
from typing import Any

import pytest

from calsync.plans.replaced import REPLACES
from tests.calsync.plans.model import NONE, World, event, giver, rules, three, whys


def another(here: World, spoke: str, **more: Any) -> str:
    """Somebody removes what stands there, and something else comes under the same key."""
    key = here.key(spoke)
    here.remove(spoke, key)
    attributes = {"uid": "another", "one": event(15, "Another"), **more}
    return here.put(spoke, attributes.pop("one"), key=key, **attributes)


@pytest.mark.parametrize("more", [{}, {"gets": replace(NONE, create=True)}], ids=["all", "create"])
def test_another_item_in_the_place_of_a_copy_is_taken_and_the_copy_is_made_beside_it(more: dict[str, Any]) -> None:
    here = three(**more)
    key = another(here, "b")
    made = here.run()
    assert (whys(made), [aside.why for aside in made.asides]) == ([("b", "NEW")], [REPLACES])
    here.quiet()
    assert here.asides == {}
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [2, 2, 2]
    assert here.shelves["b"][key].content == event(15, "Another")
    assert here.stands("a") == here.stands("b") == here.stands("c")


def test_neither_is_touched_if_a_run_is_stopped_in_between() -> None:
    here = three()
    another(here, "b")
    here.run(fails=lambda step: True)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [2, 2, 2]


def test_in_the_place_of_somebodys_own_it_is_a_removal() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    for spoke in "ab":
        here.put(spoke, event(), uid="u")
    here.quiet()
    key = another(here, "b")
    assert whys(here.run()) == [("a", "REMOVED"), ("c", "REMOVED")]
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(15, "Another")
    [agreed] = here.ledger.values()
    assert (agreed.origin, agreed.links["b"].key, here.asides) == ("b", key, {})


@pytest.mark.parametrize(
    "more",
    [
        {"uid": "b@busyline"},  # it was only saved anew
        {"uid": ""},  # nothing tells
        {"one": event(15)},  # it was moved, or has the same subject
        {"one": event(9, "Another")},
    ],
)
def test_what_is_the_same_in_anything_is_a_change(more: dict[str, Any]) -> None:
    here = three()
    another(here, "b", **more)
    assert {why for _, why in whys(here.run())} == {"CHANGED"}


def test_at_the_origin_all_copies_become_the_other_item_at_once() -> None:
    here = three()
    another(here, "a", one=event(15, "Another", body="Its text"))
    assert whys(here.run()) == [("b", "CHANGED"), ("c", "CHANGED")]
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(15, "Another", body="Its text")
