"""Tests of console/pair/showing.py: a plan and its end, for people and for programs."""

import json
from dataclasses import replace

import pytest

from console.pair.showing import NOTHING, NOTHING_BACK, show, show_carried, show_json
from galsync.pairs.carrying import Carried, Outcome
from galsync.pairs.pieces import Part
from galsync.pairs.record import State
from galsync.pairs.steps import PairPlan
from galsync.steps import Change
from tests.galsync.pairs.test_steps import REPORT, STEP, SYNC
from tests.galsync.pairs.world import NOW

PLAN = PairPlan(
    pair="merger",
    made_at=NOW,
    syncs=(SYNC,),
    steps=(replace(STEP, changes=(Change("x", "", "on"),), notes=("look\nout",)),),
    notes=("no proxy",),
    licences={"SPE_E3": (2, 5)},
)


def test_a_plan_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    show(PLAN)
    told = capsys.readouterr().out
    assert told.splitlines() == [
        "contacts: s -> t: 1 create",
        "  + create ann@a.example (Ann): the source has somebody new",
        "1. ~ sharing: t",
        "      why: w",
        "      x: (nothing) -> on",
        "      look",
        "      out",
        "licences of SPE_E3: 2 wanted, 5 free",
        "note: no proxy",
    ]


def test_the_way_back_comes_the_other_way_round(capsys: pytest.CaptureFixture[str]) -> None:
    show(replace(PLAN, back=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines.index("1. ~ sharing: t") < lines.index("contacts: s -> t: 1 create")


def test_a_plan_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    show(replace(PLAN, refusals=("too few",)))
    assert "refused: too few\nnothing of this plan is done while that is so\n" in capsys.readouterr().out


def test_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    empty = PairPlan(pair="merger", made_at=NOW)
    show(empty)
    show(replace(empty, back=True))
    assert capsys.readouterr().out == f"{NOTHING}\n{NOTHING_BACK}\n"


def test_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        Outcome(title="a", part=Part.SHARING, state=State.DONE),
        Outcome(title="b", part=Part.SHARING, state=State.FAILED, words="HTTP 403"),
    ]
    show_carried(Carried(outcomes=outcomes, stopped="stopped as asked"))
    assert capsys.readouterr().out == "done  a\nFAILED  b: HTTP 403\nstopped as asked\n"


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(title="a", part=Part.SHARING, state=State.HANDED)
    show_json(PLAN, Carried(syncs=[REPORT], outcomes=[outcome]))
    told = json.loads(capsys.readouterr().out)
    assert (told["pair"], told["writes"], told["licences"]) == ("merger", 2, {"SPE_E3": {"wanted": 2, "free": 5}})
    assert told["steps"][0]["changes"] == [{"field": "x", "before": "", "after": "on"}]
    assert told["outcomes"] == [{"title": "a", "part": "sharing", "state": "handed", "words": ""}]
    assert told["runs"][0]["sync"] == "s"
    assert "secret-state" not in json.dumps(told)
