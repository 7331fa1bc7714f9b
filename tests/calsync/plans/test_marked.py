"""Tests of calsync/plans/marked.py: copies of ours are linked again, and second ones go."""

import pytest

from calsync.items import Mark
from calsync.plans.found import GOES
from calsync.plans.guards import RESTORED
from calsync.plans.marked import ADOPTED, ORPHAN, TWIN
from calsync.steps import Why
from protocols.model.event import Sensitivity
from tests.calsync.plans.model import World, event, giver, rules, whys, world


def test_a_lost_link_is_found_by_its_stamp_and_what_differs_is_written_and_told() -> None:
    here = world()
    here.put("a", event())
    here.run()
    here.ledger.clear()
    here.change("b", here.key("b"), subject="Changed meanwhile")
    here.run(everything=True)
    assert here.stands("a") == here.stands("b")
    assert [clash.lost for clash in here.clashes] == ["Changed meanwhile"]
    assert len(here.ledger) == 1


def test_a_copy_of_what_is_not_given_any_more_goes_although_the_ledger_was_lost() -> None:
    here = world()
    here.put("a", event())
    here.run()
    here.ledger.clear()
    here.change("a", here.key("a"), sensitivity=Sensitivity.PRIVATE)
    assert whys(here.run(everything=True)) == [("b", "SORTED_OUT")]
    assert here.shelves["b"] == {}


def orphaned() -> World:
    here = world()
    here.put("a", event())
    here.run()
    here.ledger.clear()
    here.remove("a", here.key("a"))
    return here


def test_a_copy_without_any_original_is_left_aside_and_becomes_one_when_all_is_read_once_more() -> None:
    here = orphaned()
    made = here.run(everything=True)
    assert (whys(made), [aside.why for aside in made.asides]) == ([], [ORPHAN])
    assert (here.quiet(), here.shelves["a"]) == (0, {})
    assert whys(here.run(whole=True, adopt=False)) == []
    made = here.run(whole=True)
    assert whys(made) == [("a", "NEW")]
    assert [left.words for decision in made.decisions for left in decision.left] == [ADOPTED]
    assert here.stands("a") == here.stands("b")
    assert (here.quiet(), here.asides) == (0, {})


@pytest.mark.parametrize(("number", "known", "stopped"), [(2, 1, False), (3, 1, True), (3, 0, False)])
def test_where_a_ledger_is_known_several_of_them_are_asked_for(number: int, known: int, stopped: bool) -> None:
    """They came back with a backup: what was deleted is not made again everywhere."""
    here = world()
    for hour in range(number + known):
        here.put("a", event(hour, f"{hour}"))
    here.quiet()
    backup = dict(here.shelves["b"])
    for key in sorted(here.shelves["a"])[:number]:
        here.remove("a", key)
    here.quiet()
    for key in backup.keys() - here.shelves["b"].keys():
        here.put("b", backup[key].content, key=key, mark=backup[key].mark)
    here.run()
    stops = here.planned(whole=True).stops
    assert [(stop.guard, stop.spoke) for stop in stops] == ([(RESTORED, "b")] if stopped else [])
    assert all("3 copies of ours stand in b of which nobody knows the original" in stop.words for stop in stops)
    assert here.planned(whole=True, adopt=False).stops == ()


def test_and_is_left_aside_where_something_was_not_read() -> None:
    here = orphaned()
    here.away = {"a"}
    assert [aside.why for aside in here.run(everything=True).asides] == [ORPHAN]


@pytest.mark.parametrize("changed", [False, True])
def test_a_second_copy_goes_and_what_somebody_made_of_it_stays(changed: bool) -> None:
    here = world()
    here.put("a", event())
    here.run()
    (item,) = here.copies("b").values()
    here.put("b", event(11) if changed else item.content, mark=item.mark)
    made = here.run()
    assert whys(made) == ([] if changed else [("b", Why.TWICE.name)])
    assert [aside.why for aside in made.asides] == [TWIN if changed else GOES]
    assert item.key in here.shelves["b"]
    assert here.quiet() == 0


@pytest.mark.parametrize("shut", [True, False])
@pytest.mark.parametrize("changed", [True, False])
def test_a_second_copy_whose_removal_did_not_come_to_pass_goes_though_the_item_changed(
    shut: bool, changed: bool
) -> None:
    """Somebody was invited as well, and what the hub wrote for them is at the old time still."""
    here = world()
    mine = here.put("a", event(), uid="u", guarded="others are invited")
    here.quiet()
    copy = here.key("b")
    theirs = here.put("b", event(), uid="u")
    assert whys(here.run(fails=lambda step: True)) == [("b", "TWICE")]
    here.shut = {"b"} if shut else set()
    here.change("a", mine, when=event(11).when)
    for _ in range(2):
        here.run(fails=lambda step: True)
    assert here.asides["b", copy].why == GOES
    if changed:
        here.change("b", copy, subject="Another")
    here.shut = set()
    here.quiet()
    assert here.shelves["b"].keys() == ({copy, theirs} if changed else {theirs})
    assert [aside.why for aside in here.asides.values()] == ([TWIN] if changed else [])
    assert here.shelves["b"][theirs].content == here.only("a") == event(11)


def test_a_copy_that_could_not_go_with_its_original_is_no_item_where_the_same_stands() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    mine = here.put("b", event(), uid="u", guarded="others are invited")
    here.put("c", event(), uid="u", guarded="others are invited")
    here.quiet()
    here.touch("a", here.key("a"), guarded="others are invited")
    here.remove("b", mine)
    for _ in range(3):
        here.run()
    before = [len(here.shelves[spoke]) for spoke in "abc"]
    assert before == [2, 1, 1]
    here.ledger.clear()
    here.asides.clear()
    here.run(everything=True)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == before


def test_an_orphan_stands_for_what_looks_just_so_and_has_no_copy_there() -> None:
    here = World(rules())
    here.away.add("c")
    here.put("a", event())
    here.run()  # a ledger was lost, and c could not be read
    here.away.clear()
    here.put("c", event(), mark=Mark("hub", "0123456789abcdef" * 2).text)
    here.quiet()
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [1, 1, 1]
    [agreed] = here.ledger.values()
    assert agreed.links["c"].key == here.key("c")


def test_what_stands_as_a_copy_everywhere_was_made_again_at_its_origin_and_goes_on() -> None:
    here = world()
    here.put("a", event())
    here.run()
    here.remove("a", here.key("a"))
    here.change("b", here.key("b"), location="Hall")  # an edit beats a removal
    here.quiet()
    here.ledger.clear()
    made = here.run(everything=True)
    assert [left for decision in made.decisions for left in decision.left] == []
    here.change("b", here.key("b"), location="Room")
    here.quiet()
    assert here.only("a").location == here.only("b").location == "Room"
