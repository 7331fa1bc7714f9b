"""Many requests to Graph in one."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.batch import MOST, Answer, Part, batch
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://graph.example"
GET, POST = Part(method="GET", path="/users/a"), Part(method="POST", path="/users/b", body={"x": 1})


def told(number: str, status: int, body: object = None, **headers: str) -> dict[str, object]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"id": number, "status": status, "headers": fields, "body": body}


def ask(answer: HttpResponse | Exception, *parts: Part) -> tuple[list[Answer], Peer]:
    peer = Peer(answer)
    return run(batch(peer, parts, api_url=URL, as_of=NOW)), peer


def test_requests_are_numbered_and_only_those_with_a_body_say_what_it_is() -> None:
    _, peer = ask(json({"responses": []}), GET, POST)
    [request] = peer.requests
    assert (request.method, request.url) == ("POST", f"{URL}/v1.0/$batch")
    assert orjson.loads(request.body)["requests"] == [
        {"id": "0", "method": "GET", "url": "/users/a"},
        {
            "id": "1",
            "method": "POST",
            "url": "/users/b",
            "headers": {"Content-Type": "application/json"},
            "body": {"x": 1},
        },
    ]


def test_answers_come_in_any_order_and_go_out_in_ours() -> None:
    answers, _ = ask(json({"responses": [told("1", 201, {"id": "b"}), told("0", 200, {"id": "a"})]}), GET, POST)
    assert [(each.status, each.body["id"], each.failure) for each in answers] == [(200, "a", None), (201, "b", None)]


def test_each_request_is_refused_on_its_own() -> None:
    error = {"error": {"code": "ApplicationThrottled", "message": "Application is over its MailboxConcurrency limit."}}
    answers, _ = ask(json({"responses": [told("0", 429, error, Retry_After="9"), told("1", 204)]}), GET, POST)
    failure = answers[0].failure
    assert failure is not None
    assert (failure.reason, failure.retry_after, answers[0].doubt) == (Reason.THROTTLED, timedelta(seconds=9), False)
    assert (answers[1].failure, dict(answers[1].body)) == (None, {})


@pytest.mark.parametrize(
    ("answer", "reason", "doubt"),
    [
        (PeerError(Reason.UNREACHABLE, "reset"), Reason.UNREACHABLE, True),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT, True),
        (html(), Reason.GARBLED, True),
        (json({"error": {"code": "x"}}, 500), Reason.PEER_FAILED, True),
        (json({"error": {"code": "x"}}, 504), Reason.TIMEOUT, True),
        (json({"responses": "none"}), Reason.GARBLED, True),
        (json({"responses": [told("0", 200), told("0", 200)]}), Reason.GARBLED, True),
        (json({"error": {"code": "x"}}, 429, Retry_After="3"), Reason.THROTTLED, False),
        (json({"error": {"code": "x"}}, 401), Reason.UNAUTHORIZED, False),
        (json({"error": {"code": "x"}}, 400), Reason.PEER_FAILED, False),
    ],
)
def test_what_befalls_the_whole_befalls_each(answer: HttpResponse | Exception, reason: Reason, doubt: bool) -> None:
    answers, _ = ask(answer, GET, POST)
    failures = [each.failure for each in answers if each.failure is not None]
    assert [each.reason for each in failures] == [reason, reason]
    assert [each.doubt for each in answers] == [doubt, doubt]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_error_of_the_server_within_is_doubt_for_that_one(status: int) -> None:
    answers, _ = ask(json({"responses": [told("0", 200, {}), told("1", status, {"error": {"code": "x"}})]}), GET, POST)
    assert [each.doubt for each in answers] == [False, True]


def test_one_that_is_not_told_of_is_in_doubt() -> None:
    answers, _ = ask(json({"responses": [told("1", 200), {"id": "0", "status": "200"}]}), GET, POST)
    assert (answers[0].status, answers[0].doubt, answers[1].failure) == (0, True, None)


def test_nothing_asks_nobody_and_too_much_is_ours_to_see() -> None:
    assert run(batch(Peer(), [], api_url=URL, as_of=NOW)) == []
    with pytest.raises(ValueError, match="20"):
        run(batch(Peer(), [GET] * (MOST + 1), api_url=URL, as_of=NOW))
