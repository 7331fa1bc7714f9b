"""Tests of calsync/plans/marked.py: copies of ours are linked again, and second ones go."""

import pytest

from calsync.items import Mark
from calsync.plans.found import GOES
from calsync.plans.marked import ORPHAN, TWIN
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


def test_a_copy_without_any_original_becomes_one_where_all_was_read() -> None:
    here = orphaned()
    assert whys(here.run(everything=True)) == [("a", "NEW")]
    assert here.stands("a") == here.stands("b")
    assert here.quiet() == 0


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
