"""Tests of galsync/reports/telling.py: the report for people, for their mailbox and for programs."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from galsync.engine.outlook import Outlook, SourceRead, Trouble
from galsync.engine.tally import Failure, Tally
from galsync.entries import Form
from galsync.ledger.runs import RunKind, Token
from galsync.plans.guards import Stop
from galsync.reports.report import RunReport
from galsync.reports.telling import document, email, text
from galsync.side import Visible
from galsync.steps import Act, Left, Plan
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.reports.test_difference import CONFLICT
from tests.galsync.stock import create, person, retire, update

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLOOK = Outlook(
    sync="staff",
    kind=RunKind.APPLY,
    made_at=NOW,
    sources=(SourceRead(name="hr", people=4, whole=True, token=Token(text="secret", read_at=NOW, people=4)),),
    left={Left.NO_ADDRESS: 7, Left.OURS: 0, Left.DISABLED: 1},
    named=(("Fax 3", Left.NO_ADDRESS), ("zoe@a.example", Left.DISABLED)),
    cut={"title": 1},
    doubles=2,
    plans=(Plan(steps=(create("ann"), update("bob"), CONFLICT), equal=9, ignored={"phone": 2}),),
    skipped=(Trouble("box@b.example", Reason.NO_SUCH_MAILBOX, "the mailbox is gone"),),
)
FAILURE = Failure(place="", act=Act.UPDATE, anchor="hr:bob", who="bob@a.example", words="no right", doubt=True)
REPORT = RunReport(
    sync="staff",
    target="contoso",
    outlook=OUTLOOK,
    visible=Visible.ADDRESS_BOOK,
    begun_at=NOW,
    ended_at=NOW,
    run=12,
    state=RunState.FAILED,
    words="1 steps failed: what they say is in the report; the next run tries again",
    tally=Tally(written=Counter({Act.CREATE: 1}), failed=1, doubt=1, failures=[FAILURE]),
)
AS_TEXT = """\
Run 12 of staff into contoso: FAILED
  1 steps failed: what they say is in the report; the next run tries again
Read:
  hr: 4 people (everybody)
Without an entry:
  7: has no mail address (Fax 3, …)
  1: is disabled (zoe@a.example)
  1: title was longer than the target takes, and is cut
  2: an alias was dropped, since somebody else has it
Planned:
  1 to create
  1 to update
  1 conflict
  9 as they should be
Written:
  1 created
  1 failed, 1 of them in doubt
  Written is not yet visible: people see it in 8 to 24 hours, when Outlook has fetched the offline address book
Failed:
  update bob@a.example: no right (in doubt)
Places left out:
  box@b.example: the mailbox is gone
Conflicts, for you to decide:
  eve@a.example: an object that is not ours has one of the addresses (in the way: cn=eve); proposed: reuse
Left as somebody typed it:
  phone: 2
