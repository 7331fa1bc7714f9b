"""One POST with the whole question, and every way in which a call fails as a whole."""

from datetime import timedelta

import orjson
import pytest

from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from protocols.provider.ask import ask
from tests.protocols.provider.samples import ANN, BOB, BUSY, DETAILS, EVENT, NOW, answer, available, entry
from tests.protocols.scripted import Peer, html, run

URL = "https://shifts.fabrikam.example/freebusy"


def asking(peer: Peer, *mailboxes: object, question: object = BUSY) -> list[object]:
    return run(ask(peer, mailboxes, question, url=URL, requester="merger", source="shifts", as_of=NOW))  # type: ignore[arg-type]


def test_the_question_is_as_the_contract_has_it() -> None:
    peer = Peer(HttpResponse(200, body=answer(entry(EVENT))))
    [ann, bob, again] = asking(peer, ANN, BOB, ANN, question=DETAILS)
    assert len(available(ann).intervals) == len(available(again).intervals) == 1  # type: ignore[arg-type]
    assert getattr(bob, "reason", None) is Reason.INCOMPLETE
    [request] = peer.requests
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers["Content-Type"] == "application/json"
    assert orjson.loads(request.body) == {
        "version": 1,
        "requester": {"name": "merger"},
        "mailboxes": ["ann@fabrikam.example", "bob@fabrikam.example"],
        "window": {"start": "2026-11-23T00:00:00Z", "end": "2026-11-30T00:00:00Z"},
        "details": True,
    }


def test_nobody_asked_nothing_sent() -> None:
    peer = Peer()
    assert asking(peer) == []
    assert peer.requests == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.PEER_FAILED),
        (401, Reason.UNAUTHORIZED),
        (403, Reason.UNAUTHORIZED),
        (404, Reason.PEER_FAILED),
        (408, Reason.TIMEOUT),
        (413, Reason.TOO_MANY_ENTRIES),
        (429, Reason.THROTTLED),
        (500, Reason.PEER_FAILED),
        (502, Reason.UNREACHABLE),
        (503, Reason.THROTTLED),
        (504, Reason.TIMEOUT),
        (204, Reason.PEER_FAILED),
    ],
)
def test_what_a_status_means(status: int, reason: Reason) -> None:
    response = HttpResponse(status, Headers({"Retry-After": "7"}), answer(entry(EVENT)))
    with pytest.raises(PeerError) as raised:
        asking(Peer(response), ANN)
    assert (raised.value.reason, raised.value.retry_after) == (reason, timedelta(seconds=7))
    assert raised.value.detail == f"HTTP {status}"


def test_a_page_in_the_way_is_garbled() -> None:
    with pytest.raises(PeerError, match="garbled: the answer is not JSON"):
        asking(Peer(html()), ANN)
