"""A report counts what was planned, and says whether anybody has to look."""

from dataclasses import replace

from calsync.engine.outlook import Outlook
from calsync.engine.troubles import Trouble
from calsync.ledger.rows import RunKind
from calsync.reports.report import HubReport, refusal
from calsync.spoke import Act
from calsync.steps import Clash, Decision, Left, Plan, Step, Stop, Why
from service.runs.states import RunState
from tests.contracts.spoke_world import NOW

STEP = Step(act=Act.CREATE, why=Why.NEW, item="i1", spoke="north", fields={"when": "x", "subject": "Secret plans"})
DECISION = Decision(
    item="i1",
    agreed=None,
    steps=[STEP, replace(STEP, spoke="west", act=Act.UPDATE)],
    clashes=[Clash(item="i1", what="subject", winner="north", loser="west", kept="a", lost="b")],
    left=[Left(item="i1", spoke="south", words="may not be changed here")],
)
STOP = Stop(guard="creations", spoke="north", words="600 would be created at north")
OUTLOOK = Outlook(hub="merger", kind=RunKind.SYNC, made_at=NOW, plan=Plan(decisions=[DECISION], stops=[STOP]))
REPORT = HubReport(hub="merger", outlook=OUTLOOK, begun_at=NOW, state=RunState.DONE, run=7)


def test_what_was_planned_is_counted() -> None:
    assert REPORT.planned == {("north", Act.CREATE): 1, ("west", Act.UPDATE): 1}
    assert (len(REPORT.clashes), len(REPORT.left)) == (1, 1)
    assert len(replace(REPORT, again=[DECISION]).steps) == 4


def test_a_guard_stops_unless_it_is_allowed() -> None:
    assert STOP.words in refusal(OUTLOOK)
    assert refusal(OUTLOOK, frozenset({"creations"})) == ""
    assert refusal(replace(OUTLOOK, plan=Plan())) == ""
    assert (list(REPORT.stops), list(replace(REPORT, allowed=frozenset({"creations"})).stops)) == ([STOP], [])


def test_whether_anybody_has_to_look() -> None:
    assert REPORT.well
    assert not replace(REPORT, words="failed").well
    assert not replace(REPORT, state=RunState.STOPPED).well
    assert not replace(REPORT, outlook=replace(OUTLOOK, troubles=(Trouble("north", "is down"),))).well
    assert not replace(REPORT, outlook=replace(OUTLOOK, paused={"west": "looped"})).well