"""
KEYS = [
    "sync",
    "target",
    "kind",
    "run",
    "state",
    "words",
    "begun_at",
    "ended_at",
    "whole",
    "sources",
    "left",
    "left_named",
    "cut",
    "photos_too_large",
    "doubled_aliases",
    "absent",
    "unsure",
    "equal",
    "planned",
    "guests",
    "written",
    "handed",
    "remembered",
    "failed",
    "in_doubt",
    "untried",
    "failures",
    "given_up",
    "conflicts",
    "ignored",
    "stops",
    "allowed",
    "unread",
    "skipped",
    "visible",
    "script",
]


def test_as_text() -> None:
    assert text(REPORT) == AS_TEXT


def test_what_was_stopped_or_could_not_be_read_is_told() -> None:
    outlook = replace(
        OUTLOOK, unread=(Trouble("hr", Reason.TIMEOUT, "slow"),), stops=(Stop("empty", "hr told nobody"),)
    )
    told = replace(REPORT, outlook=outlook, words="", allowed=frozenset({"empty"}), run=None, state=None)
    assert "Could not be read:\n  hr: slow\n" in text(told)
    assert "Guards overruled:\n  empty\n" in text(told)
    assert text(told).startswith("Run of staff into contoso: planned, nothing was written\n")


def test_a_source_without_changes_is_no_fault() -> None:
    source = replace(OUTLOOK.sources[0], people=0, whole=False)
    told = text(replace(REPORT, outlook=replace(OUTLOOK, sources=(source,))))
    assert "Read:\n  hr: nothing has changed there since the last run (the target was not looked at)\n" in told
    gone = text(replace(REPORT, outlook=replace(OUTLOOK, sources=(replace(source, gone=2),))))
    assert "Read:\n  hr: 0 people, 2 gone (changes alone)\n" in gone


def test_the_script_that_has_to_be_run_is_named() -> None:
    told = replace(REPORT, visible=Visible.WHEN_RUN, script="/there/x.ps1")
    assert "people see it when the script has been run: /there/x.ps1\n" in text(told)
    assert (document(told)["script"], document(REPORT)["script"]) == ("/there/x.ps1", None)


def test_a_guest_is_told_to_be_a_principal() -> None:
    ann, bob = create("ann"), create("bob")
    assert ann.entry is not None
    guest = replace(ann, entry=replace(ann.entry, form=Form.GUEST))
    told = replace(REPORT, outlook=replace(OUTLOOK, plans=(Plan(steps=(guest, bob)),)))
    words = "  1 of them guests: accounts of this organisation that can be given access to what is in it\n"
    assert f"  2 to create\n{words}" in text(told)
    assert document(told)["guests"] == 1
    assert "guests" not in text(REPORT)


def test_a_long_list_is_cut_with_its_number() -> None:
    tally = Tally(failed=30, failures=[FAILURE] * 30)
    assert text(replace(REPORT, tally=tally)).count("update bob@a.example") == 20
    assert "  and 10 more\n" in text(replace(REPORT, tally=tally))


def test_what_was_handed_over_and_what_was_given_up() -> None:
    tally = Tally(handed=Counter({Act.CREATE: 3}), given_up=["", "box@b.example"], untried=5, remembered=1)
    told = text(replace(REPORT, tally=tally, visible=Visible.WHEN_RUN))
    assert "3 to be created by the script that was made" in told
    assert "contoso: given up after too many failures" in told
    assert "box@b.example: given up after too many failures" in told
    assert "5 not tried" in told
    assert "when the script has been run" in told


def test_as_an_email() -> None:
    subject, body = email(REPORT)
    assert subject == "Busyline staff: FAILED (1 created, 1 failed)"
    assert body.startswith(AS_TEXT)
    assert "\n~ update bob@a.example (Bob)" in body


async def test_an_email_of_a_run_that_had_nothing_to_do(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it:
        await it.engine().apply()
        subject, body = email(await it.engine().apply())
        assert subject == "Busyline staff: all is well (nothing to do)"
        assert "1 as they should be" not in body, "by changes nobody looks at the others"


def test_the_subject_stays_one_line() -> None:
    subject, _ = email(replace(REPORT, sync="a\r\nBcc: all@a.example"))
    assert subject.isprintable()


def test_as_a_document_with_keys_that_stay() -> None:
    told = document(REPORT)
    assert list(told) == KEYS
    assert orjson.loads(orjson.dumps(told)) == told
    assert (told["begun_at"], told["state"], told["run"]) == ("2026-03-02T12:00:00Z", "failed", 12)
    assert told["left"] == {"no_address": 7, "disabled": 1}
    assert told["written"] == {"create": 1, "update": 0, "retire": 0, "remove": 0, "remember": 0, "conflict": 0}
    assert told["conflicts"][0]["proposed"] == "reuse"
    assert told["failures"][0]["in_doubt"] is True
    assert told["skipped"] == [{"where": "box@b.example", "reason": "no-such-mailbox", "words": "the mailbox is gone"}]


def test_no_token_is_told() -> None:
    assert "secret" not in text(REPORT) + str(document(REPORT)) + repr(REPORT)


def test_what_people_see_at_once_is_not_called_invisible() -> None:
    told = text(replace(REPORT, visible=Visible.AT_ONCE))
    assert "  people see it at once" in told.splitlines()
    assert "not yet visible" not in told


def test_who_is_missing_in_the_target_is_named_with_whoever_is_without_them() -> None:
    plan = replace(OUTLOOK.plans[0], absent={"sales@b.example": tuple(f"p{number}@b.example" for number in range(7))})
    tally = replace(REPORT.tally, missing={"ann@b.example": ("boss@b.example",)})
    told = replace(REPORT, outlook=replace(OUTLOOK, plans=(plan,)), tally=tally)
    assert "  ann@b.example: boss@b.example\n" in text(told)
    assert "  sales@b.example: p0@b.example, " in text(told)
    assert "p4@b.example and 2 more\n" in text(told)
    assert document(told)["absent"][0] == {"who": "ann@b.example", "without": ["boss@b.example"]}


def test_photos_that_are_too_large_are_left_out_and_named() -> None:
    outlook = replace(OUTLOOK, cut={"photo": 2, "title": 1}, large=("ann@b.example", "bob@b.example"))
    told = replace(REPORT, outlook=outlook)
    assert "  2: the photo is larger than the target takes, and is left out (ann@b.example, bob@b.example)\n" in text(
        told
    )
    assert "  1: title was longer than the target takes, and is cut\n" in text(told)
    assert document(told)["photos_too_large"] == ["ann@b.example", "bob@b.example"]


def test_of_a_target_that_hides_nothing_it_is_not_said_that_it_does() -> None:
    retiring = replace(REPORT, outlook=replace(REPORT.outlook, plans=(Plan(steps=(retire("ann"),)),)))
    assert "1 to retire (hidden, removed" in text(retiring)
    assert "1 to retire (nothing can be hidden there: seen until" in text(replace(retiring, hides=False))


def test_who_could_not_be_read_is_named_and_left_as_they_are() -> None:
    plans = [Plan(place=place, unsure=("bob@a.example",)) for place in ("one@b.example", "two@b.example")]
    told = replace(REPORT, outlook=replace(OUTLOOK, plans=tuple(plans)))
    assert "person could not be read now:\n  bob@a.example\n" in text(told)
    assert document(told)["unsure"] == ["bob@a.example"]
