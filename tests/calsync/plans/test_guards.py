"""Tests of calsync/plans/guards.py: what stops a plan."""

from dataclasses import replace

import pytest

from calsync.agreed import Agreed, Link
from calsync.plans.first_sight import MIRRORED, RENAMED
from calsync.plans.guards import (
    CHANGES,
    CREATIONS,
    DELETIONS,
    EMPTY,
    GUARDS,
    RESTORED,
    SHRINK,
    WITHDRAWALS,
    stops,
)
from calsync.plans.situation import Situation
from calsync.rules import Bound
from calsync.spoke import Act
from calsync.steps import Step, Why
from tests.calsync.plans.model import NONE, NOW, World, event, giver, rules, target, whys

HUB = rules(
    creations=Bound(count=3, share=0.1),
    changes=Bound(count=3, share=0.1),
    deletions=Bound(count=2, share=0.5),
    shrink=0.5,
)


def guards(
    act: Act = Act.CREATE, why: Why = Why.NEW, *, steps: int = 0, gone: int = 0, of: int = 4, origin: str = "b"
) -> list[str]:
    known = [
        Agreed(id=str(n), origin=origin, fields={}, links={"a": Link(spoke="a", key=str(n), version="v")})
        for n in range(of)
    ]
    situation = Situation(
        rules=HUB, now=NOW, seen={"a": {str(n): None for n in range(gone)}}, unread={}, abilities={}, everything=False
    )
    todo = [Step(act=act, why=why, item=str(n), spoke="a") for n in range(steps)]
    return [stop.guard for stop in stops(situation, known, todo, counts={"a": of})]


@pytest.mark.parametrize(("steps", "of", "found"), [(3, 4, []), (4, 4, [CREATIONS]), (4, 50, []), (6, 50, [CREATIONS])])
def test_many_new_copies_blow_the_fuse(steps: int, of: int, found: list[str]) -> None:
    assert guards(steps=steps, of=of) == found


@pytest.mark.parametrize(
    ("why", "steps", "found"),
    [
        (Why.GONE, 2, []),
        (Why.GONE, 3, [DELETIONS]),
        (Why.REMOVED, 3, [DELETIONS]),
        (Why.WITHDRAWN, 2, []),
        (Why.WITHDRAWN, 3, [WITHDRAWALS]),
        (Why.TWICE, 4, []),
        (Why.SORTED_OUT, 4, []),
    ],
)
def test_removals_blow_it_where_anything_is_lost_with_them(why: Why, steps: int, found: list[str]) -> None:
    assert guards(Act.DELETE, why, steps=steps) == found


@pytest.mark.parametrize(
    ("why", "steps", "found"),
    [
        (Why.CHANGED, 3, []),
        (Why.CHANGED, 4, [CHANGES]),
        (Why.CONFLICT, 4, [CHANGES]),
        (Why.RULES, 4, []),
        (Why.PUT_BACK, 4, []),
        (Why.WITHDRAWN, 4, [WITHDRAWALS]),
    ],
)
def test_many_changes_of_people_blow_it_and_what_is_put_back_does_not(why: Why, steps: int, found: list[str]) -> None:
    assert guards(Act.UPDATE, why, steps=steps) == found


@pytest.mark.parametrize(
    ("gone", "of", "found"),
    [(2, 4, []), (3, 4, [SHRINK]), (4, 4, [EMPTY]), (1, 1, []), (0, 0, [])],
)
def test_a_side_that_came_back_empty_stops_however_it_was_read(gone: int, of: int, found: list[str]) -> None:
    assert guards(gone=gone, of=of) == found


def test_a_spoke_with_another_name_is_not_taken_for_one_that_was_taken_away() -> None:
    assert guards(Act.DELETE, Why.WITHDRAWN, steps=1, origin="long gone") == [DELETIONS]
    assert guards(Act.UPDATE, Why.WITHDRAWN, steps=1, origin="long gone") == [DELETIONS]
    assert guards(Act.UPDATE, Why.RULES, steps=4, origin="long gone") == []


def test_each_guard_says_what_it_saw_and_what_to_do() -> None:
    words = {CREATIONS, CHANGES, DELETIONS, WITHDRAWALS, SHRINK, EMPTY, RESTORED, RENAMED, MIRRORED}
    assert (set(GUARDS), len(GUARDS)) == (words, len(words))
    situation = Situation(rules=HUB, now=NOW, seen={}, unread={}, abilities={}, everything=False)
    todo = [Step(act=Act.CREATE, why=Why.NEW, item=str(n), spoke="b") for n in range(9)]
    (stop,) = stops(situation, [], todo, counts={})
    assert (stop.spoke, stop.words) == (
        "b",
        "9 copies would be made in b, where 0 items stand: look at the plan, then allow it",
    )


def filled(items: int, *spokes: str) -> World:
    """So many items entered at each of ``spokes``, and their copies at b and c."""
    here = World(rules())
    for spoke in spokes or ("a",):
        for hour in range(items):
            here.put(spoke, event(hour, f"{spoke} {hour}"))
    here.quiet()
    return here


def vanish(here: World, spoke: str, number: int) -> None:
    for key in sorted(here.shelves[spoke])[:number]:
        here.remove(spoke, key)


