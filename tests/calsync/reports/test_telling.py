"""A report is told as lines for people, and as JSON that holds everything."""

import json
from dataclasses import replace

from calsync.engine.tally import Tally
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
    told = text(replace(REPORT, tally=tally, outlook=outlook, state=RunState.FAILED, words="1 steps failed"))
    for line in (
        "Run 7 of merger: FAILED",
        "  1 steps failed",
        "  north: 3 told",
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
