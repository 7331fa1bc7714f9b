"""Tests of protocols/ews/operation.py."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from protocols.errors import PeerError
from protocols.ews.names import SOAP, M, T
from protocols.ews.operation import call, code_of, failed, mailbox_in
from protocols.ews.schema import validator
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://mail.b.example/EWS/Exchange.asmx"


def answered(body: str, status: int = 200) -> HttpResponse:
    """An answer with ``body`` in its envelope."""
    text = f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}"><s:Body>{body}</s:Body></s:Envelope>'
    return HttpResponse(status, body=text.encode())


def _called(answer: HttpResponse, impersonate: str = "") -> tuple[etree._Element, Peer]:
    peer = Peer(answer)
    return run(call(peer, "GetRoomLists", "", url=URL, as_of=NOW, impersonate=impersonate)), peer


def test_the_request_fits_the_schema_and_says_what_it_is() -> None:
    payload, peer = _called(answered("<m:GetRoomListsResponse/>"), "ann@b.example")
    (request,) = peer.requests
    assert payload.tag == f"{{{M}}}GetRoomListsResponse"
    validator().assertValid(etree.fromstring(request.body))
    assert b"<t:PrimarySmtpAddress>ann@b.example<" in request.body
    assert request.headers["SOAPAction"].endswith('/messages/GetRoomLists"')


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (html(), Reason.GARBLED),
        (answered("<m:GetRoomsResponse/>"), Reason.GARBLED),
        (answered(""), Reason.GARBLED),
        (HttpResponse(200, body=b"<a/>"), Reason.GARBLED),
        (HttpResponse(401), Reason.UNAUTHORIZED),
        (HttpResponse(503), Reason.THROTTLED),
        (answered("<s:Fault><faultcode>t:ErrorServerBusy</faultcode></s:Fault>"), Reason.THROTTLED),
        (answered("<s:Fault><faultcode>t:ErrorServerBusy</faultcode></s:Fault>", 500), Reason.THROTTLED),
    ],
)
def test_what_is_no_answer(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        _called(answer)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("kind", "code", "told", "reason"),
    [
        ("Success", "NoError", "NoError", None),
        ("Error", "NoError", "", Reason.GARBLED),
        ("Success", "ErrorAccessDenied", "", Reason.GARBLED),
        ("Error", "ErrorAccessDenied", "ErrorAccessDenied", Reason.NO_ACCESS),
        ("Warning", "ErrorSomethingNew", "ErrorSomethingNew", Reason.PEER_FAILED),
    ],
)
def test_class_and_code_must_agree(kind: str, code: str, told: str, reason: Reason | None) -> None:
    message = etree.fromstring(f'<m ResponseClass="{kind}"><ResponseCode>{code}</ResponseCode></m>')
    assert code_of(message) == told
    assert reason is None or failed(message).reason is reason


@pytest.mark.parametrize("inside", ["", "<EmailAddress>x</EmailAddress>", "<RoutingType>EX</RoutingType>"])
def test_who_has_no_smtp_address_is_missed(inside: str) -> None:
    with pytest.raises(PeerError) as caught:
        mailbox_in(etree.fromstring(f"<Mailbox>{inside}</Mailbox>"))
    assert caught.value.reason is Reason.INCOMPLETE
