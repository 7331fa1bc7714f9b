"""Tests of protocols.google.mail_forwarding."""

from datetime import UTC, datetime

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google.mail_forwarding import AutoForwarding, auto_forwarding, forward, own_addresses
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WANTED = AutoForwarding("ann@b.example", "leaveInInbox")
ACCEPTED = {"forwardingEmail": "Ann@b.example", "verificationStatus": "accepted"}


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ({"enabled": False}, AutoForwarding()),
        ({}, AutoForwarding()),
        ({"enabled": False, "emailAddress": "x@b.example", "disposition": "trash"}, AutoForwarding()),
        (
            {"enabled": True, "emailAddress": "x@b.example", "disposition": "trash"},
            AutoForwarding("x@b.example", "trash"),
        ),
    ],
)
def test_what_stands_there(told: object, stands: AutoForwarding) -> None:
    peer = Peer(json(told))
    assert run(auto_forwarding(peer, as_of=NOW)) == stands
    assert peer.requests[0].url == "https://gmail.googleapis.com/gmail/v1/users/me/settings/autoForwarding"


@pytest.mark.parametrize("told", [{"enabled": True}, {"enabled": True, "emailAddress": "x@b.example"}])
def test_half_of_it_is_an_error(told: object) -> None:
    with pytest.raises(PeerError) as error:
        run(auto_forwarding(Peer(json(told)), as_of=NOW))
    assert error.value.reason is Reason.GARBLED


def test_what_somebody_sends_as_may_be_theirs() -> None:
    rows = [
        {"sendAsEmail": "Ann@a.example", "isPrimary": True},
        {"sendAsEmail": "annie@a.example"},
        {"sendAsEmail": ""},
    ]
    rows.append({"sendAsEmail": "ann@home.example", "smtpMsa": {"host": "smtp.home.example"}})
    peer = Peer(json({"sendAs": rows}))
    assert run(own_addresses(peer, as_of=NOW)) == {"ann@a.example", "annie@a.example"}
    assert peer.requests[0].url == "https://gmail.googleapis.com/gmail/v1/users/me/settings/sendAs"
    assert run(own_addresses(Peer(json({})), as_of=NOW)) == frozenset()


def test_a_new_address_is_allowed_first() -> None:
    peer = Peer(json({}), json(ACCEPTED), json({"enabled": True}))
    run(forward(peer, WANTED, as_of=NOW))
    sent = [(each.method, each.url.rpartition("/")[2], orjson.loads(each.body or b"null")) for each in peer.requests]
    assert sent == [
        ("GET", "forwardingAddresses", None),
        ("POST", "forwardingAddresses", {"forwardingEmail": "ann@b.example"}),
        ("PUT", "autoForwarding", {"enabled": True, "emailAddress": "ann@b.example", "disposition": "leaveInInbox"}),
    ]


def test_one_that_is_allowed_already_is_not_made_again() -> None:
    peer = Peer(json({"forwardingAddresses": [ACCEPTED]}), json({"enabled": True}))
    run(forward(peer, WANTED, as_of=NOW))
    assert [each.method for each in peer.requests] == ["GET", "PUT"]


def test_one_that_waits_to_be_verified_is_told_and_nothing_is_forwarded() -> None:
    peer = Peer(json({}), json({**ACCEPTED, "verificationStatus": "pending"}))
    with pytest.raises(PeerError, match="open its link") as error:
        run(forward(peer, WANTED, as_of=NOW))
    assert error.value.reason is Reason.NO_ACCESS
    assert len(peer.requests) == 2


def test_to_nobody() -> None:
    peer = Peer(json({"enabled": False}))
    run(forward(peer, AutoForwarding(), as_of=NOW))
    assert (peer.requests[0].method, orjson.loads(peer.requests[0].body)) == ("PUT", {"enabled": False})


def test_what_google_refuses_is_raised() -> None:
    with pytest.raises(PeerError):
        run(forward(Peer(json({}, 403)), WANTED, as_of=NOW))
