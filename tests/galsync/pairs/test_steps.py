"""Tests of galsync/pairs/steps.py."""

from dataclasses import replace

from galsync.engine.outlook import Outlook, Trouble
from galsync.ledger.runs import RunKind
from galsync.pairs.pieces import Part
from galsync.pairs.steps import PairPlan, PairStep, SyncStep
from galsync.reports.report import RunReport
from galsync.side import Visible
from galsync.steps import Plan
from protocols.model.freebusy import Reason
from tests.galsync.pairs.world import NOW
from tests.galsync.stock import create

STEP = PairStep(part=Part.SHARING, key="k", title="t", why="w", was="secret-state", shall="b")
OUTLOOK = Outlook(sync="s", kind=RunKind.APPLY, made_at=NOW, plans=(Plan(steps=(create("ann"),)),))
REPORT = RunReport(sync="s", target="t", outlook=OUTLOOK, visible=Visible.SOON, begun_at=NOW)
SYNC = SyncStep(part=Part.CONTACTS, name="s", report=REPORT)


def test_what_a_plan_counts() -> None:
    plan = PairPlan(pair="p", made_at=NOW, steps=(STEP,), syncs=(SYNC,))
    assert (plan.writes, plan.idle) == (2, False)
    assert replace(plan, steps=(), syncs=()).idle
    assert "secret-state" not in repr(plan)


def test_why_a_sync_would_do_nothing() -> None:
    assert SYNC.stopped == ""
    assert replace(SYNC, report=replace(REPORT, words="no export")).stopped == "no export"
    skipped = replace(OUTLOOK, skipped=(Trouble("x", Reason.TIMEOUT, "no answer"),))
    assert replace(SYNC, report=replace(REPORT, outlook=skipped)).stopped == "x cannot be read: no answer"
