"""Each step to a recipient as a conversation: which cmdlets are called, in which order, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.admin_cmdlets_held import held_of, mark
from galsync.sides.admin_cmdlets_writing import Writing
from galsync.steps import Act, Change, Step, Why
from protocols.errors import PeerError
from protocols.graph.admin_recipients import CUSTOM, recipient
from protocols.graph.cmdlets import Endpoint
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
OURS = Stamp("fabrikam", "ad:ann")
ENTRY = Entry(
    anchor="ad:ann", form=Form.MAIL_CONTACT, address=Mailbox.parse("ann@b.example"), texts={Field.TITLE: "Lead"}
)
CREATE = Step(act=Act.CREATE, anchor="ad:ann", why=Why.NEW, entry=ENTRY)
NONE, DONE = json({"value": []}), HttpResponse(204)
MADE = json({"value": [{"Guid": "1"}]})
GONE = json({"error": {"details": [{"message": "Ex1|ManagementObjectNotFoundException|gone"}]}}, 404)
TAKEN = json({"error": {"details": [{"message": "Ex1|Some.ProxyAddressExistsException|Ann has it"}]}}, 400)
BUSY = json({"error": {}}, 429, Retry_After="7")
BROKEN = json({"error": {}}, 500)


def _row(**told: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(CUSTOM, "") | {"CustomAttribute15": OURS.text, "DisplayName": "Ann"}
    row |= {"Guid": "1", "RecipientTypeDetails": "MailContact", "EmailAddresses": ["SMTP:ann@b.example"], "Name": "x"}
    return row | {"PrimarySmtpAddress": "ann@b.example", "ExternalEmailAddress": "SMTP:ann@b.example", **told}


def _rows(*rows: dict[str, Any]) -> HttpResponse:
    return json({"value": list(rows)})


ROW = _rows(_row())
HELD: Held = held_of(recipient(_row()), "CustomAttribute15")
VERSION = HELD.version


def _update(*names: str, held: Held = HELD, entry: Entry = ENTRY) -> Step:
    changes = tuple(Change(name, "before", "after") for name in names)
    return Step(act=Act.UPDATE, anchor="ad:ann", why=Why.CHANGED, entry=entry, held=held, changes=changes)


REMOVE = Step(act=Act.REMOVE, anchor="ad:ann", why=Why.GRACE_OVER, held=HELD)
RETIRE = Step(act=Act.RETIRE, anchor="ad:ann", why=Why.GONE, held=HELD)


def _write(step: Step, *answers: HttpResponse | Exception) -> tuple[Outcome, list[tuple[str, dict[str, Any]]]]:
    peer = Peer(*answers)

    async def sleep(seconds: float) -> None:
        raise AssertionError("nothing is waited for")

    writing = Writing(
        send=peer,
        again=lambda: peer,
        endpoint=Endpoint(api_url="https://x.example", tenant="contoso.example"),
        sync="fabrikam",
        clock=lambda: NOW,
        sleep=sleep,
        stamp_attribute="CustomAttribute15",
        sign_in_domain="",
        password=str,
        block=None,
    )
    outcome = run(writing.done(step))
    assert peer.answers == []
    asked = [orjson.loads(request.body)["CmdletInput"] for request in peer.requests]
    return outcome, [(each["CmdletName"], each["Parameters"]) for each in asked]


def test_a_contact_bears_its_stamp_as_a_name_until_it_bears_it_rightly() -> None:
    outcome, asked = _write(CREATE, NONE, MADE, DONE, DONE, ROW)
    assert outcome == Written("1", VERSION)
    assert [name for name, _ in asked] == [
        "Get-Recipient",
        "New-MailContact",
        "Set-MailContact",
        "Set-Contact",
        "Get-MailContact",
    ]
    assert asked[1][1]["DisplayName"] == OURS.text
    assert asked[1][1]["Name"].endswith(mark(OURS.text))
    assert asked[2][1] == {
        "Identity": "1",
        "CustomAttribute15": OURS.text,
        "HiddenFromAddressListsEnabled": False,
        "DisplayName": "ann",
    }
    assert asked[3][1] == {"Identity": "1", "Title": "Lead"}


@pytest.mark.parametrize(
    ("answers", "reason", "doubt"),
    [
        ((BROKEN,), Reason.PEER_FAILED, False),
        ((BUSY,), Reason.THROTTLED, False),
        ((NONE, TAKEN), Reason.FORBIDDEN, False),
        ((NONE, BROKEN), Reason.PEER_FAILED, True),
        ((NONE, PeerError(Reason.TIMEOUT)), Reason.TIMEOUT, True),
        ((NONE, NONE), Reason.GARBLED, True),
        ((NONE, MADE, BROKEN), Reason.PEER_FAILED, True),
        ((NONE, MADE, DONE, BUSY), Reason.THROTTLED, False),
    ],
)
def test_a_creation_that_fails(answers: tuple[HttpResponse | Exception, ...], reason: Reason, doubt: bool) -> None:
    outcome, _ = _write(CREATE, *answers)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (reason, doubt)
    assert outcome.retry_after == (timedelta(seconds=7) if reason is Reason.THROTTLED else None)


def test_what_was_written_stays_written_where_it_cannot_be_read_back() -> None:
    assert _write(CREATE, NONE, MADE, DONE, DONE, BROKEN)[0] == Written("1")


def test_an_update_writes_what_changed_and_nothing_else() -> None:
    outcome, asked = _write(_update("title"), ROW, DONE, ROW)
    assert outcome == Written("1", VERSION)
    assert asked[1] == ("Set-Contact", {"Identity": "1", "Title": "Lead"})


def test_a_display_name_is_never_emptied_and_others_are() -> None:
    _, asked = _write(_update("display_name", "company", "extra_2"), ROW, DONE, DONE, ROW)
    assert asked[1:3] == [
        ("Set-MailContact", {"Identity": "1", "CustomAttribute2": None}),
        ("Set-Contact", {"Identity": "1", "Company": None}),
    ]


@pytest.mark.parametrize("step", [_update("title"), RETIRE])
def test_another_version_is_left_alone(step: Step) -> None:
    outcome, asked = _write(step, _rows(_row(WhenChangedUTC="2026-11-23T08:00:00Z")))
    assert isinstance(outcome, Failed)
    assert "meanwhile" in outcome.words
    assert len(asked) == 1


def test_an_address_moves_as_exchange_lets_it() -> None:
    entry = replace(ENTRY, address=Mailbox.parse("anne@b.example"))
    forwarded = _row(ExternalEmailAddress="SMTP:anne@b.example")
    named = {**forwarded, "PrimarySmtpAddress": "anne@b.example"}
    named["EmailAddresses"] = ["SMTP:anne@b.example", "smtp:ann@b.example"]
    answers = (ROW, NONE, DONE, _rows(forwarded), DONE, _rows(named), DONE, ROW)
    outcome, asked = _write(_update("address", entry=entry), *answers)
    assert isinstance(outcome, Written)
    assert [parameters for name, parameters in asked if name == "Set-MailContact"] == [
        {"Identity": "1", "ExternalEmailAddress": "anne@b.example"},
        {"Identity": "1", "WindowsEmailAddress": "anne@b.example"},
        {
            "Identity": "1",
            "EmailAddresses": {"@odata.type": "#Exchange.GenericHashTable", "remove": ["smtp:ann@b.example"]},
        },
    ]


def test_an_address_that_exchange_moved_by_itself_needs_no_more() -> None:
    entry = replace(ENTRY, address=Mailbox.parse("anne@b.example"))
    moved = _row(
        ExternalEmailAddress="anne@b.example",
        PrimarySmtpAddress="anne@b.example",
        EmailAddresses=["SMTP:anne@b.example"],
    )
    outcome, asked = _write(_update("address", entry=entry), ROW, NONE, DONE, _rows(moved), _rows(moved))
    assert isinstance(outcome, Written)
    assert len(asked) == 5


def test_an_alias_that_is_gone_or_there_already_is_not_written() -> None:
    entry = replace(ENTRY, aliases=("a@b.example", "b@b.example"))
    known = Agreement(anchor="ad:ann", key="1", address="ann@b.example", aliases=("b@b.example", "gone@b.example"))
    there = _row(EmailAddresses=["SMTP:ann@b.example", "smtp:b@b.example"])
    held = held_of(recipient(there), "CustomAttribute15")
    step = replace(_update("aliases", entry=entry, held=held), known=known)
    _, asked = _write(step, _rows(there), DONE, ROW)
    assert asked[1][1]["EmailAddresses"] == {"@odata.type": "#Exchange.GenericHashTable", "add": ["smtp:a@b.example"]}


def test_retired_is_hidden_and_nothing_else() -> None:
    _, asked = _write(RETIRE, ROW, DONE, ROW)
    assert asked[1] == ("Set-MailContact", {"Identity": "1", "HiddenFromAddressListsEnabled": True})


@pytest.mark.parametrize(
    ("answers", "done"),
    [
        ((ROW, DONE), True),
        ((ROW, GONE), True),
        ((GONE, GONE), True),
        ((GONE, _rows({"Guid": "1"})), False),
        ((GONE, BROKEN), False),
        ((BROKEN,), False),
        ((ROW, BROKEN), False),
        ((_rows(_row(CustomAttribute15="busyline:fabrikam/ad:other")),), False),
        ((_rows(_row(CustomAttribute15="busyline:other/ad:ann")),), False),
        ((_rows(_row(CustomAttribute15="")),), False),
        ((_rows(_row(RecipientTypeDetails="GuestMailUser")),), False),
        ((_rows(_row(IsDirSynced=True)),), False),
    ],
)
def test_what_is_removed_is_ours_or_gone(answers: tuple[HttpResponse, ...], done: bool) -> None:
    outcome, asked = _write(REMOVE, *answers)
    assert (outcome == Written()) is done
    if len(asked) == 2 and asked[1][0] == "Remove-MailContact":
        assert asked[1][1] == {"Identity": "1", "Confirm": False}


def test_what_is_half_made_is_stamped_by_an_update() -> None:
    half = _row(CustomAttribute15="", DisplayName=OURS.text, Name=f"ann {mark(OURS.text)}")
    held = held_of(recipient(half), "CustomAttribute15")
    _, asked = _write(_update("title", held=held), _rows(half), DONE, DONE, ROW)
    assert asked[1] == ("Set-MailContact", {"Identity": "1", "CustomAttribute15": OURS.text, "DisplayName": "ann"})


def test_no_name_of_anybody_is_in_the_words() -> None:
    outcome, _ = _write(CREATE, NONE, TAKEN)
    assert isinstance(outcome, Failed)
    assert "Ann has it" not in outcome.words
    assert "ProxyAddressExistsException" in outcome.words
