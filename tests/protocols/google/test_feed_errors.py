"""What the status codes of the Google Data protocol mean."""

from datetime import timedelta

import pytest

from protocols.google.feed_errors import problem, status_refusal
from protocols.google.writing import PAUSE, STALE
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b"", Reason.PEER_FAILED),
        (401, b"", Reason.UNAUTHORIZED),
        (403, b"<HTML>Domain shared contacts API is disabled", Reason.NO_ACCESS),
        (403, b"<HTML>User Rate Limit exceeded", Reason.THROTTLED),
        (403, b"The user is over quota", Reason.THROTTLED),
        (404, b"", Reason.PEER_FAILED),
        (408, b"", Reason.TIMEOUT),
        (413, b"", Reason.TOO_MANY_ENTRIES),
        (418, b"", Reason.PEER_FAILED),
        (429, b"", Reason.THROTTLED),
        (503, b"quota", Reason.PEER_FAILED),
    ],
)
def test_of_a_whole_answer(status: int, body: bytes, reason: Reason) -> None:
    error = problem(HttpResponse(status, Headers({"Retry-After": "9"}), body), NOW)
    assert error is not None
    assert (error.reason, error.retry_after) == (reason, timedelta(seconds=9))
    assert str(status) in error.detail


def test_success_is_none() -> None:
    assert problem(HttpResponse(201), NOW) is None


@pytest.mark.parametrize(
    ("code", "words", "reason", "doubt", "again"),
    [
        (400, "bad", Reason.PEER_FAILED, False, False),
        (403, "no", Reason.NO_ACCESS, False, False),
        (403, "quota", Reason.THROTTLED, False, True),
        (500, "", Reason.PEER_FAILED, True, True),
    ],
)
def test_of_one_operation(code: int, words: str, reason: Reason, doubt: bool, again: bool) -> None:
    refusal = status_refusal(code, words)
    assert (refusal.reason, refusal.doubt) == (reason, doubt)
    assert refusal.retry_after == (PAUSE if again else None)


@pytest.mark.parametrize("code", [409, 412])
def test_somebody_was_quicker(code: int) -> None:
    assert status_refusal(code, "") is STALE
