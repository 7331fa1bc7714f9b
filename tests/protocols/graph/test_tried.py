"""A change that was tried: what became of it is a value."""

from datetime import UTC, datetime, timedelta

from protocols.errors import PeerError
from protocols.graph.tried import tried
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

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
