"""A report is told as lines for people, and as JSON that holds everything."""

import json
from dataclasses import replace

from calsync.agreed import Aside
from calsync.engine.tally import Tally
from calsync.engine.troubles import Trouble
from calsync.ledger.rows import Refusal
from calsync.plans.refusals import NOT_NOW
from calsync.reports.report import UNWRITTEN
from calsync.reports.telling import document, text
from calsync.spoke import Act, Failed, Written
from calsync.steps import Plan
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.calsync.reports.test_report import OUTLOOK, REPORT, STEP


def test_what_is_planned_is_told_with_its_reason() -> None:
    told = text(replace(REPORT, state=None, run=None))
    assert told.startswith("Run of merger: planned, nothing was written\n")
    assert "north: 1 to create" in told
    assert "north: create Secret plans (new at another spoke)" in told


def test_what_was_done_is_counted_and_what_failed_named() -> None:
    tally = Tally()
    tally.count(STEP, Written(None))
    tally.count(STEP, Failed(reason=Reason.FORBIDDEN, words="may not be written"), "Secret plans")
    unread = {"south": {f"key{n}": "a rule that nobody understands" for n in range(25)}}
    outlook = replace(OUTLOOK, plan=Plan(decisions=OUTLOOK.plan.decisions), read={"north": 3}, unread=unread)
    told = text(replace(REPORT, tally=tally, outlook=outlook, state=RunState.FAILED, words="1 step failed"))
    for line in (
        "Run 7 of merger: FAILED",
        "  1 step failed",
        "  north: 3 changes told, our own writes among them",
        "  north: 1 created",
        "    north: Secret plans: may not be written",
        "    subject of Secret plans: that of north stays",
        "    south: Secret plans: may not be changed here",
        "  25 cannot be read:",
        "    … and 5 more (--json has them all)",
    ):
        assert line in told.split("\n"), told


def test_json_has_everything() -> None:
    tally = Tally()
    tally.count(STEP, Written(None))
    told = json.loads(json.dumps(document(replace(REPORT, tally=tally))))
    assert (told["run"], told["state"], told["kind"]) == (7, "done", "sync")
    assert told["written"] == {"north": {Act.CREATE.value: 1}}
    assert told["clashes"] == [{"item": "i1", "field": "subject", "winner": "north", "loser": "west"}]
    assert [each["title"] for each in told["steps"]] == ["Secret plans", "Secret plans"]
    assert told["ended_at"] is None


def test_what_could_not_be_read_is_told_once() -> None:
    outlook = replace(OUTLOOK, troubles=(Trouble("west", "HTTP 500"),), stays=(Trouble("old", "2 copies"),))
    planned = text(replace(REPORT, outlook=outlook, state=None, run=None))
    assert planned.startswith("Run of merger: planned, nothing was written, without west\n")
    assert "  1 could not be read:\n    west: HTTP 500\n  1 cannot be taken back:\n    old: 2 copies\n" in planned
    done = text(replace(REPORT, outlook=outlook, state=RunState.FAILED, words="west: HTTP 500; old: 2 copies"))
    assert (done.count("HTTP 500"), done.count("2 copies")) == (1, 1)
    stopped = text(replace(REPORT, state=None, run=None, words=f"{UNWRITTEN}too much"))
    assert stopped.lower().count("nothing was written") == 1


def test_what_is_not_taken_is_told_by_its_keys_where_they_are_few() -> None:
    asides = [Aside(spoke="west", key=f"k{n}", version="1", why="private items are not given") for n in range(5)]
    asides.append(Aside(spoke="west", key="odd", version="1", why="it is ours"))
    outlook = replace(OUTLOOK, plan=Plan(asides=asides))
    told = text(replace(REPORT, outlook=outlook))
    assert "  6 not taken:\n    west: 1 item: it is ours (odd)\n    west: 5 items: private items are not" in told
    [ours, private] = document(replace(REPORT, outlook=outlook))["not_taken"]
    assert (ours["keys"], private["count"], private["keys"][:2]) == (["odd"], 5, ["k0", "k1"])


def test_what_waits_since_before_is_told_by_its_number() -> None:
    report = replace(REPORT, outlook=replace(OUTLOOK, plan=Plan(), held_up={"west": 200, "north": 1}))
    told = text(report)
    assert f"  201 not done:\n    west: 200 items: {NOT_NOW}\n    north: 1 item: {NOT_NOW}\n" in told
    assert document(report)["held_up"] == {"west": 200, "north": 1}
    assert (report.left, report.not_done) == ([], 201)


def test_what_was_refused_before_is_told_by_its_title() -> None:
    refused = [Refusal(item="i9", spoke="west", words="the spoke refuses it: too large", title="Board meeting")]
    told = text(replace(REPORT, outlook=replace(OUTLOOK, plan=Plan(), refused=refused)))
    assert "  1 not done:\n    west: Board meeting: the spoke refuses it: too large\n" in told
