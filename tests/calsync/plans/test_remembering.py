"""Tests of calsync/plans/remembering.py: what the history keeps of what stood there, and what it is never told."""

from dataclasses import replace
from typing import Any

import pytest

from calsync.contents import title
from calsync.rules import Detail, Gives, SpokeRules, Treat
from calsync.spoke import Act
from calsync.steps import Plan, Step
from protocols.model.event import Occurrence, Sensitivity
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, World, event, giver, rules

SECRET = "PLANTED"


def steps(plan: Plan) -> dict[str, Step]:
    """The step of each spoke."""
    return {step.spoke: step for decision in plan.decisions for step in decision.steps}


def hub(gives: Gives | None = None, **more: Any) -> World:
    """A calendar and its copies in two others."""
    here = World(rules(SpokeRules(name="a", gives=gives or Gives(), gets=replace(ALL, **more)), giver("b"), giver("c")))
    here.put("a", event(subject="Lunch", location="Room", body="With Bo"))
    here.quiet()
    return here


def test_what_is_deleted_is_named_though_nobody_read_it_in_this_run() -> None:
    here = hub()
    here.remove("a", here.key("a"))
    told = steps(here.run())
    assert {spoke: (step.act, title(step.before or {})) for spoke, step in told.items()} == {
        "b": (Act.DELETE, "Lunch"),
        "c": (Act.DELETE, "Lunch"),
    }
    assert (told["b"].before or {})["body"] == "With Bo"


def test_what_is_deleted_at_its_origin_is_named_as_well() -> None:
    here = hub()
    here.remove("b", here.key("b"))
    assert title(steps(here.run())["a"].before or {}) == "Lunch"


def test_what_somebody_wrote_where_no_change_counts_is_kept() -> None:
    here = hub(Gives(detail=Detail.SUBJECT))
    here.change("b", here.key("b"), body="My own notes", subject="Mine")
    here.rules = rules(SpokeRules(name="a", gives=Gives(detail=Detail.SUBJECT)), giver("b"), giver("c"))
    before = steps(here.run())["b"].before or {}
    assert (before["body"], before["subject"]) == ("My own notes", "Mine")


@pytest.mark.parametrize(
    ("gives", "one"),
    [
        (Gives(detail=Detail.BUSY), event(subject=SECRET, location=SECRET, body=SECRET)),
        (Gives(detail=Detail.SUBJECT), event(subject="Told", body=SECRET)),
        (Gives(private=Treat.BUSY), event(subject=SECRET, body=SECRET, sensitivity=Sensitivity.PRIVATE)),
        (Gives(private=Treat.BUSY), "series"),
        (Gives(), "series"),
    ],
)
@pytest.mark.parametrize("how", ["moved", "removed there", "removed here", "stricter"])
def test_what_an_origin_holds_back_is_in_no_plan_and_no_ledger(gives: Gives, one: Any, how: str) -> None:
    if one == "series":
        daily = Recurrence(frequency=Frequency.DAILY, count=5)
        start = event().when.start  # type: ignore[union-attr]
        hidden = Occurrence(when=event(12).when, subject=SECRET, body=SECRET, sensitivity=Sensitivity.PRIVATE)
        one = event(rule=daily, exceptions={start: hidden})
    spokes = giver("b"), giver("c")
    here = World(rules(SpokeRules(name="a", gives=gives, gets=replace(ALL, anonymous=True)), *spokes))
    key = here.put("a", one)
    plans = [here.run(), here.run()]
    if how == "moved":
        here.change("b", here.key("b"), when=event(15).when)
        here.touch("a", key)
    elif how == "removed there":
        here.remove("b", here.key("b"))
        here.touch("a", key)
    elif how == "removed here":
        here.remove("a", key)
    else:
        here.rules = rules(SpokeRules(name="a", gives=replace(gives, detail=Detail.BUSY), gets=ALL), *spokes)
        plans.append(here.run(everything=True))
    plans += [here.run(), here.run(), here.run(everything=True)]
    assert SECRET not in repr([[_all(step) for d in plan.decisions for step in d.steps] for plan in plans])
    assert SECRET not in repr([dict(each.fields) for each in here.ledger.values()])
    assert SECRET not in repr([(each.title, each.why) for each in here.asides.values()])
    assert SECRET not in repr([(each.kept, each.lost) for each in here.clashes])


def _all(step: Step) -> tuple[object, ...]:
    return dict(step.fields), dict(step.before or {})


def test_a_stricter_rule_keeps_nothing_of_what_it_holds_back() -> None:
    here = hub()
    stricter = SpokeRules(name="a", gives=Gives(subjects=("Dinner",)), gets=ALL)
    here.rules = rules(stricter, giver("b"), giver("c"))
    told = steps(here.run(everything=True))
    assert {step.act for step in told.values()} == {Act.DELETE}
    assert "Lunch" not in repr([dict(step.before or {}) for step in told.values()])
    assert all("when" in (step.before or {}) for step in told.values())
