"""Tests of galsync/reports/difference.py: a plan that can be read."""

from dataclasses import replace

from galsync.reports.difference import SIGNS, difference
from galsync.steps import Act, Plan, Remedy, Step, Why
from tests.galsync.stock import create, entry, remove, retire, update

CONFLICT = Step(
    act=Act.CONFLICT,
    anchor="hr:eve",
    why=Why.CLASH,
    entry=entry("eve"),
    against=("cn=eve",),
    remedy=Remedy.REUSE,
    note="a mail contact",
)


def lines(*plans: Plan, most: int | None = None) -> list[str]:
    return [str(line) for line in difference(plans, most=most)]


def test_every_act_has_its_sign() -> None:
    assert set(SIGNS) == set(Act)
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_a_plan_as_a_difference() -> None:
    plan = Plan(steps=(create("ann"), update("bob"), retire("cid"), remove("dan"), CONFLICT))
    assert lines(plan) == [
        "+ create ann@a.example (Ann): the source has somebody new",
        "~ update bob@a.example (Bob): the source says otherwise than the target",
        "      title: (nothing) -> Lead",
        "- retire cid@a.example (Cid): the source does not have them any more",
        "x remove dan@a.example (Dan): retired, and the grace period is over",
        "! conflict eve@a.example (Eve): an object that is not ours has one of the addresses",
        "      in the way: cn=eve",
        "      proposed: reuse",
        "      a mail contact",
    ]


def test_places_have_headings_and_those_without_steps_none() -> None:
    plans = (Plan(place="box1@b.example", steps=(create("ann"),)), Plan(place="box2@b.example"))
    assert lines(*plans)[0] == "# box1@b.example"
    assert len(lines(*plans)) == 2


def test_after_so_many_steps_the_rest_is_counted() -> None:
    plans = [Plan(place=f"box{n}@b.example", steps=(create("ann"), create("bob"))) for n in range(3)]
    assert lines(*plans, most=1) == [
        "# box0@b.example",
        "+ create ann@a.example (Ann): the source has somebody new",
        "# and 5 more steps",
    ]


def test_nobodys_name_moves_the_cursor() -> None:
    evil = "Ann\x1b[2J\nBob"
    step = create("ann")
    assert step.entry is not None
    named = replace(step, entry=replace(step.entry, texts=dict.fromkeys(step.entry.texts, evil)))
    assert all(line.isprintable() for line in lines(Plan(steps=(named,))))


def test_what_serves_without_a_step_is_told() -> None:
    plan = Plan(reused=("ann@a.example",))
    assert lines(plan) == ["= reuse ann@a.example: their own old object stands there since they moved"]
    assert lines(plan, most=0) == []
