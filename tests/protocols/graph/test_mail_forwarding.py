"""Tests of protocols.graph.mail_forwarding."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.cmdlets import Endpoint
from protocols.graph.mail_forwarding import ForwardingMailbox, forward, mailbox, mailboxes, one
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AT = Endpoint(api_url="https://outlook.example", tenant="contoso.example")
ROW: dict[str, Any] = {
    "Guid": "g1",
    "EmailAddresses": ["SMTP:Ann@b.example", "smtp:a.lee@b.example", "X500:/o=B/cn=ann"],
    "ForwardingAddress": None,
    "ForwardingSmtpAddress": "smtp:ann@c.example",
    "DeliverToMailboxAndForward": True,
}
ANN = ForwardingMailbox(
    key="g1", addresses=frozenset({"ann@b.example", "a.lee@b.example"}), to="smtp:ann@c.example", copy=True
)


def told(peer: Peer, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(peer.requests[number].body)["CmdletInput"]
    return found


def test_mailboxes_are_found_by_their_addresses_some_at_a_time() -> None:
    peer = Peer(json({"value": [ROW]}), json({"value": [ROW]}))
    asked = [f"p{number}@b.example" for number in range(10)] + ["o'hara@b.example"]
    assert run(mailboxes(peer, AT, asked, as_of=NOW)) == [ANN]
    assert [told(peer, number)["CmdletName"] for number in (0, 1)] == ["Get-Mailbox", "Get-Mailbox"]
    assert told(peer, 1)["Parameters"]["Filter"] == "EmailAddresses -eq 'smtp:o''hara@b.example'"
    assert told(peer, 0)["Parameters"]["Filter"].count(" -or ") == 9


def test_one_by_its_guid() -> None:
    assert run(one(Peer(json({"value": [ROW]})), AT, "g1", as_of=NOW)) == ANN
    nobody = run(one(Peer(json({"value": []})), AT, "g1", as_of=NOW))
    assert isinstance(nobody, PeerError)
    assert nobody.reason is Reason.NO_SUCH_MAILBOX
    half = run(one(Peer(json({"value": [{**ROW, "DeliverToMailboxAndForward": None}]})), AT, "g1", as_of=NOW))
    assert isinstance(half, PeerError)
    assert half.reason is Reason.GARBLED


@pytest.mark.parametrize(
    ("to", "copy", "parameters"),
    [
        ("smtp:a@c.example", True, {"ForwardingSmtpAddress": "smtp:a@c.example", "DeliverToMailboxAndForward": True}),
        ("", True, {"ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}),
    ],
)
def test_what_is_written(to: str, copy: bool, parameters: dict[str, Any]) -> None:
    peer = Peer(json({"value": []}))
    assert run(forward(peer, AT, "g1", to, copy=copy, as_of=NOW)) is None
    assert told(peer) == {"CmdletName": "Set-Mailbox", "Parameters": {"Identity": "g1", **parameters}}
    refused = run(forward(Peer(json({}, 403)), AT, "g1", to, copy=copy, as_of=NOW))
    assert isinstance(refused, PeerError)


@pytest.mark.parametrize("gone", ["Guid", "EmailAddresses", "DeliverToMailboxAndForward"])
def test_half_a_mailbox_is_none(gone: str) -> None:
    with pytest.raises(PeerError, match="without its Guid"):
        mailbox({**ROW, gone: None})
