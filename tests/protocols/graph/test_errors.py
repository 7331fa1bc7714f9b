"""Graph's errors: of a call, and of one schedule."""

from datetime import timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.errors import json_object, problem, schedule_reason
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.graph.samples import NOW
from tests.protocols.scripted import html, json


def failure(status: int, code: str, message: str = "m", **headers: str) -> HttpResponse:
    return json({"error": {"code": code, "message": message}}, status, **headers)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (failure(401, "InvalidAuthenticationToken"), Reason.UNAUTHORIZED),
        (html(401), Reason.UNAUTHORIZED),
        (failure(403, "ErrorAccessDenied"), Reason.NO_ACCESS),
        (failure(403, "ApplicationThrottled"), Reason.THROTTLED),
        (failure(429, "ApplicationThrottled"), Reason.THROTTLED),
        (failure(429, "x", "Application is over its MailboxConcurrency limit."), Reason.THROTTLED),
        (html(429), Reason.THROTTLED),
        (failure(503, "serviceNotAvailable"), Reason.THROTTLED),
        (html(503), Reason.THROTTLED),
        (failure(504, "UnknownError"), Reason.TIMEOUT),
        (failure(500, "OperationTimedOut"), Reason.TIMEOUT),
        (failure(500, "ErrorInternalServerError"), Reason.PEER_FAILED),
        (html(502), Reason.PEER_FAILED),
        (failure(400, "ErrorTimeIntervalTooBig"), Reason.WINDOW_TOO_LONG),
        (failure(400, "ErrorResultSetTooBig"), Reason.TOO_MANY_ENTRIES),
        (failure(400, "x", "There are too many calendar entries."), Reason.TOO_MANY_ENTRIES),
        (failure(400, "ErrorMailboxDataArrayTooBig"), Reason.PEER_FAILED),
        (failure(400, "ErrorInvalidTimeInterval"), Reason.PEER_FAILED),
        (failure(404, "ErrorInvalidUser"), Reason.PEER_FAILED),
        (failure(404, "ErrorMailRecipientNotFound"), Reason.PEER_FAILED),  # the anchor, never those asked about
        (html(404), Reason.GARBLED),
        (html(302), Reason.GARBLED),
    ],
)
def test_what_a_status_means(response: HttpResponse, reason: Reason) -> None:
    error = problem(response, NOW)
    assert error is not None
    assert error.reason is reason
    assert f"HTTP {response.status}" in error.detail


def test_success_is_no_problem() -> None:
    assert problem(json({}), NOW) is None


@pytest.mark.parametrize(("text", "seconds"), [("7", 7), ("Fri, 20 Nov 2026 08:00:09 GMT", 9)])
def test_how_long_to_wait(text: str, seconds: int) -> None:
    error = problem(failure(429, "TooManyRequests", Retry_After=text), NOW)
    assert error is not None
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"responseCode": "ErrorMailRecipientNotFound"}, Reason.NO_SUCH_MAILBOX),
        ({"responseCode": "5009"}, Reason.NO_SUCH_MAILBOX),
        ({"responseCode": 5009}, Reason.NO_SUCH_MAILBOX),
        ({"responseCode": "errornofreebusyaccess"}, Reason.NO_ACCESS),
        ({"responseCode": "ErrorNoCalendar"}, Reason.NO_CALENDAR),
        ({"responseCode": "OperationTimedOut"}, Reason.TIMEOUT),
        ({"responseCode": "ErrorResultSetTooBig"}, Reason.TOO_MANY_ENTRIES),
        ({"responseCode": "5039", "message": "…too many calendar entries…"}, Reason.TOO_MANY_ENTRIES),
        ({"responseCode": "ErrorFreeBusyDLLimitReached"}, Reason.GROUP_TOO_LARGE),
        ({"responseCode": "ErrorServerBusy"}, Reason.THROTTLED),
        ({"responseCode": "ErrorSomethingNew"}, Reason.PEER_FAILED),
        ({}, Reason.PEER_FAILED),
        ("text", Reason.PEER_FAILED),
        ({"responseCode": []}, Reason.PEER_FAILED),
    ],
)
def test_what_an_error_of_a_schedule_means(error: Any, reason: Reason) -> None:
    assert schedule_reason(error)[0] is reason


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a": ', b"\xff\xfe"])
def test_what_is_no_object_is_garbled(body: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        json_object(body)
    assert caught.value.reason is Reason.GARBLED
