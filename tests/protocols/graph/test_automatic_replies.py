"""automaticRepliesSetting: the external reply to everybody, and never anything else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.automatic_replies import ask, decode
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.scripted import Peer, html, json, run

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ANN = Mailbox.parse("ann+o'hara@contoso.example")


def _setting(**changes: Any) -> dict[str, Any]:
    return {
        "status": "alwaysEnabled",
        "externalAudience": "all",
        "internalReplyMessage": "<p>the secret plan</p>",
        "externalReplyMessage": "<p>I am away.</p>",
        "scheduledStartDateTime": {"dateTime": "2026-11-23T11:00:00.0000000", "timeZone": "UTC"},
        "scheduledEndDateTime": {"dateTime": "2026-11-23T13:00:00.0000000", "timeZone": "UTC"},
        **changes,
    }


def _time(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


def test_one_call_for_one_person() -> None:
    peer = Peer(json(_setting()))
    assert run(ask(peer, _ANN, api_url="https://graph.example/v1.0", now=_NOW)) == AutomaticReply("I am away.")
    (request,) = peer.requests
    assert (request.method, request.body) == ("GET", b"")
    assert request.url == (
        "https://graph.example/v1.0/users/ann%2Bo%27hara@contoso.example/mailboxSettings/automaticRepliesSetting"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "disabled"},
        {"status": "something new"},
        {"externalAudience": "none"},
        {"externalAudience": "contactsOnly"},
        {"externalAudience": "something new"},
        {"externalReplyMessage": ""},
        {"externalReplyMessage": None},
        {"externalReplyMessage": "<html><body> </body></html>"},
        {"status": "scheduled", "scheduledStartDateTime": _time("2026-11-23T12:00:01")},
        {"status": "scheduled", "scheduledEndDateTime": _time("2026-11-23T12:00:00")},
        {"status": "scheduled", "scheduledEndDateTime": _time("2026-11-23T12:30:00", "W. Europe Standard Time")},
    ],
)
def test_what_not_everybody_gets_now_is_nothing(changes: dict[str, Any]) -> None:
    assert decode(_setting(**changes), _NOW) is None


def test_within_its_schedule_it_is_told() -> None:
    assert decode(_setting(status="Scheduled"), _NOW) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"status": None},
        {"externalAudience": 1},
        {"status": "scheduled", "scheduledStartDateTime": None},
        {"status": "scheduled", "scheduledStartDateTime": _time("soon")},
        {"status": "scheduled", "scheduledStartDateTime": _time("2026-11-23T11:00:00", "Middle-earth")},
    ],
)
def test_what_cannot_be_told_is_garbled(changes: dict[str, Any]) -> None:
    with pytest.raises(PeerError) as error:
        decode(_setting(**changes), _NOW)
    assert error.value.reason is Reason.GARBLED


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, Reason.NO_SUCH_MAILBOX), (403, Reason.NO_ACCESS), (401, Reason.UNAUTHORIZED), (429, Reason.THROTTLED)],
)
def test_refusals(status: int, reason: Reason) -> None:
    peer = Peer(json({"error": {"code": "Error", "message": "no"}}, status))
    with pytest.raises(PeerError) as error:
        run(ask(peer, _ANN, api_url="https://graph.example", now=_NOW))
    assert error.value.reason is reason
    with pytest.raises(PeerError):
        run(ask(Peer(html()), _ANN, api_url="https://graph.example", now=_NOW))
