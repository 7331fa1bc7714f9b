"""The vacation responder: what outsiders get, and never what the domain or the contacts get."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.google.automatic_replies import API_URL, ask, decode
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _at(hours: float) -> str:
    return str(round((_NOW + timedelta(hours=hours)).timestamp() * 1000))


def _settings(**changes: Any) -> dict[str, Any]:
    return {"enableAutoReply": True, "responseSubject": "the secret plan", "responseBodyHtml": "Away<br>Ann", **changes}


def test_one_call_as_the_person() -> None:
    peer = Peer(json(_settings()))
    assert run(ask(peer, api_url=API_URL, now=_NOW)) == AutomaticReply("Away\nAnn")
    (request,) = peer.requests
    assert (request.method, request.url) == (
        "GET", "https://gmail.googleapis.com/gmail/v1/users/me/settings/vacation",
    )  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"enableAutoReply": False},
        _settings(restrictToContacts=True),
        _settings(restrictToDomain=True),
        _settings(startTime=_at(1)),
        _settings(endTime=_at(0)),
        _settings(responseBodyHtml=""),
        {"enableAutoReply": True, "responseSubject": "a subject alone"},
    ],
)
def test_what_outsiders_do_not_get_is_nothing(settings: dict[str, Any]) -> None:
    assert decode(settings, _NOW) is None


def test_plain_text_where_there_is_no_html_and_times_that_fit() -> None:
    plain = _settings(responseBodyHtml=None, responseBodyPlainText="Away <until> Monday", startTime=_at(-1))
    assert decode(plain | {"endTime": _at(1)}, _NOW) == AutomaticReply("Away ‹until› Monday")
    assert decode(plain | {"endTime": "0"}, _NOW) is not None


@pytest.mark.parametrize(
    "changes", [{"restrictToDomain": "no"}, {"enableAutoReply": 1}, {"startTime": "soon"}, {"endTime": "9" * 400}]
)
def test_what_cannot_be_told_is_garbled(changes: dict[str, Any]) -> None:
    with pytest.raises(PeerError) as error:
        decode(_settings(**changes), _NOW)
    assert error.value.reason is Reason.GARBLED


def test_a_missing_scope_is_no_access() -> None:
    refusal = {"error": {"code": 403, "errors": [{"reason": "insufficientPermissions"}]}}
    with pytest.raises(PeerError) as error:
        run(ask(Peer(json(refusal, 403)), api_url=API_URL, now=_NOW))
    assert error.value.reason is Reason.NO_ACCESS
