"""Invitations without a message."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.invitations import invite
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.scripted import Peer, html, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.us", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
ANN = Mailbox.parse("ann@b.example")


def test_nobody_is_written_to() -> None:
    peer = Peer(json({"invitedUser": {"id": "1"}}, 201))
    assert run(invite(peer, ANN, "Ann", redirect="https://b.example", **WHERE)) == "1"
    assert (peer.requests[0].method, peer.requests[0].url) == ("POST", "https://graph.microsoft.us/v1.0/invitations")
    assert orjson.loads(peer.requests[0].body) == {
        "invitedUserEmailAddress": "ann@b.example",
        "invitedUserDisplayName": "Ann",
        "inviteRedirectUrl": "https://b.example",
        "sendInvitationMessage": False,
    }


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {"code": "Forbidden"}}, 403), Reason.NO_ACCESS),
        (html(201), Reason.GARBLED),
        (json({"invitedUser": None}, 201), Reason.GARBLED),
        (json({"invitedUser": {"id": ""}}, 201), Reason.GARBLED),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT),
    ],
)
def test_what_fails_is_a_value(answer: Any, reason: Reason) -> None:
    told = run(invite(Peer(answer), ANN, "Ann", **WHERE))
    assert isinstance(told, PeerError)
    assert told.reason is reason
