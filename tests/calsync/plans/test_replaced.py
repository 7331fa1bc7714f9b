"""Tests of calsync/plans/replaced.py: another item under the key of a copy is a removal, and an item of its own."""

from dataclasses import replace
from typing import Any

import pytest

from calsync.plans.replaced import REPLACES
from tests.calsync.plans.model import NONE, World, event, giver, rules, whys


def three(**more: Any) -> World:
    """One item of a, and its copies in b and c, which have UIDs of their own."""
    here = World(rules(giver("a", **more), giver("b"), giver("c")))
    here.put("a", event(), uid="u")
    here.quiet()
    for spoke in "bc":
        here.touch(spoke, here.key(spoke), uid=f"{spoke}@busyline")
    here.quiet()
    return here


def another(here: World, spoke: str, **more: Any) -> str:
    """Somebody removes what stands there, and something else comes under the same key."""
    key = here.key(spoke)
    here.remove(spoke, key)
    attributes = {"uid": "another", "one": event(15, "Another"), **more}
    return here.put(spoke, attributes.pop("one"), key=key, **attributes)


def test_another_item_in_the_place_of_a_copy_removes_the_original_and_is_taken() -> None:
    here = three()
    key = another(here, "b")
    made = here.run()
    assert (whys(made), [aside.why for aside in made.asides]) == ([("a", "REMOVED"), ("c", "REMOVED")], [REPLACES])
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(15, "Another")
    [agreed] = here.ledger.values()
    assert (agreed.origin, agreed.links["b"].key, here.asides) == ("b", key, {})


def test_where_that_removal_does_not_count_the_copy_is_made_beside_it() -> None:
    here = three(gets=replace(NONE, create=True))
    key = another(here, "b")
    assert whys(here.run()) == [("b", "NEW")]
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [2, 2, 2]
    assert here.shelves["b"][key].content == event(15, "Another")
    assert here.stands("a") == here.stands("b") == here.stands("c")


def test_neither_is_touched_if_a_run_is_stopped_in_between() -> None:
    here = three()
    another(here, "b")
    here.run(fails=lambda step: True)
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(15, "Another")


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
