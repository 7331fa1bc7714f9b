"""Tests of calsync/plans/anew.py: what is saved anew, or moved, is neither removed nor doubled."""

import pytest

from calsync.rules import Treat
from protocols.model.event import Event
from tests.calsync.plans.model import NONE, World, event, giver, rules, three, whys


def anew(here: World, spoke: str, **more: str) -> str:
    """Some program saves what stands there by removing it and making it again."""
    item = here.shelves[spoke][here.key(spoke)]
    here.remove(spoke, item.key)
    return here.put(spoke, item.content, **{"uid": item.uid, "guarded": item.guarded} | more)


def one_each(here: World) -> Event:
    """All three hold the same one item."""
    assert here.only("a") == here.only("b") == here.only("c")
    one = here.only("a")
    assert isinstance(one, Event)
    return one


@pytest.mark.parametrize("spoke", ["a", "b"])
def test_what_is_saved_anew_is_the_same_item(spoke: str) -> None:
    here = three()
    key = anew(here, spoke)
    assert whys(here.run()) == []
    here.quiet()
    assert (list(here.shelves[spoke]), len(here.ledger)) == ([key], 1)


@pytest.mark.parametrize("spoke", ["a", "b"])
def test_and_keeps_what_was_changed_there_and_elsewhere(spoke: str) -> None:
    here = three()
    key = anew(here, spoke)
    here.change(spoke, key, location="Hall")
    here.change("c", here.key("c"), body="typed in the copy")
    here.run()
    here.quiet()
    assert (one_each(here).location, one_each(here).body) == ("Hall", "typed in the copy")


def test_a_copy_saved_without_its_stamp_removes_nothing() -> None:
    here = three()
    original = here.key("a")
    anew(here, "b", mark="")
    here.run()
    here.quiet()
    assert list(here.shelves["a"]) == [original]
    here.remove("a", original)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [0, 0, 0]


def test_two_of_that_uid_are_nobodys_successor() -> None:
    here = three()
    item = here.shelves["a"][here.key("a")]
    anew(here, "a")
    here.put("a", item.content, uid="u")
    here.run()
    here.quiet()
    assert len(here.ledger) == 2


def test_an_original_that_is_moved_while_a_copy_is_edited_is_not_doubled() -> None:
    here = three()
    item = here.shelves["a"][here.key("a")]
    here.remove("a", item.key)
    key = here.put("b", item.content, uid="u")
    here.change("c", here.key("c"), body="typed in the copy")
    here.run()
    here.quiet()
    assert one_each(here).body == "typed in the copy"
    (agreed,) = here.ledger.values()
    assert (agreed.origin, list(here.shelves["b"])) == ("b", [key])
    here.remove("b", key)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [0, 0, 0]


def test_moved_to_where_nothing_is_given_it_ends() -> None:
    here = World(rules(giver("a"), giver("b", NONE, all_day=Treat.SKIP), giver("c")))
    here.rules = rules(giver("a"), giver("b", subjects=("Only*",)), giver("c"))
    here.put("a", event(), uid="u")
    here.quiet()
    item = here.shelves["a"][here.key("a")]
    here.remove("a", item.key)
    key = here.put("b", item.content, uid="u")
    here.run()
    here.quiet()
    assert (list(here.shelves["b"]), here.shelves["a"], here.shelves["c"]) == ([key], {}, {})


@pytest.mark.parametrize("there", [True, False])
def test_a_copy_that_is_moved_takes_nothing_with_it(there: bool) -> None:
    here = World(rules(giver("a"), giver("b"), giver("c") if there else giver("c", NONE)))
    here.put("a", event(), uid="u")
    here.quiet()
    copy = here.shelves["b"][here.key("b")]
    here.remove("b", copy.key)
    here.put("c", copy.content, mark=copy.mark)
    here.run()
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [1, 1, 1]
    assert one_each(here) == event()
