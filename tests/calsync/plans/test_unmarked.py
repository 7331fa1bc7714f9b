"""Tests of calsync/plans/unmarked.py: what nobody of ours made is new, or the same as something known."""

from typing import Any

import pytest

from calsync.plans.found import RESEMBLES
from calsync.rules import Treat
from protocols.model.event import Sensitivity
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import World, event, giver, rules, whys, world


def joined() -> World:
    """An item that both users had already."""
    here = world()
    here.put("a", event(body="Mine"), uid="u")
    here.put("b", event(location="Room"), uid="u")
    return here


def test_the_same_in_two_calendars_is_one_item_and_each_gets_what_it_lacks() -> None:
    here = joined()
    assert whys(here.run()) == [("a", "CHANGED"), ("b", "CHANGED")]
    assert here.stands("a") == here.stands("b")
    assert (here.only("a").body, here.only("a").location) == ("Mine", "Room")
    assert here.quiet() == 0


def test_where_both_say_something_else_the_first_stays_and_the_other_is_told() -> None:
    here = world()
    here.put("a", event(body="Mine"), uid="u")
    here.put("b", event(body="Yours"), uid="u")
    here.run()
    assert here.only("b").body == "Mine"
    assert [(clash.what, clash.winner, clash.loser, clash.lost) for clash in here.clashes] == [
        ("body", "a", "b", "Yours")
    ]


def test_what_looks_alike_is_one_only_where_nothing_differs() -> None:
    here = world()
    here.put("a", event(body="Mine"))
    here.put("b", event(body="Mine"))
    assert whys(here.run()) == []
    assert len(here.ledger) == 1


@pytest.mark.parametrize("more", [{"body": "Ring the dentist"}, {"location": "Hall"}])
def test_else_they_are_two_neither_is_written_over_and_both_are_named(more: Any) -> None:
    here = world()
    mine = here.put("a", event(body="Canteen"))
    theirs = here.put("b", event(**more))
    made = here.run()
    assert whys(made) == [("b", "NEW"), ("a", "NEW")] or whys(made) == [("a", "NEW"), ("b", "NEW")]
    assert {left.words for each in made.decisions for left in each.left} == {RESEMBLES.format(name) for name in "ab"}
    here.quiet()
    assert here.shelves["a"][mine].content == event(body="Canteen")
    assert here.shelves["b"][theirs].content == event(**more)


def test_a_shared_uid_tells_more_than_looks() -> None:
    here = world()
    here.put("a", event(subject="One name"), uid="u")
    here.put("b", event(subject="Another"), uid="u")
    here.run()
    assert [here.only(spoke).subject for spoke in "ab"] == ["One name"] * 2


def test_one_who_was_asked_to_a_single_occurrence_has_not_the_series() -> None:
    here = world()
    here.put("a", event(rule=Recurrence(frequency=Frequency.DAILY)), uid="u", guarded="others are invited")
    here.put("b", event(), uid="u", guarded="others are invited")
    here.run()
    assert [len(here.shelves[spoke]) for spoke in "ab"] == [2, 2]


@pytest.mark.parametrize(("more", "stand"), [(2, 2), (1, 3)])
def test_several_alike_are_one_only_where_there_are_as_many(more: int, stand: int) -> None:
    here = world()
    for _ in range(2):
        here.put("a", event())
    for _ in range(more):
        here.put("b", event())
    here.run()
    assert [len(here.shelves[spoke]) for spoke in "ab"] == [stand, stand]
    assert here.quiet() == 0


def test_what_was_not_ours_is_left_when_the_item_is_not_given_any_more() -> None:
    here = joined()
    here.run()
    here.change("a", here.key("a"), sensitivity=Sensitivity.PRIVATE)
    assert whys(here.run()) == []
    assert len(here.shelves["b"]) == 1


def test_and_is_looked_at_by_itself_in_the_next_run() -> None:
    here = joined()
    here.run()
    here.change("a", here.key("a"), sensitivity=Sensitivity.PRIVATE)
    (due,) = [aside for aside in here.run().asides if aside.spoke == "b"]
    assert due.due == here.now
    here.touch("b", due.key)
    assert here.run().forget == (("b", due.key),)
    assert len(here.ledger) == 1


def moved(*names: str) -> tuple[World, str]:
    """Somebody moves their own from a to b, where it keeps its UID and ours stands; a run of these spokes follows."""
    here = world()
    key = here.put("a", event(), uid="u")
    here.quiet()
    (item,) = (here.shelves["a"][key],)
    here.remove("a", key)
    there = here.put("b", item.content, uid="u")
    here.away = {"a", "b"} - set(names)
    here.run()
    here.away = set()
    here.quiet()
    return here, there


@pytest.mark.parametrize("names", ["ab", "b", "a"])
def test_what_is_moved_to_another_calendar_is_never_removed_with_what_it_was(names: str) -> None:
    here, key = moved(*names)
    assert key in here.shelves["b"]
    here.run()
    here.quiet()
    assert here.stands("a") == here.stands("b")
    assert [bool(item.mark) for item in here.shelves["b"].values()] == [False]


def test_the_very_one_takes_the_place_of_our_copy() -> None:
    here = world()
    here.put("a", event(), uid="u")
    here.quiet()
    key = here.put("b", event(), uid="u")
    assert whys(here.run()) == [("b", "TWICE")]
    here.quiet()
    assert list(here.shelves["b"]) == [key]
    assert here.only("a") == here.only("b")


def test_and_our_copy_goes_even_where_the_item_is_given_no_more_at_once() -> None:
    here = World(rules(giver("a", private=Treat.SKIP), giver("b")))
    mine = here.put("a", event(), uid="u")
    here.quiet()
    key = here.put("b", event(), uid="u")
    here.change("a", mine, sensitivity=Sensitivity.PRIVATE)
    here.run(fails=lambda step: True)
    here.run()
    here.quiet()
    assert set(here.shelves["b"]) == {key}


def test_the_letters_of_a_place_are_a_servers_own_way() -> None:
    here = world()
    here.put("a", event(location="Room 3"))
    here.put("b", event(location="ROOM  3"))
    here.run()
    assert len(here.ledger) == 1
    assert here.stands("a") == here.stands("b")
