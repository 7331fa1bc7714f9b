"""Google's words for what went wrong: one for every fault and every reason, and none that tells too much."""

import orjson
import pytest

from protocols.errors import Fault, RequestError
from protocols.google.errors import calendar_reason, problem
from protocols.google.front_errors import encode_fault, encode_refusal, failure
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW

CONCEALED = (
    Reason.NO_SUCH_MAILBOX,
    Reason.NO_ACCESS,
    Reason.NO_CALENDAR,
    Reason.NO_ROUTE,
    Reason.FORBIDDEN,
    Reason.INVALID_ADDRESS,
)


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_an_error_of_googles_shape(fault: Fault) -> None:
    status, body = encode_fault(RequestError(fault, "timeMin"))
    error = orjson.loads(body)["error"]
    assert error["code"] == status
    assert 400 <= status < 600
    assert set(error) == {"code", "message", "errors", "status"}
    assert set(error["errors"][0]) == {"domain", "reason", "message"}


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault.WINDOW_TOO_LONG, 400, "timeRangeTooLong"),
        (Fault.INVALID_WINDOW, 400, "timeRangeEmpty"),
        (Fault.TOO_MANY_MAILBOXES, 400, "tooManyCalendarsRequested"),
        (Fault.MALFORMED, 400, "parseError"),
        (Fault.SCHEMA, 400, "invalid"),
        (Fault.MISSING_ARGUMENT, 400, "required"),
        (Fault.TOO_LARGE, 413, "uploadTooLarge"),
        (Fault.UNSUPPORTED_TYPE, 415, "badContent"),
        (Fault.BUSY, 503, "backendError"),
        (Fault.INTERNAL, 500, "internalError"),
    ],
)
def test_the_reasons_of_the_api(fault: Fault, status: int, reason: str) -> None:
    code, body = encode_fault(RequestError(fault))
    assert (code, orjson.loads(body)["error"]["errors"][0]["reason"]) == (status, reason)


def test_a_field_is_named_where_it_is_ours_and_nothing_else_is_repeated() -> None:
    for fault in Fault:
        body = encode_fault(RequestError(fault, "timeMin"))[1].decode()
        assert ("timeMin" in body) is (fault in (Fault.SCHEMA, Fault.MISSING_ARGUMENT))


def test_who_asks_too_often_is_throttled_and_who_meets_a_busy_server_is_not() -> None:
    status, body = encode_fault(RequestError(Fault.BUSY), throttled=True)
    assert (status, orjson.loads(body)["error"]["errors"][0]["reason"]) == (429, "rateLimitExceeded")
    assert encode_fault(RequestError(Fault.MALFORMED), throttled=True) == encode_fault(RequestError(Fault.MALFORMED))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "authError"), (403, "forbidden"), (405, "httpMethodNotAllowed"), (429, "rateLimitExceeded")],
)
def test_refusals(status: int, reason: str) -> None:
    error = orjson.loads(encode_refusal(status))["error"]
    assert (error["code"], error["errors"][0]["reason"]) == (status, reason)


def test_unknown_and_forbidden_are_told_alike() -> None:
    assert [failure(reason) for reason in CONCEALED] == [failure(Reason.NO_SUCH_MAILBOX)] * len(CONCEALED)
    assert failure(Reason.TIMEOUT) != failure(Reason.NO_SUCH_MAILBOX)  # the test can fail


@pytest.mark.parametrize("reason", Reason)
def test_our_own_client_never_takes_a_failure_for_an_unknown_calendar(reason: Reason) -> None:
    read, _ = calendar_reason(failure(reason)["errors"])
    assert (read is Reason.NO_SUCH_MAILBOX) is (reason in CONCEALED)


@pytest.mark.parametrize(
    ("status", "read"), [(401, Reason.UNAUTHORIZED), (403, Reason.NO_ACCESS), (429, Reason.THROTTLED)]
)
def test_our_own_client_understands_a_refusal(status: int, read: Reason) -> None:
    found = problem(HttpResponse(status, body=encode_refusal(status)), NOW)
    assert found is not None
    assert found.reason is read
