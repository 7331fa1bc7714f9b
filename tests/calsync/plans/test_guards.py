"""Tests of calsync/plans/guards.py: what stops a plan."""

import pytest

from calsync.agreed import Agreed, Link
from calsync.plans.guards import CREATIONS, DELETIONS, EMPTY, GUARDS, SHRINK, stops
from calsync.plans.situation import Situation
from calsync.rules import Bound
from calsync.spoke import Act
from calsync.steps import Step, Why
from tests.calsync.plans.model import NOW, rules

HUB = rules(creations=Bound(count=3, share=0.1), deletions=Bound(count=2, share=0.5), shrink=0.5)


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
    [(Why.GONE, 2, []), (Why.GONE, 3, [DELETIONS]), (Why.WITHDRAWN, 4, []), (Why.TWICE, 4, [])],
)
def test_removals_blow_it_where_anything_is_lost_with_them(why: Why, steps: int, found: list[str]) -> None:
    assert guards(Act.DELETE, why, steps=steps) == found


@pytest.mark.parametrize(
    ("gone", "of", "found"),
    [(2, 4, []), (3, 4, [SHRINK]), (4, 4, [EMPTY]), (1, 1, []), (0, 0, [])],
)
def test_a_side_that_came_back_empty_stops_however_it_was_read(gone: int, of: int, found: list[str]) -> None:
    assert guards(gone=gone, of=of) == found


def test_a_spoke_with_another_name_is_not_taken_for_one_that_was_taken_away() -> None:
    assert guards(Act.DELETE, Why.WITHDRAWN, steps=1, origin="long gone") == [DELETIONS]
    assert guards(Act.UPDATE, Why.RULES, steps=4, origin="long gone") == []


def test_each_guard_says_what_it_saw_and_what_to_do() -> None:
    assert set(GUARDS) == {CREATIONS, DELETIONS, SHRINK, EMPTY}
    situation = Situation(rules=HUB, now=NOW, seen={}, unread={}, abilities={}, everything=False)
    todo = [Step(act=Act.CREATE, why=Why.NEW, item=str(n), spoke="b") for n in range(9)]
    (stop,) = stops(situation, [], todo, counts={})
    assert (stop.spoke, stop.words) == (
        "b",
        "9 copies would be made in b, where 0 items stand: look at the plan, then allow it",
    )
