"""Google's errors: what each status and reason means, and how long to wait."""

from datetime import timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.google.errors import calendar_reason, json_object, problem
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import html, json


def failure(status: int, *reasons: str, domain: str = "global", **headers: str) -> HttpResponse:
    errors = [{"domain": domain, "reason": reason, "message": "m"} for reason in reasons]
    return json({"error": {"code": status, "message": "m", "errors": errors}}, status, **headers)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (failure(403, "rateLimitExceeded", domain="usageLimits"), Reason.THROTTLED),
        (failure(403, "userRateLimitExceeded", domain="usageLimits"), Reason.THROTTLED),
        (failure(403, "quotaExceeded", domain="calendar"), Reason.THROTTLED),
        (failure(403, "somethingNew", domain="usageLimits"), Reason.THROTTLED),
        (failure(403, "accessNotConfigured", domain="usageLimits"), Reason.NO_ACCESS),
        (failure(403, "forbidden"), Reason.NO_ACCESS),
        (json({"error": {"status": "PERMISSION_DENIED"}}, 403), Reason.NO_ACCESS),
        (failure(429, "rateLimitExceeded"), Reason.THROTTLED),
        (html(429), Reason.THROTTLED),
        (failure(401, "authError"), Reason.UNAUTHORIZED),
        (html(401), Reason.UNAUTHORIZED),
        (failure(404, "notFound"), Reason.NO_SUCH_MAILBOX),
        (html(404), Reason.GARBLED),
        (html(403), Reason.GARBLED),
        (html(302), Reason.GARBLED),
        (failure(400, "timeRangeTooLong"), Reason.WINDOW_TOO_LONG),
        (failure(400, "timeRangeEmpty"), Reason.PEER_FAILED),
        (failure(410, "fullSyncRequired"), Reason.PEER_FAILED),
        (failure(500, "backendError"), Reason.PEER_FAILED),
        (html(503), Reason.PEER_FAILED),
        (json({"error": "text"}, 400), Reason.GARBLED),
        (json({"error": {"errors": "text"}}, 400), Reason.PEER_FAILED),
    ],
)
def test_what_a_status_means(response: HttpResponse, reason: Reason) -> None:
    error = problem(response, NOW)
    assert error is not None
    assert error.reason is reason
    assert f"HTTP {response.status}" in error.detail


def test_success_is_no_problem() -> None:
    assert problem(json({}), NOW) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("Fri, 20 Nov 2026 08:00:09 GMT", 9),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("soon", None),
        ("", None),
        ("-1", None),
    ],
)
def test_how_long_to_wait(text: str, seconds: int | None) -> None:
    error = problem(failure(429, "rateLimitExceeded", Retry_After=text), NOW)
    assert error is not None
    assert error.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("errors", [None, [], {}, "x", [None], [{}], [{"reason": 7}]])
def test_an_unreadable_error_of_a_calendar_is_still_one(errors: Any) -> None:
    assert calendar_reason(errors)[0] is Reason.PEER_FAILED


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a": ', b"\xff\xfe"])
def test_what_is_no_object_is_garbled(body: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        json_object(body)
    assert caught.value.reason is Reason.GARBLED