@pytest.mark.parametrize(
    ("items", "lost", "expired", "found"),
    [
        (8, 2, "b", []),
        (8, 3, "b", [RESTORED]),
        (8, 3, "c", []),
        (1, 1, "b", [RESTORED]),
        (1, 1, "", []),
        (8, 5, "b", [SHRINK]),
    ],
)
def test_what_is_missing_at_a_spoke_that_began_anew_is_asked_for(
    items: int, lost: int, expired: str, found: list[str]
) -> None:
    here = filled(items)
    vanish(here, "b", lost)
    made = here.planned(whole=True, expired=frozenset({expired}))
    assert [stop.guard for stop in made.stops] == found


def test_versions_that_went_back_tell_of_a_backup_as_well() -> None:
    here = filled(8)
    key = max(here.copies("b"))
    before = here.shelves["b"][key]
    here.change("b", key, location="Room 4")
    here.quiet()
    here.touch("b", key, content=before.content, changed_at=NOW)
    vanish(here, "b", 3)
    [stop] = here.planned().stops
    assert (stop.guard, stop.spoke) == (RESTORED, "b")
    assert stop.words == (
        "3 of the 8 items of b are not there any more, so 6 would be removed elsewhere, 3 of them entered there,"
        " and its server began anew: was it restored from a backup? `busyline calendar refill hub b` makes them there"
        " again; where people removed them, allow it"
    )


def test_copies_that_are_only_made_again_are_asked_for_by_nobody() -> None:
    here = World(rules(giver("a", gets=NONE), target("b")))
    for hour in range(8):
        here.put("a", event(hour))
    here.quiet()
    vanish(here, "b", 3)
    assert here.planned(whole=True, expired=frozenset({"b"})).stops == ()


def test_an_emptied_side_says_what_would_go_with_it() -> None:
    here = filled(3, "a", "b")
    vanish(here, "b", 6)
    [stop] = here.planned(whole=True).stops
    assert (stop.guard, stop.spoke) == (EMPTY, "b")
    assert (
        "none of the 6 items of b is there any more, so 12 would be removed elsewhere, 3 of them entered there: "
        in (stop.words)
    )
    assert "`busyline calendar refill hub b` makes them there again; where people removed them, allow it" in stop.words


def test_each_removal_says_where_it_began() -> None:
    here = filled(1)
    here.remove("b", here.key("b"))
    assert {(step.spoke, step.why) for each in here.planned().decisions for step in each.steps} == {
        ("a", Why.REMOVED),
        ("c", Why.REMOVED),
    }
    here = filled(1)
    here.remove("a", here.key("a"))
    assert {step.why for each in here.planned().decisions for step in each.steps} == {Why.GONE}


def test_the_only_item_of_a_calendar_that_the_settings_changed_is_asked_for_as_well() -> None:
    here = filled(1)
    here.remove("b", here.key("b"))
    [stop] = here.planned(everything=True).stops
    assert stop.guard == EMPTY
    assert stop.words.startswith(
        "the only item of b is not there any more, so 2 would be removed elsewhere, 1 of them "
    )


def shadow(items: int, *, gives: bool = False, delete: bool = False, **bounds: Bound) -> World:
    """So many items, and the copies of them at a spoke that gives nothing, or of which no removal counts."""
    copies = giver("b") if gives else target("b")
    here = World(rules(giver("a", gets=replace(NONE, create=True, delete=delete)), copies, target("c"), **bounds))
    for hour in range(items):
        here.put("a", event(hour, f"{hour}"))
    here.quiet()
    return here


@pytest.mark.parametrize("gives", [False, True])
@pytest.mark.parametrize("lost", [1, 5, 8])
def test_a_shadow_that_is_emptied_is_filled_again_by_itself(lost: int, gives: bool) -> None:
    here = shadow(8, gives=gives)
    vanish(here, "b", lost)
    made = here.run(whole=True, expired=frozenset({"b"}))
    assert made.stops == ()
    assert whys(made) == [("b", "LOST")] * lost
    assert here.quiet() == 0
    assert here.stands("b") == here.stands("a")


def test_so_is_one_that_its_server_took_back_to_what_it_was() -> None:
    here = shadow(8)
    before = dict(here.shelves["b"])
    for key in sorted(here.shelves["a"]):
        here.change("a", key, location="Room 4")
    here.quiet()
    for key, item in before.items():
        here.touch("b", key, content=item.content, changed_at=NOW)
    made = here.run(whole=True, expired=frozenset({"b"}))
    assert made.stops == ()
    assert set(whys(made)) == {("b", "PUT_BACK")}


def test_but_many_copies_are_many_however_many_there_were() -> None:
    here = shadow(8, creations=Bound(count=5, share=0.5))
    vanish(here, "b", 8)
    [stop] = here.planned(whole=True).stops
    assert (stop.guard, stop.spoke) == (CREATIONS, "b")
    assert stop.words == "8 copies would be made in b, where 0 items stand: look at the plan, then allow it"


def test_another_calendar_is_asked_for_where_something_of_it_would_be_taken() -> None:
    here = shadow(8, gives=True)
    vanish(here, "b", 8)
    here.put("b", event(11, "Somebody else's"))
    assert [stop.guard for stop in here.planned(whole=True).stops] == [EMPTY]


def test_so_is_one_whose_losses_count() -> None:
    here = shadow(8, gives=True, delete=True)
    vanish(here, "b", 8)
    assert [stop.guard for stop in here.planned(whole=True).stops] == [EMPTY]
