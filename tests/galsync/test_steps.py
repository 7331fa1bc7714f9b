"""Tests of galsync/steps.py: what of a plan touches the target."""

from galsync.steps import Act, Plan, Step, Why


def test_conflicts_and_what_is_only_remembered_write_nothing() -> None:
    plan = Plan(steps=tuple(Step(act=act, anchor=act.value, why=Why.NEW) for act in Act))
    assert {step.act for step in plan.writes} == {Act.CREATE, Act.UPDATE, Act.RETIRE, Act.REMOVE}
    assert plan.counts == dict.fromkeys(Act, 1)
