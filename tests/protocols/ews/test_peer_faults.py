"""What a peer says when it answers nothing."""

from datetime import timedelta

import pytest
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.names import SOAP
from protocols.ews.peer_faults import OperationUnknownError, fault_error, refusal
from protocols.ews.soap import encode_fault
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.samples import START


def _fault(inner: str) -> etree._Element:
    return etree.fromstring(f'<s:Fault xmlns:s="{SOAP}" xmlns:e="urn:e" xmlns:t="urn:t">{inner}</s:Fault>')


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (301, Reason.PEER_FAILED),
        (302, Reason.PEER_FAILED),
        (400, Reason.PEER_FAILED),
        (401, Reason.UNAUTHORIZED),
        (403, Reason.UNAUTHORIZED),
        (404, Reason.PEER_FAILED),
        (429, Reason.THROTTLED),
        (500, Reason.PEER_FAILED),
        (502, Reason.UNREACHABLE),
        (503, Reason.THROTTLED),
        (504, Reason.TIMEOUT),
    ],
)
def test_statuses(status: int, reason: Reason) -> None:
    error = refusal(HttpResponse(status, Headers({"Retry-After": "7"}), b"<!DOCTYPE html><html/>"), START)
    assert error.reason is reason
    assert error.retry_after == timedelta(seconds=7)


def test_a_fault_tells_more_than_its_status() -> None:
    body = encode_fault(RequestError(Fault.BUSY), back_off=timedelta(seconds=297.749))
    error = refusal(HttpResponse(500, Headers(), body), START)
    assert (error.reason, error.retry_after) == (Reason.THROTTLED, timedelta(seconds=297.749))


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("<faultcode>a:ErrorServerBusy</faultcode>", Reason.THROTTLED),
        ("<faultcode>a:ErrorTimeIntervalTooBig</faultcode><detail/>", Reason.WINDOW_TOO_LONG),
        ("<detail><e:ResponseCode>ErrorAccessDenied</e:ResponseCode></detail>", Reason.NO_ACCESS),
        (
            "<faultcode>soap:Client</faultcode><detail><e:ErrorCode>-2146233088</e:ErrorCode></detail>",
            Reason.PEER_FAILED,
        ),
        ('<detail><t:Value Name="BackOffMilliseconds">5</t:Value></detail>', Reason.THROTTLED),
        ("", Reason.PEER_FAILED),
    ],
)
def test_the_three_shapes(inner: str, reason: Reason) -> None:
    assert fault_error(_fault(inner)).reason is reason


@pytest.mark.parametrize(
    ("text", "wait"), [("2500", timedelta(seconds=2.5)), ("9" * 30, timedelta(days=1)), ("-1", None)]
)
def test_how_long_to_wait_is_bounded(text: str, wait: timedelta | None) -> None:
    inner = f'<detail><t:MessageXml><t:Value Name="BackOffMilliseconds">{text}</t:Value></t:MessageXml></detail>'
    assert fault_error(_fault(inner)).retry_after == wait


def test_a_refused_credential_tells_what_the_server_offers() -> None:
    headers = Headers((("WWW-Authenticate", 'Basic realm="hunter2"'), ("WWW-Authenticate", "NTLM")))
    error = refusal(HttpResponse(401, headers), START)
    assert str(error) == "unauthorized: HTTP 401: the credential is refused; the server offers Basic and NTLM"
    assert str(refusal(HttpResponse(401), START)) == "unauthorized: HTTP 401"


@pytest.mark.parametrize(
    ("code", "unknown"), [("ErrorInvalidOperation", True), ("ActionNotSupported", True), ("ErrorInvalidRequest", False)]
)
def test_a_server_that_does_not_know_an_operation_is_told_apart(code: str, unknown: bool) -> None:
    error = fault_error(_fault(f"<faultcode>a:{code}</faultcode>"))
    assert isinstance(error, OperationUnknownError) == unknown
    assert error.reason is Reason.PEER_FAILED
