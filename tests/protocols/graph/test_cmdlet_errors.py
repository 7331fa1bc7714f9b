"""What a refused cmdlet means."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.graph.cmdlet_errors import EXCEPTIONS, busy_told_plainly, problem
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _error(exception: str = "", status: int = 400, code: str = "BadRequest", **headers: str) -> HttpResponse:
    details = [{"code": "Context", "target": "", "message": f"Ex6F9304|{exception}|Ann Secret is gone."}]
    return json(
        {"error": {"code": code, "message": "Error", "details": details if exception else []}}, status, **headers
    )


@pytest.mark.parametrize(("name", "reason"), EXCEPTIONS.items())
def test_the_type_of_the_exception_says_what_it_is(name: str, reason: Reason) -> None:
    for prefix in ("Microsoft.Exchange.Configuration.Tasks.", ""):
        told = problem(_error(prefix + name, 500), NOW)
        assert told is not None
        assert (told.reason, told.detail) == (reason, f"HTTP 500 {name}")


def test_no_name_of_anybody_is_told() -> None:
    told = problem(_error("Some.Where.StrangeException"), NOW)
    assert told is not None
    assert told.reason is Reason.PEER_FAILED
    assert "Secret" not in str(told)
    told = problem(_error(code="Ann Secret"), NOW)
    assert told is not None
    assert "Secret" not in str(told)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_error(status=401), Reason.UNAUTHORIZED),
        (_error(status=403), Reason.NO_ACCESS),
        (_error(status=429), Reason.THROTTLED),
        (_error(status=503), Reason.THROTTLED),
        (_error(status=500, code="ServerBusy"), Reason.THROTTLED),
        (_error(status=504), Reason.TIMEOUT),
        (_error(status=404), Reason.PEER_FAILED),
        (_error(status=500), Reason.PEER_FAILED),
        (html(404), Reason.GARBLED),
        (html(502), Reason.PEER_FAILED),
        (json({"error": {"details": 7, "message": 8, "code": 9}}, 400), Reason.PEER_FAILED),
        (json({"error": {"details": [7, {"message": 8}]}}, 400), Reason.PEER_FAILED),
    ],
)
def test_else_the_code_or_the_status_says_it(answer: HttpResponse, reason: Reason) -> None:
    told = problem(answer, NOW)
    assert told is not None
    assert told.reason is reason


def test_how_long_to_wait_and_what_is_well() -> None:
    told = problem(_error(status=429, Retry_After="7"), NOW)
    assert told is not None
    assert told.retry_after == timedelta(seconds=7)
    assert problem(json({"value": []}), NOW) is None
    assert problem(HttpResponse(204), NOW) is None


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (_error("Microsoft.Exchange.Data.Directory.OverBudgetException", 500), 429),
        (_error(status=500, code="ServerBusy"), 429),
        (_error(status=429), 429),
        (_error("Some.ManagementObjectNotFoundException", 404), 404),
        (_error(status=500), 500),
        (html(502), 502),
        (json({"error": {"code": "ServerBusy"}}), 200),
    ],
)
def test_busy_is_told_plainly(answer: HttpResponse, status: int) -> None:
    async def sent() -> HttpResponse:
        return await busy_told_plainly(Peer(answer))(HttpRequest("POST", "https://x.example"))

    told = run(sent())
    assert (told.status, told.headers, told.body) == (status, answer.headers, answer.body)
