"""Tests of galsync/plans/guards.py: too much at once stops, and the words say what, how much, and what to do."""

from dataclasses import replace
from typing import Any

import pytest

from galsync.plans.guards import ALL, CHANGES, DELETIONS, EMPTY, SHRINK, Bound, Guards, Stop, stops
from galsync.steps import Act, Plan, Step, Why
from tests.galsync.worlds import NOW, agreed_on, entry

OPEN = Guards(deletions=Bound(), changes=Bound(), shrink=1.0)


def of(act: Act, count: int, **more: Any) -> Plan:
    """That many steps, each of somebody else."""
    made = (Step(act=act, anchor=f"{act.value}:{n}", why=Why.GONE) for n in range(count))
    return Plan(steps=tuple(replace(step, **more) for step in made))


def names(found: tuple[Stop, ...]) -> list[str]:
    return [stop.guard for stop in found]


@pytest.mark.parametrize(
    ("bound", "count", "before", "stopped"),
    [
        (Bound(count=5), 5, 100, False),
        (Bound(count=5), 6, 100, True),
        (Bound(share=0.1), 10, 100, False),
        (Bound(share=0.1), 11, 100, True),
        (Bound(share=0.1), 3, 30, False),  # 0.1 * 30 is a little more than 3 in floating point
        (Bound(share=0.1), 4, 30, True),
        (Bound(share=0.1), 1, 3, False),  # one of a few may go
        (Bound(share=0.0), 1, 3, True),
        (Bound(count=5, share=0.5), 6, 100, True),
        (Bound(share=0.1), 1, 0, True),  # a lost ledger: nobody knows how many there were
        (Bound(), 10_000, 1, False),
    ],
)
@pytest.mark.parametrize("act", [Act.RETIRE, Act.REMOVE])
def test_deletions_have_a_bound(act: Act, bound: Bound, count: int, before: int, stopped: bool) -> None:
    found = stops([of(act, count)], replace(OPEN, deletions=bound), before=before, read={})
    assert names(found) == ([DELETIONS] if stopped else [])


def test_places_count_together() -> None:
    plans = [of(Act.RETIRE, 3), of(Act.RETIRE, 3)]
    (stop,) = stops(plans, replace(OPEN, deletions=Bound(count=5, share=0.01)), before=60, read={})
    assert stop.words == (
        "6 of 60 entries would go from the address book (10%); guards.deletions.count allows 5 and "
        "guards.deletions.share allows 1%: look at the plan, raise that, or run once with --allow deletions"
    )


def test_who_was_retired_was_counted_then() -> None:
    retired = agreed_on(entry(), retired_at=NOW)["ad:0"]
    none = replace(OPEN, deletions=Bound(count=0))
    assert stops([of(Act.REMOVE, 9, why=Why.GRACE_OVER, known=retired)], none, before=9, read={}) == ()


def test_what_is_made_anew_is_a_change() -> None:
    steps = [Step(act=act, anchor="ad:0", why=Why.CHANGED) for act in (Act.REMOVE, Act.CREATE)]
    none = Guards(deletions=Bound(count=0), changes=Bound(count=0))
    assert names(stops([Plan(steps=tuple(steps))], none, before=1, read={})) == [CHANGES]


def test_changes_have_a_bound_but_not_in_the_first_run() -> None:
    few = replace(OPEN, changes=Bound(count=5))
    plans = [of(Act.CREATE, 3), of(Act.UPDATE, 3)]
    assert names(stops(plans, few, before=100, read={})) == [CHANGES]
    assert stops(plans, few, before=0, read={}) == ()


def test_conflicts_and_what_is_remembered_change_nothing() -> None:
    none = Guards(deletions=Bound(count=0), changes=Bound(count=0))
    assert stops([of(Act.CONFLICT, 9), of(Act.REMEMBER, 9)], none, before=9, read={}) == ()


@pytest.mark.parametrize(
    ("now", "last", "shrink", "stopped"),
    [
        (0, 100, 1.0, EMPTY),
        (0, 1, 0.9, EMPTY),
        (0, 0, 0.2, None),
        (100, 0, 0.2, None),
        (80, 100, 0.2, None),
        (79, 100, 0.2, SHRINK),
        (120, 100, 0.0, None),
    ],
)
def test_a_source_that_told_less(now: int, last: int, shrink: float, stopped: str | None) -> None:
    found = stops([], replace(OPEN, shrink=shrink), before=100, read={"ad": (now, last)})
    assert names(found) == ([stopped] if stopped else [])


def test_sources_come_first_and_by_name() -> None:
    read = {"z": (0, 9), "a": (5, 9)}
    narrow = Guards(deletions=Bound(count=1), changes=Bound(count=1))
    found = stops([of(Act.RETIRE, 9), of(Act.CREATE, 9, why=Why.NEW)], narrow, before=9, read=read)
    assert names(found) == [SHRINK, EMPTY, DELETIONS, CHANGES]
    assert {*names(found)} == {*ALL}
    assert all(f"--allow {stop.guard}" in stop.words for stop in found)
    assert "source a told 5 people, and 9 the last time: 44% fewer" in found[0].words


def test_with_a_lost_ledger_what_bears_our_stamp_is_what_stood_there() -> None:
    tenth = replace(OPEN, deletions=Bound(share=0.1))
    assert stops([replace(of(Act.RETIRE, 3), kept=30)], tenth, before=0, read={}) == ()
    (stop,) = stops([replace(of(Act.RETIRE, 4), kept=30)], tenth, before=0, read={})
    assert "4 of 30 entries" in stop.words


def test_a_list_that_names_everybody_by_mistake_empties_no_address_book() -> None:
    some = replace(OPEN, deletions=Bound(count=3))
    (stop,) = stops([of(Act.REMOVE, 9, why=Why.MOVED)], some, before=9, read={})
    assert "9 of 9 entries would go" in stop.words
    assert "9 of them because the list of a move says so: `busyline moves apply`" in stop.words
    assert stops([of(Act.REMOVE, 3, why=Why.MOVED)], some, before=9, read={}) == ()
    both = [of(Act.REMOVE, 2, why=Why.MOVED), of(Act.RETIRE, 2)]
    assert names(stops(both, some, before=10, read={})) == [DELETIONS]
    assert "list of a move" not in stops([of(Act.RETIRE, 4)], some, before=10, read={})[0].words


def test_who_moves_as_somebody_agreed_is_no_deletion() -> None:
    none = replace(OPEN, deletions=Bound(count=0))
    assert stops([of(Act.REMOVE, 9, why=Why.MOVED)], none, before=9, read={}, movers_meant=True) == ()
    both = [of(Act.REMOVE, 9, why=Why.MOVED), of(Act.RETIRE, 1)]
    assert names(stops(both, none, before=10, read={}, movers_meant=True)) == [DELETIONS]
