"""GetUserOofSettings: asked in the person's name, and only what everybody outside gets is taken from the answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.ews.automatic_replies import ask, decode, encode
from protocols.ews.names import M, T
from protocols.http import HttpResponse
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.safexml import parse
from tests.protocols.ews.samples import soap_request, texts
from tests.protocols.scripted import Peer, run

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ANN = Mailbox.parse("o'hara&sons@fabrikam.example")
_SUCCESS = '<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
_DURATION = "<Duration><StartTime>2026-11-23T11:00:00</StartTime><EndTime>2026-11-23T13:00:00</EndTime></Duration>"


def _answer(
    state: str = "Enabled",
    audience: str = "All",
    duration: str = _DURATION,
    external: str = "&lt;p&gt;I am away.&lt;/p&gt;",
    allowed: str = "<m:AllowExternalOof>All</m:AllowExternalOof>",
    message: str = _SUCCESS,
) -> bytes:
    return soap_request(
        f'<m:GetUserOofSettingsResponse xmlns:m="{M}">{message}<OofSettings xmlns="{T}"><OofState>{state}</OofState>'
        f"<ExternalAudience>{audience}</ExternalAudience>{duration}"
        "<InternalReply><Message>the secret plan</Message></InternalReply>"
        f"<ExternalReply><Message>{external}</Message></ExternalReply></OofSettings>{allowed}"
        "</m:GetUserOofSettingsResponse>"
    )


def test_it_is_asked_in_the_persons_name() -> None:
    peer = Peer(HttpResponse(200, body=_answer()))
    assert run(ask(peer, _ANN, url="https://mail.example/EWS", now=_NOW)) == AutomaticReply("I am away.")
    (request,) = peer.requests
    root = parse(request.body)
    assert texts(root, "PrimarySmtpAddress") == texts(root, "Address") == ["o'hara&sons@fabrikam.example"]
    assert request.headers["SOAPAction"].endswith('/GetUserOofSettings"')
    assert request.body == encode(_ANN)


@pytest.mark.parametrize(
    "data",
    [
        _answer(state="Disabled"),
        _answer(audience="None"),
        _answer(audience="Known"),
        _answer(allowed="<m:AllowExternalOof>Known</m:AllowExternalOof>"),
        _answer(allowed="<m:AllowExternalOof>None</m:AllowExternalOof>"),
        _answer(external=""),
        _answer(state="Scheduled", duration=_DURATION.replace("T11:", "T12:").replace("12:00:00<", "12:00:01<", 1)),
        _answer(state="Scheduled", duration=_DURATION.replace("T13:00:00", "T12:00:00")),
    ],
)
def test_what_not_everybody_gets_now_is_nothing(data: bytes) -> None:
    assert decode(data, _NOW) is None


def test_scheduled_and_without_the_servers_permission_written() -> None:
    assert decode(_answer(state="Scheduled", allowed=""), _NOW) == AutomaticReply("I am away.")
    offset = _DURATION.replace("T11:00:00", "T12:30:00+01:00")
    assert decode(_answer(state="Scheduled", duration=offset), _NOW) is not None


_REFUSED = '<m:ResponseMessage ResponseClass="Error"><m:ResponseCode>{}</m:ResponseCode></m:ResponseMessage>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_answer(message=_REFUSED.format("ErrorAccessDenied")), Reason.NO_ACCESS),
        (_answer(message=_REFUSED.format("ErrorServerBusy")), Reason.THROTTLED),
        (_answer(message=_REFUSED.format("ErrorSomething")), Reason.PEER_FAILED),
        (_answer(message=""), Reason.GARBLED),
        (_answer(state="Perhaps"), Reason.GARBLED),
        (_answer(audience="Friends"), Reason.GARBLED),
        (_answer(state="Scheduled", duration=""), Reason.GARBLED),
        (soap_request("<m:GetUserOofSettings/>"), Reason.GARBLED),
        (b"<html>", Reason.GARBLED),
    ],
)
def test_what_is_refused_or_cannot_be_told(data: bytes, reason: Reason) -> None:
    with pytest.raises(PeerError) as error:
        run(ask(Peer(HttpResponse(200, body=data)), _ANN, url="https://mail.example/EWS", now=_NOW))
    assert error.value.reason is reason
    assert "secret" not in error.value.detail


def test_an_impersonation_that_is_not_allowed() -> None:
    fault = soap_request("<s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode></s:Fault>")
    with pytest.raises(PeerError) as error:
        run(ask(Peer(HttpResponse(500, body=fault)), _ANN, url="https://mail.example/EWS", now=_NOW))
    assert error.value.reason is Reason.UNAUTHORIZED


@given(st.data())
def test_a_damaged_answer_never_tells_the_internal_reply(data: st.DataObject) -> None:
    whole = _answer()
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + data.draw(st.integers(0, 300)) :]
    try:
        told = decode(damaged, _NOW)
    except PeerError:
        return
    assert told is None or "secret" not in told.text
