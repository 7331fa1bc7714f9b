"""Asking an Exchange server."""

from datetime import timedelta

import pytest

from protocols.errors import PeerError
from protocols.ews import request as codec
from protocols.ews.ask import ask
from protocols.ews.query import View
from protocols.ews.soap import read_envelope
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import ANN, BOB, START, WEEK, answered, block, known, request_of, valid
from tests.protocols.scripted import Peer, html, run

_URL = "https://mail.contoso.example/EWS/Exchange.asmx"


def _ask(peer: Peer, *mailboxes: Mailbox, question: Question | None = None) -> list[Answer]:
    return run(ask(peer, mailboxes, question or Question(window=WEEK), url=_URL, source="contoso", as_of=START))


def test_one_call_for_all_in_order() -> None:
    request = request_of(ANN, BOB, view=View.FREE_BUSY)
    down = Unavailable(mailbox=BOB, reason=Reason.TIMEOUT)
    peer = Peer(HttpResponse(200, Headers(), answered(request, known([block(9)]), down)))
    first, second = _ask(peer, ANN, BOB)
    assert isinstance(first, Availability)
    assert list(first.intervals) == [block(9)]
    assert second == down
    (sent,) = peer.requests
    assert (sent.method, sent.url) == ("POST", _URL)
    assert sent.headers["content-type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize(("detail", "view"), [(Detail.BUSY, View.FREE_BUSY), (Detail.DETAILS, View.DETAILED)])
def test_no_more_is_asked_than_is_wanted_and_never_the_merged_string_alone(detail: Detail, view: View) -> None:
    peer = Peer(HttpResponse(200, Headers(), answered(request_of(view=view), known())))
    question = Question(window=WEEK, detail=detail, interval=timedelta(minutes=5))
    _ask(peer, ANN, question=question)
    valid(peer.requests[0].body)
    asked = codec.decode(read_envelope(peer.requests[0].body))
    assert asked.view is view
    assert asked.question is not None
    assert asked.question.window == WEEK
    assert asked.server_version == "Exchange2013"


@pytest.mark.parametrize("minutes", [1, 4, 7, 14, 15, 40])
def test_the_digits_of_a_peer_that_grants_nothing_else_are_read(minutes: int) -> None:
    window = TimeWindow(START, START + timedelta(minutes=minutes, seconds=30))
    cell = min(15, max(minutes, 5))
    count = -(-window.length // timedelta(minutes=cell))
    body = answered(request_of(view=View.MERGED_ONLY), known()).replace(b"0" * 336, b"2" * count)
    peer = Peer(HttpResponse(200, Headers(), body))
    (answer,) = _ask(peer, ANN, question=Question(window=window))
    assert isinstance(answer, Availability)
    assert [one.window for one in answer.intervals] == [window]
    assert f"<t:MergedFreeBusyIntervalInMinutes>{cell}<".encode() in peer.requests[0].body


def test_nobody_to_ask_about_needs_no_call() -> None:
    assert _ask(Peer()) == []


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (html(200), Reason.GARBLED),
        (html(302), Reason.PEER_FAILED),
        (html(401), Reason.UNAUTHORIZED),
        (html(403), Reason.UNAUTHORIZED),
        (html(500), Reason.PEER_FAILED),
        (html(503), Reason.THROTTLED),
    ],
)
def test_what_is_no_answer_is_the_peers_error(response: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as failed:
        _ask(Peer(response), ANN)
    assert failed.value.reason is reason


def test_what_the_network_says_is_passed_on() -> None:
    with pytest.raises(PeerError) as failed:
        _ask(Peer(PeerError(Reason.UNREACHABLE)), ANN)
    assert failed.value.reason is Reason.UNREACHABLE


def test_in_whose_name_is_asked() -> None:
    for impersonate, count in (("", 0), ("fb@contoso.example", 1)):
        peer = Peer(HttpResponse(200, Headers(), answered(request_of(ANN), known())))
        question = Question(window=WEEK)
        run(ask(peer, [ANN], question, url=_URL, source="contoso", as_of=START, impersonate=impersonate))
        valid(peer.requests[0].body)
        assert peer.requests[0].body.count(b"fb@contoso.example") == count
