"""Tests of galsync/plans/narrowing.py."""

from galsync.plans.narrowing import narrowed
from galsync.steps import Plan
from tests.galsync.stock import create, remove


def test_the_steps_of_some_stay_in_their_order() -> None:
    steps = (remove("ann"), create("bob"), create("cy"))
    plan = Plan(steps=steps, forget=("hr:bob", "hr:dan"), reused=("Ann@a.example", "dan@a.example"), equal=3)
    found = narrowed(plan, {"hr:ann", "hr:bob"}, {"ann@a.example"})
    assert found.steps == steps[:2]
    assert (found.forget, found.reused, found.equal) == (("hr:bob",), ("Ann@a.example",), 3)
