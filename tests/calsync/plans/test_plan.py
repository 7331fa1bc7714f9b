"""Tests of calsync/plans/plan.py: the whole plan of a hub, in order, and at rest when it was carried out."""

from dataclasses import replace
from datetime import timedelta

from calsync.plans.staying import STAYS
from calsync.rules import Bound, Gets, Treat
from calsync.steps import Plan
from protocols.model.event import Sensitivity
from tests.calsync.plans.model import World, event, giver, rules, target


def hub() -> World:
    return World(rules(giver("a"), giver("b"), creations=Bound(count=2, share=0.0)))


def test_an_empty_hub_has_an_empty_plan() -> None:
    assert hub().planned(everything=True) == Plan()


def test_decisions_come_in_the_order_of_their_items() -> None:
    here = hub()
    for hour in range(8, 18):
        here.put("a", event(hour))
    ids = [decision.item for decision in here.planned().decisions]
    assert len(ids) == 10
    assert ids == sorted(ids)
    assert here.planned() == here.planned()


def test_its_guards_are_told_with_it() -> None:
    here = hub()
    for hour in (8, 9, 10):
        here.put("a", event(hour))
    assert [(stop.guard, stop.spoke) for stop in here.planned().stops] == [("creations", "b")]


def test_after_its_steps_were_done_it_is_empty() -> None:
    here = hub()
    here.put("a", event())
    here.run()
    assert here.planned(everything=True).decisions == ()


def test_a_run_that_saw_nothing_does_what_is_left_of_the_last_one() -> None:
    here = hub()
    here.put("a", event())
    here.run(fails=lambda step: True)
    assert all(agreed.pending for agreed in here.ledger.values())
    here.run()
    assert here.stands("a") == here.stands("b")
    assert not any(agreed.pending for agreed in here.ledger.values())


def test_a_busy_shadow_stays_as_it_is() -> None:
    here = World(rules(giver("a", Gets()), target("t", subject="Taken")))
    here.put("a", event())
    here.run()
    here.change("t", here.key("t"), subject="Mine")
    here.put("t", event(15, "Somebody else's"))
    here.run()
    assert sorted(each["subject"] for each in here.stands("t")) == ["Somebody else's", "Taken"]
    assert len(here.shelves["a"]) == 1


def test_an_aside_is_told_again_only_when_it_is_another() -> None:
    here = World(rules(giver("a", ahead=timedelta(hours=1)), giver("b")))
    key = here.put("a", event())
    (aside,) = here.run().asides
    assert aside.due == event().when.start - timedelta(hours=1)  # type: ignore[union-attr]
    assert here.planned(whole=True).asides == ()
    here.touch("a", key)
    assert here.planned().asides == (replace(aside, version=here.shelves["a"][key].version),)


def test_what_the_ledger_knows_already_is_not_decided_anew() -> None:
    here = hub()
    here.put("a", event())
    here.quiet()
    assert here.planned(whole=True) == Plan()


def test_what_would_not_be_given_any_more_by_what_was_made_of_a_copy_is_not_carried() -> None:
    here = World(rules(giver("a", private=Treat.SKIP), giver("b")))
    here.put("a", event())
    here.quiet()
    here.change("b", here.key("b"), sensitivity=Sensitivity.PRIVATE)
    (decision,) = here.run().decisions
    assert (list(decision.steps), [left.words for left in decision.left]) == ([], [STAYS])
    here.quiet()
    assert (here.only("a").sensitivity, here.only("b").sensitivity) == (Sensitivity.NORMAL, Sensitivity.PRIVATE)
