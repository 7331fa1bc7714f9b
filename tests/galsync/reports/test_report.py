"""Tests of galsync/reports/report.py: what stops a run, and when all is well."""

from dataclasses import replace
from datetime import UTC, datetime

from galsync.engine.outlook import Outlook, Trouble
from galsync.ledger.runs import RunKind
from galsync.plans.guards import Stop
from galsync.reports.report import RunReport, in_words, refusal
from galsync.steps import Act, Plan
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.galsync.machine import a_sync
from tests.galsync.reports.test_difference import CONFLICT
from tests.galsync.scripted import ScriptedSource, ScriptedTarget
from tests.galsync.stock import create, update

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLOOK = Outlook(sync="staff", kind=RunKind.APPLY, made_at=NOW)


def report(outlook: Outlook, allow: frozenset[str] = frozenset()) -> RunReport:
    return RunReport.of(a_sync(ScriptedTarget(), ScriptedSource()), outlook, begun_at=NOW, allow=allow)


def test_nothing_stops_a_plan_without_stops() -> None:
    assert refusal(OUTLOOK) == (RunState.DONE, "")


def test_a_guard_stops_a_run_unless_it_is_allowed() -> None:
    outlook = replace(OUTLOOK, stops=(Stop("deletions", "too many would go"), Stop("changes", "too much changes")))
    assert refusal(outlook) == (RunState.STOPPED, "nothing was written: too many would go; too much changes")
    assert refusal(outlook, frozenset({"deletions"})) == (RunState.STOPPED, "nothing was written: too much changes")
    assert refusal(outlook, frozenset({"deletions", "changes"})) == (RunState.DONE, "")


def test_a_source_that_cannot_be_read_stops_a_run_whatever_is_allowed() -> None:
    outlook = replace(OUTLOOK, unread=(Trouble("hr", Reason.UNREACHABLE, ""), Trouble("sales", Reason.TIMEOUT, "slow")))
    state, words = refusal(outlook, frozenset({"empty", "shrink", "deletions", "changes"}))
    assert state is RunState.FAILED
    assert words.endswith("hr: unreachable; sales: slow")


def test_what_was_overruled_is_told() -> None:
    outlook = replace(OUTLOOK, stops=(Stop("deletions", "too many would go"),))
    told = report(outlook, frozenset({"deletions", "empty"}))
    assert (told.allowed, told.stops, told.words) == (frozenset({"deletions"}), (), "")


def test_the_figures_of_all_places_are_added() -> None:
    plans = (
        Plan(steps=(create("ann"), CONFLICT), equal=3, ignored={"title": 2}),
        Plan(steps=(create("bob"), update("cid")), equal=4, ignored={"title": 1, "phone": 1}),
    )
    told = report(replace(OUTLOOK, plans=plans))
    assert told.planned == {Act.CREATE: 2, Act.CONFLICT: 1, Act.UPDATE: 1}
    assert (told.equal, told.ignored) == (7, {"title": 3, "phone": 1})
    assert [place for place, _ in told.conflicts()] == [""]


def test_a_conflict_or_a_place_left_out_asks_for_the_operator() -> None:
    assert report(OUTLOOK).well
    assert not report(replace(OUTLOOK, plans=(Plan(steps=(CONFLICT,)),))).well
    assert not report(replace(OUTLOOK, skipped=(Trouble("box", Reason.TIMEOUT, ""),))).well
    assert not replace(report(OUTLOOK), words="stopped").well


def test_a_side_that_names_itself_is_not_named_twice() -> None:
    assert in_words(Trouble("hr", Reason.PEER_FAILED, "hr: hr.csv is not there")) == "hr: hr.csv is not there"
    assert in_words(Trouble("hr", Reason.PEER_FAILED, "HTTP 500")) == "hr: HTTP 500"
    assert in_words(Trouble("hr", Reason.TIMEOUT, "")) == f"hr: {Reason.TIMEOUT.value}"
