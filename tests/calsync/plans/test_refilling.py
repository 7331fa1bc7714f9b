"""Tests of calsync/plans/refilling.py: a calendar that was lost is filled again from the others."""

from calsync.contents import fields
from calsync.spoke import Act
from calsync.steps import Why
from tests.calsync.plans.model import World, event, rules

REFILL = frozenset({"b"})


def lost() -> World:
    """Items of a and of b, and nothing of them at b any more."""
    here = World(rules())
    for hour in range(3):
        here.put("a", event(hour, f"Of a {hour}"))
        here.put("b", event(hour, f"Of b {hour}"))
    here.quiet()
    for key in list(here.shelves["b"]):
        here.remove("b", key)
    return here


def subjects(here: World, spoke: str) -> list[str]:
    return sorted(fields(item.content)["subject"] for item in here.shelves[spoke].values())


def test_all_of_it_is_made_again_and_nothing_is_removed_elsewhere() -> None:
    here = lost()
    everything = subjects(here, "a")
    made = here.run(whole=True, refill=REFILL)
    steps = [step for each in made.decisions for step in each.steps]
    assert {(step.act, step.why, step.spoke) for step in steps} == {(Act.CREATE, Why.REFILLED, "b")}
    assert made.stops == ()
    here.quiet()
    assert [subjects(here, spoke) for spoke in "abc"] == [everything] * 3
    assert len(everything) == 6


def test_afterwards_each_is_what_it_was() -> None:
    here = lost()
    here.run(whole=True, refill=REFILL)
    here.quiet()
    [key] = [key for key, item in here.shelves["b"].items() if fields(item.content)["subject"] == "Of b 1"]
    here.change("b", key, location="Room 4")
    [other] = [key for key, item in here.shelves["b"].items() if fields(item.content)["subject"] == "Of a 1"]
    here.remove("b", other)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [5, 5, 5]
    for spoke in "abc":
        assert [
            fields(item.content).get("location")
            for item in here.shelves[spoke].values()
            if fields(item.content).get("location")
        ] == ["Room 4"]


def test_a_run_that_was_killed_is_gone_on_with() -> None:
    here = lost()
    here.run(whole=True, refill=REFILL, fails=lambda step: True)
    assert subjects(here, "b") == []
    here.quiet()
    assert subjects(here, "b") == subjects(here, "a")
    assert len(subjects(here, "a")) == 6


def test_what_came_back_by_its_uid_is_not_made_twice() -> None:
    here = World(rules())
    for hour in range(3):
        here.put("b", event(hour, f"Of b {hour}"), uid=f"uid-{hour}")
    here.quiet()
    items = list(here.shelves["b"].values())
    for item in items:
        here.remove("b", item.key)
    here.put("b", items[0].content, uid=items[0].uid)
    here.run(whole=True, refill=REFILL)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [3, 3, 3]


def test_what_was_removed_elsewhere_before_stays_removed() -> None:
    here = lost()
    [key] = [key for key, item in here.shelves["a"].items() if fields(item.content)["subject"] == "Of a 1"]
    here.remove("a", key)
    here.run(whole=True, refill=REFILL)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [5, 5, 5]
