"""A published file is fetched whole, and only where it has changed."""

import pytest

from protocols.caldav.sync_file import MOST_BYTES, File, fetch
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.sync_samples import AS_OF
from tests.protocols.scripted import Peer, run

URL = "https://publish.example/ann/work.ics"
OLD = {"Last-Modified": "Sun, 01 Nov 2026 12:00:00 GMT", "Date": "Sun, 01 Nov 2026 12:01:00 GMT"}
JUST_NOW = {**OLD, "Date": "Sun, 01 Nov 2026 12:00:59 GMT"}


def file(**headers: str) -> HttpResponse:
    return HttpResponse(200, Headers({name.replace("_", "-"): value for name, value in headers.items()}), b"data")


def test_a_file_has_a_state_by_which_it_is_asked_for_again() -> None:
    tagged = run(fetch(Peer(file(ETag='W/"1"')), URL, as_of=AS_OF))
    assert tagged == File(data=b"data", state='If-None-Match:W/"1"')
    peer = Peer(HttpResponse(304, Headers(), b""))
    assert run(fetch(peer, URL, state=tagged.state, as_of=AS_OF)) is None
    assert peer.requests[0].headers["If-None-Match"] == 'W/"1"'


@pytest.mark.parametrize(
    ("headers", "state"), [(OLD, f"If-Modified-Since:{OLD['Last-Modified']}"), (JUST_NOW, ""), ({}, "")]
)
def test_a_date_counts_where_it_can_be_relied_on(headers: dict[str, str], state: str) -> None:
    told = run(fetch(Peer(HttpResponse(200, Headers(headers), b"data")), URL, as_of=AS_OF))
    assert told == File(data=b"data", state=state)


def test_a_redirect_is_followed_within_its_origin() -> None:
    moved = HttpResponse(302, Headers({"Location": "/elsewhere.ics#x"}), b"")
    peer = Peer(moved, file())
    run(fetch(peer, URL, as_of=AS_OF))
    assert peer.requests[1].url == "https://publish.example/elsewhere.ics"
    away = HttpResponse(302, Headers({"Location": "https://elsewhere.example/x.ics"}), b"")
    with pytest.raises(PeerError, match="another server"):
        run(fetch(Peer(away), URL, as_of=AS_OF))
    with pytest.raises(PeerError, match="do not end"):
        run(fetch(Peer(*[moved] * 9), URL, as_of=AS_OF))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, Reason.NO_CALENDAR),
        (401, Reason.UNAUTHORIZED),
        (503, Reason.THROTTLED),
        (500, Reason.PEER_FAILED),
        (304, Reason.PEER_FAILED),
    ],
)
def test_failures_are_named(status: int, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(fetch(Peer(HttpResponse(status, Headers(), b"")), URL, as_of=AS_OF))
    assert raised.value.reason is reason


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(PeerError, match="larger than 32 MB"):
        run(fetch(Peer(HttpResponse(200, Headers(), bytes(MOST_BYTES + 1))), URL, as_of=AS_OF))
