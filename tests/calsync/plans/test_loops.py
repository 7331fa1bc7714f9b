"""Tests of calsync/plans/loops.py: copies of copies are told from what people make, and many of them are a loop."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calsync.plans.loops import ALIKE
from calsync.plans.situation import ALWAYS
from calsync.rules import Detail
from protocols.model.event import Event
from tests.calsync.plans.model import ALL, World, event, giver, rules, target, whys, world


def test_a_copy_of_a_copy_is_left_aside_and_looked_at_again() -> None:
    here = world()
    here.put("a", event())
    here.run()
    here.put("b", event(), maker="another bridge")
    made = here.run()
    assert whys(made) == []
    assert [aside.why for aside in made.asides] == [ALIKE]
    assert made.asides[0].due == here.now + timedelta(hours=1)
    assert made.loops == ()


def test_what_somebody_moved_here_under_another_name_is_looked_at_in_the_next_run() -> None:
    here = world()
    here.put("a", event())
    here.run()
    here.remove("a", here.key("a"))
    here.put("b", event())
    [aside] = here.run().asides
    assert (aside.why, aside.due) == (ALIKE, ALWAYS)
    here.quiet()
    assert (len(here.shelves["a"]), len(here.shelves["b"])) == (1, 1)


def test_many_of_them_are_a_loop_and_its_maker_is_named() -> None:
    here = world(loops=2)
    for hour in (8, 9, 10):
        here.put("a", event(hour))
    here.run()
    for hour, maker in ((8, ""), (9, "another bridge"), (10, "another bridge")):
        here.put("b", event(hour), maker=maker)
    (loop,) = here.planned().loops
    assert (loop.spoke, loop.maker, len(loop.keys)) == ("b", "another bridge", 3)


def test_what_stood_there_before_our_copies_came_is_no_loop_when_it_is_given() -> None:
    here = World(rules(giver("a"), target("b"), loops=2))
    for hour in (8, 9, 10):
        here.put("b", event(hour))
    here.run()
    for hour in (8, 9, 10):
        here.put("a", event(hour))
    here.run()
    here.rules = rules(giver("a"), giver("b"), loops=2)
    made = here.run(everything=True)
    assert made.loops == ()
    assert [aside.why for aside in made.asides] == [ALIKE] * 3


def test_two_alike_that_were_there_from_the_start_are_both_copied() -> None:
    here = world()
    here.put("a", event())
    here.put("a", event())
    assert whys(here.run()) == [("b", "NEW"), ("b", "NEW")]


def hiding(**gets: Any) -> World:
    """Three of ``a`` stand in ``b`` without what they are."""
    here = World(rules(giver("a"), giver("b", replace(ALL, **gets)), loops=3))
    for hour in (8, 9, 10):
        here.put("a", event(hour, f"Appointment at {hour}"))
    here.quiet()
    return here


@pytest.mark.parametrize(
    "gets", [{"subject": "Taken"}, {"detail": Detail.BUSY}, {"detail": Detail.BUSY, "prefix": "A "}]
)
@pytest.mark.parametrize("spoke", ["a", "b"])
def test_copies_of_copies_that_tell_nothing_are_a_loop_where_many_come_at_once(spoke: str, gets: Any) -> None:
    here = hiding(**gets)
    for item in here.copies("b").values():
        here.put(spoke, item.content, maker="another bridge")
    made = here.planned()
    assert [(loop.spoke, loop.maker, len(loop.keys)) for loop in made.loops] == [(spoke, "another bridge", 3)]
    assert whys(made) == []


def test_somebodys_own_blocks_never_pause_a_spoke() -> None:
    here = hiding(subject="Taken")
    for hour, maker in ((8, "one"), (9, "one"), (10, "another")):  # not of one maker
        here.put("a", event(hour, "Busy"), maker=maker)
    for _ in range(3):  # at one time
        here.put("b", event(8, "Busy"), maker="one")
    for hour in (12, 13, 14):  # where nothing of ours is
        here.put("a", event(hour, "Busy"), maker="one")
    assert here.planned().loops == ()


def test_they_never_do_by_coming_one_after_another() -> None:
    here = hiding(subject="Taken")
    for hour in (8, 9, 10):
        here.put("a", event(hour, "Busy"), maker="one")
        assert [aside.why for aside in here.run().asides] == [ALIKE]
    here.now += timedelta(days=2)
    assert here.planned(whole=True).loops == ()


def test_nor_where_other_rules_make_all_of_them_new() -> None:
    here = World(rules(giver("a"), target("b", subject="Taken"), loops=3))
    for hour in (8, 9, 10):
        here.put("a", event(hour, "Appointment"))
    here.quiet()
    for item in list(here.copies("b").values()):
        here.put("b", item.content)
    here.run()
    here.rules = rules(giver("a"), giver("b", replace(ALL, subject="Taken")), loops=3)
    assert here.planned(everything=True).loops == ()


def test_a_block_at_another_time_is_somebodys_own() -> None:
    here = hiding(detail=Detail.BUSY)
    here.put("a", event(15, "Busy"))
    assert whys(here.run()) == [("b", "NEW")]


def test_a_bridge_that_puts_something_before_each_subject_is_a_loop() -> None:
    here = world(loops=3)
    here.put("a", event())
    copied: set[str] = set()
    for _ in range(3):
        here.quiet()
        for key in sorted(here.shelves["a"].keys() - copied):
            one = here.shelves["a"][key].content
            assert isinstance(one, Event)
            here.put("b", replace(one, subject=f"[bridge] {one.subject}"), maker="another bridge")
            copied.add(key)
    (loop,) = here.planned().loops
    assert (loop.spoke, loop.maker, len(loop.keys)) == ("b", "another bridge", 1)


@pytest.mark.parametrize(("words", "loops"), [(("Copy: ",) * 3, 1), (("Re: ", "Team ", "Our "), 0)])
def test_so_are_many_behind_the_same_words_and_no_others(words: tuple[str, ...], loops: int) -> None:
    here = world(loops=3)
    for hour in (8, 9, 10):
        here.put("a", event(hour))
    here.quiet()
    for hour, word in zip((8, 9, 10), words, strict=True):
        here.put("b", event(hour, f"{word}Stand-up"))
    made = here.planned()
    assert (len(made.loops), len(whys(made))) == (loops, 3)
