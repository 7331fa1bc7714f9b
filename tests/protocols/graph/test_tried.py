"""A change that was tried: what became of it is a value."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import PeerError
from protocols.graph.tried import answered, done, message, refused_with, tried
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_success_is_the_answer() -> None:
    peer = Peer(HttpResponse(204))
    answer = run(tried(peer, "PATCH", "https://g.example/x", {"a": "ä"}, as_of=NOW))
    assert isinstance(answer, HttpResponse)
    assert (peer.requests[0].method, peer.requests[0].body) == ("PATCH", '{"a":"ä"}'.encode())
    assert peer.requests[0].headers["Content-Type"] == "application/json"
    run(tried(peer := Peer(HttpResponse(204)), "DELETE", "https://g.example/x", as_of=NOW))
    assert (peer.requests[0].body, "Content-Type" in peer.requests[0].headers) == (b"", False)


def test_failures_are_values() -> None:
    lost = PeerError(Reason.TIMEOUT, "no answer")
    assert run(tried(Peer(lost), "GET", "https://g.example/x", as_of=NOW)) is lost
    told = run(tried(Peer(json({"error": {}}, 429, Retry_After="3")), "GET", "https://g.example/x", as_of=NOW))
    assert isinstance(told, PeerError)
    assert (told.reason, told.retry_after) == (Reason.THROTTLED, timedelta(seconds=3))


def test_a_refusal_can_be_read() -> None:
    refused = json({"error": {"code": "Request_BadRequest", "message": "None LEFT."}}, 400)
    response = run(answered(Peer(refused), "POST", "https://g.example/x", {}))
    assert isinstance(response, HttpResponse)
    assert message(response) == "none left."
    lost = PeerError(Reason.TIMEOUT)
    assert run(answered(Peer(lost), "POST", "https://g.example/x", {})) is lost
    assert [message(each) for each in (lost, html(400), json({"error": "x"}), json({"error": {"message": 1}}))] == [
        *("", "", "", "")
    ]


def test_a_page_for_people_is_no_success() -> None:
    lost = PeerError(Reason.TIMEOUT)
    assert [done(HttpResponse(204)), done(json({"id": "1"}, 201)), done(lost)] == [None, None, lost]
    assert isinstance(done(html()), PeerError)
    assert isinstance(done(json([])), PeerError)


@pytest.mark.parametrize(
    ("response", "refused"),
    [
        (json({"error": {"code": "ResourceNotFound"}}, 404), True),
        (json({"error": {}}, 404), True),
        (html(404), False),  # something between us and Graph
        (json({"error": {"code": "404"}}, 400), False),
        (json({"error": {"code": "x"}}, 403), False),
        (json({"error": {"code": "applicationThrottled"}}, 404), False),
    ],
)
def test_it_was_graph_itself_that_said_404(response: HttpResponse, *, refused: bool) -> None:
    error = run(tried(Peer(response), "GET", "https://g.example/x", as_of=NOW))
    assert isinstance(error, PeerError)
    assert refused_with(error, 404, 409) is refused
