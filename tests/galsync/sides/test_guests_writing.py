"""Each step to a guest as a conversation: what is asked, in which order, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.guests_writing import Guests
from galsync.steps import Act, Change, Step, Why
from protocols.errors import PeerError
from protocols.graph.accounts import STAMP
from protocols.graph.people import EXTENSIONS
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
OURS = Stamp("fabrikam", "ad:ann")
ENTRY = Entry(
    anchor="ad:ann", form=Form.GUEST, address=Mailbox.parse("ann@b.example"), texts={Field.DISPLAY_NAME: "Ann"}
)
CREATE = Step(act=Act.CREATE, anchor="ad:ann", why=Why.NEW, entry=ENTRY)
NONE, DONE, GONE = json({"value": []}), HttpResponse(204), json({"error": {"code": "x"}}, 404)
INVITED = json({"invitedUser": {"id": "1"}}, 201)


def _guest(name: str = "Ann", stamp: str = OURS.text, **more: Any) -> HttpResponse:
    entry = {"id": "1", "userType": "Guest", "mail": "ann@b.example", "displayName": name}
    return json({**entry, EXTENSIONS: {"extensionAttribute15": stamp}, **more})


def _write(step: Step, *answers: HttpResponse | Exception) -> tuple[Outcome, Peer, list[float]]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    peer = Peer(*answers)
    guests = Guests(
        send=peer,
        sync="fabrikam",
        api_url="https://graph.microsoft.com",
        clock=lambda: NOW,
        sleep=sleep,
        stamp_at=STAMP,
        redirect="https://b.example",
    )
    return run(guests.write(step)), peer, waits


def test_a_creation_looks_invites_looks_and_writes() -> None:
    half = _guest(OURS.text, "")
    outcome, peer, _ = _write(CREATE, NONE, NONE, NONE, INVITED, half, DONE, _guest())
    assert isinstance(outcome, Written)
    assert (outcome.key, len(outcome.version)) == ("1", 16)
    asked = [(request.method, request.url.partition("?")[0].rpartition("v1.0")[2]) for request in peer.requests]
    assert asked == [
        ("GET", "/users"),
        ("GET", "/contacts"),
        ("GET", "/groups"),
        ("POST", "/invitations"),
        ("GET", "/users/1"),
        ("PATCH", "/users/1"),
        ("GET", "/users/1"),
    ]
    assert orjson.loads(peer.requests[3].body)["invitedUserDisplayName"] == OURS.text
    assert orjson.loads(peer.requests[5].body) == {
        "displayName": "Ann",
        EXTENSIONS: {"extensionAttribute15": OURS.text},
    }


@pytest.mark.parametrize(
    ("answers", "reason", "doubt"),
    [
        ([json({"error": {}}, 429)], Reason.THROTTLED, False),
        ([PeerError(Reason.TIMEOUT)], Reason.TIMEOUT, False),
        ([NONE, NONE, NONE, PeerError(Reason.TIMEOUT)], Reason.TIMEOUT, True),
        ([NONE, NONE, NONE, json({"error": {}}, 500)], Reason.PEER_FAILED, True),
        ([NONE, NONE, NONE, json({"error": {"code": "BadRequest"}}, 400)], Reason.PEER_FAILED, False),
        ([NONE, NONE, NONE, json({"error": {}}, 429, Retry_After="5")], Reason.THROTTLED, False),
        ([NONE, NONE, NONE, INVITED, PeerError(Reason.UNREACHABLE)], Reason.UNREACHABLE, True),
        ([NONE, NONE, NONE, INVITED, _guest(OURS.text, ""), json({"error": {}}, 429)], Reason.THROTTLED, True),
        ([NONE, NONE, NONE, INVITED, _guest("Other", "")], Reason.NO_ACCESS, False),
    ],
)
def test_wherever_it_breaks_off_it_says_whether_something_may_stand_there(
    answers: list[Any], reason: Reason, doubt: bool
) -> None:
    outcome, _, _ = _write(CREATE, *answers)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (reason, doubt)
    assert outcome.words


def test_a_refusal_says_when_to_come_again() -> None:
    outcome, _, _ = _write(CREATE, NONE, NONE, NONE, json({"error": {}}, 429, Retry_After="5"))
    assert isinstance(outcome, Failed)
    assert outcome.retry_after == timedelta(seconds=5)


def test_a_guest_that_is_not_everywhere_yet_is_waited_for() -> None:
    half = _guest(OURS.text, "")
    outcome, _, waits = _write(CREATE, NONE, NONE, NONE, INVITED, GONE, half, GONE, DONE, *[GONE] * 5)
    assert outcome == Written("1")  # written, though it could not be read again
    assert waits == [1.0, 1.0, 1.0, 2.0, 4.0, 8.0]


def test_an_update_of_nothing_writes_nothing() -> None:
    step = Step(act=Act.UPDATE, anchor="ad:ann", why=Why.CHANGED, entry=ENTRY, held=Held(key="1"))
    outcome, peer, _ = _write(step, _guest(), _guest())
    assert isinstance(outcome, Written)
    assert {request.method for request in peer.requests} == {"GET"}


def test_the_stamp_is_written_with_the_first_change_of_a_guest_left_half_made() -> None:
    changes = (Change("display_name", "", "Ann"),)
    step = Step(act=Act.UPDATE, anchor="ad:ann", why=Why.FOUND, entry=ENTRY, held=Held(key="1"), changes=changes)
    _, peer, _ = _write(step, _guest(OURS.text, ""), DONE, _guest())
    body = orjson.loads(peer.requests[1].body)
    assert body == {"displayName": "Ann", EXTENSIONS: {"extensionAttribute15": OURS.text}}


@pytest.mark.parametrize(
    "more", [{"userType": "Member"}, {EXTENSIONS: {"extensionAttribute15": "busyline:other/ad:ann"}}]
)
@pytest.mark.parametrize("act", [Act.UPDATE, Act.RETIRE, Act.REMOVE])
def test_nobody_else_is_touched(act: Act, more: dict[str, Any]) -> None:
    step = Step(act=act, anchor="ad:ann", why=Why.GONE, held=Held(key="1", stamp=OURS))
    outcome, peer, _ = _write(step, _guest(**more))
    assert isinstance(outcome, Failed)
    assert len(peer.requests) == 1


def test_removing_and_who_is_gone() -> None:
    step = Step(act=Act.REMOVE, anchor="ad:ann", why=Why.GRACE_OVER, held=Held(key="1"))
    assert _write(step, _guest(), DONE)[0] == Written()
    assert _write(step, GONE)[0] == Written()
    outcome, _, _ = _write(step, _guest(), PeerError(Reason.TIMEOUT))
    assert isinstance(outcome, Failed)
    assert outcome.doubt is True
