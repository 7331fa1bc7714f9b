"""Tests of calsync/plans/renaming.py: a spoke with another name in the settings goes on as it was."""

from dataclasses import replace

from calsync.contents import fields
from calsync.plans.guards import DELETIONS
from calsync.rules import SpokeRules
from calsync.steps import Plan
from tests.calsync.plans.model import ALL, World, event, rules, whys


def synced() -> World:
    """Items of a and of b, and their copies."""
    here = World(rules())
    for hour in range(4):
        here.put("a", event(hour, f"Of a {hour}"))
        here.put("b", event(hour, f"Of b {hour}"))
    here.quiet()
    return here


def renamed(here: World, old: str, new: str) -> None:
    """The settings call it so from now on."""
    spokes = tuple(replace(each, name=new) if each.name == old else each for each in here.rules.spokes)
    here.rules = replace(here.rules, spokes=spokes)
    here.shelves[new], here.news[new] = here.shelves.pop(old), here.news.pop(old)


def quiet(made: Plan) -> bool:
    return (whys(made), made.stops, made.asides) == ([], (), ())


def test_it_keeps_its_items_and_copies_and_nothing_is_written() -> None:
    here = synced()
    renamed(here, "b", "bee")
    assert quiet(here.run(everything=True))
    assert {each.origin for each in here.ledger.values()} == {"a", "bee"}
    assert all(set(each.links) == {"a", "bee", "c"} for each in here.ledger.values())
    assert all(link.spoke == name for each in here.ledger.values() for name, link in each.links.items())
    assert quiet(here.run(everything=True))


def test_what_was_changed_and_removed_meanwhile_is_carried() -> None:
    here = synced()
    renamed(here, "b", "bee")
    [key] = [key for key, item in here.shelves["bee"].items() if fields(item.content)["subject"] == "Of b 1"]
    here.change("bee", key, location="Room 4")
    [copy] = [key for key, item in here.shelves["bee"].items() if fields(item.content)["subject"] == "Of a 2"]
    here.change("bee", copy, location="Room 5")
    assert here.run(everything=True).stops == ()
    here.quiet()
    for spoke in ("a", "bee", "c"):
        places = [fields(item.content).get("location", "") for item in here.shelves[spoke].values()]
        assert sorted(place for place in places if place) == ["Room 4", "Room 5"]
    here.remove("bee", key)
    here.quiet()
    assert {spoke: len(shelf) for spoke, shelf in here.shelves.items()} == {"a": 7, "bee": 7, "c": 7}


def test_two_may_be_renamed_at_once() -> None:
    here = synced()
    renamed(here, "b", "bee")
    renamed(here, "c", "sea")
    assert quiet(here.run(everything=True))
    assert all(set(each.links) == {"a", "bee", "sea"} for each in here.ledger.values())


def test_another_calendar_in_its_place_is_none_of_it() -> None:
    here = synced()
    renamed(here, "b", "bee")
    here.shelves["bee"] = {}
    shared = next(iter(synced().shelves["b"].items()))
    here.shelves["bee"][shared[0]] = replace(shared[1], version="another")
    made = here.planned(everything=True)
    assert [(stop.guard, stop.spoke) for stop in made.stops] == [(DELETIONS, "b")]
    assert {each.origin for each in here.ledger.values()} == {"a", "b"}


def test_one_that_is_new_beside_it_takes_nothing_over() -> None:
    here = synced()
    here.rules = replace(here.rules, spokes=(*here.rules.spokes, SpokeRules(name="d", gets=ALL)))
    here.shelves["d"], here.news["d"] = {}, set()
    for key, item in here.shelves["b"].items():
        here.shelves["d"][key] = replace(item, mark="")
    here.planned(everything=True)
    assert all("d" not in each.links for each in here.ledger.values())
