"""Graph's words for what went wrong: one for every fault and every reason, and none that tells too much."""

from datetime import UTC, datetime

import orjson
import pytest

from protocols.errors import Fault, RequestError
from protocols.graph.errors import problem, schedule_reason
from protocols.graph.front_errors import Mark, encode_fault, encode_refusal, failure
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
MARK = Mark(NOW, "ours", "theirs")
CONCEALED = (Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.NO_CALENDAR, Reason.NO_ROUTE, Reason.FORBIDDEN)


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_an_error_of_graphs_shape(fault: Fault) -> None:
    status, body = encode_fault(RequestError(fault, "startTime"), MARK)
    assert 400 <= status < 600
    error = orjson.loads(body)["error"]
    inner = {"date": "2026-11-20T08:30:00", "request-id": "ours", "client-request-id": "theirs"}
    assert error["innerError"] == inner
    assert error["code"]
    assert error["message"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.MALFORMED, 400, "BadRequest"),
        (Fault.SCHEMA, 400, "ErrorInvalidRequest"),
        (Fault.MISSING_ARGUMENT, 400, "ErrorInvalidRequest"),
        (Fault.NO_MAILBOXES, 400, "ErrorMailboxDataArrayEmpty"),
        (Fault.TOO_MANY_MAILBOXES, 400, "ErrorMailboxDataArrayTooBig"),
        (Fault.INVALID_WINDOW, 400, "ErrorInvalidTimeInterval"),
        (Fault.WINDOW_TOO_LONG, 400, "ErrorTimeIntervalTooBig"),
        (Fault.INVALID_INTERVAL, 400, "ErrorInvalidMergedFreeBusyInterval"),
        (Fault.INVALID_TIME_ZONE, 400, "TimeZoneNotSupportedException"),
        (Fault.UNKNOWN_OPERATION, 404, "ResourceNotFound"),
        (Fault.TOO_LARGE, 413, "RequestEntityTooLarge"),
        (Fault.UNSUPPORTED_TYPE, 415, "UnsupportedMediaType"),
        (Fault.BUSY, 503, "ErrorServerBusy"),
        (Fault.INTERNAL, 500, "ErrorInternalServerError"),
    ],
)
def test_the_codes_of_the_api(fault: Fault, status: int, code: str) -> None:
    found, body = encode_fault(RequestError(fault), MARK)
    assert (found, orjson.loads(body)["error"]["code"]) == (status, code)


def test_an_offset_beside_a_zone_is_named() -> None:
    _, body = encode_fault(RequestError(Fault.INVALID_WINDOW, " startTime.dateTime has an offset: …"), MARK)
    assert orjson.loads(body)["error"]["message"].endswith("is invalid. startTime.dateTime has an offset: …")


def test_the_callers_own_id_is_ours_where_it_sent_none() -> None:
    inner = orjson.loads(encode_refusal(401, Mark(NOW, "ours")))["error"]["innerError"]
    assert inner["client-request-id"] == "ours"


def test_who_asks_too_often_is_throttled_and_who_meets_a_busy_server_is_not() -> None:
    status, body = encode_fault(RequestError(Fault.BUSY), MARK, throttled=True)
    assert (status, orjson.loads(body)["error"]["code"]) == (429, "ApplicationThrottled")
    assert encode_fault(RequestError(Fault.BUSY), MARK)[0] == 503


@pytest.mark.parametrize(
    ("status", "read"), [(401, Reason.UNAUTHORIZED), (403, Reason.NO_ACCESS), (429, Reason.THROTTLED)]
)
def test_our_own_client_understands_a_refusal(status: int, read: Reason) -> None:
    found = problem(HttpResponse(status, body=encode_refusal(status, MARK)), NOW)
    assert found is not None
    assert found.reason is read
    assert orjson.loads(encode_refusal(405, MARK))["error"]["code"] == "Request_BadRequest"


def test_unknown_and_forbidden_are_told_alike() -> None:
    assert [failure(reason) for reason in CONCEALED] == [failure(Reason.FORBIDDEN)] * len(CONCEALED)
    assert failure(Reason.TIMEOUT) != failure(Reason.FORBIDDEN)  # the test can fail


@pytest.mark.parametrize("reason", Reason)
def test_our_own_client_takes_nothing_but_a_wrong_address_for_an_unknown_mailbox(reason: Reason) -> None:
    read, _ = schedule_reason(failure(reason))
    assert (read is Reason.NO_SUCH_MAILBOX) is (reason is Reason.INVALID_ADDRESS)
