"""Photos of users read, written and taken away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.photos import photo, put_photo
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com/v1.0"
WHERE: Any = {"api_url": API, "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
NONE = json({"error": {"code": "ImageNotFound"}}, 404)
DONE = HttpResponse(200, Headers({}), b"")


def test_a_photo_in_one_size() -> None:
    peer = Peer(HttpResponse(200, Headers({"Content-Type": "image/jpeg"}), b"\xff\xd8"))
    assert run(photo(peer, "a/b", **WHERE)) == b"\xff\xd8"
    assert peer.requests[0].url == f"{API}/users/a%2Fb/photos/240x240/$value"


def test_who_has_none_has_none() -> None:
    assert run(photo(Peer(NONE), "a", **WHERE)) == b""


@pytest.mark.parametrize(("status", "reason"), [(429, Reason.THROTTLED), (403, Reason.NO_ACCESS)])
def test_what_cannot_be_read_is_an_error(status: int, reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        run(photo(Peer(json({"error": {"code": "x"}}, status)), "a", **WHERE))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("picture", "kind"), [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG.", "image/png"), (b"GIF89a", "image/gif")]
)
def test_a_photo_is_written_as_what_it_is(picture: bytes, kind: str) -> None:
    peer = Peer(DONE)
    assert run(put_photo(peer, "a", picture, **WHERE)) is None
    [request] = peer.requests
    assert (request.method, request.url, request.body) == ("PUT", f"{API}/users/a/photo/$value", picture)
    assert request.headers.get("Content-Type") == kind


def test_a_photo_is_taken_away_and_so_is_one_that_is_not_there() -> None:
    peer = Peer(DONE, NONE)
    assert run(put_photo(peer, "a", b"", **WHERE)) is None
    assert run(put_photo(peer, "a", b"", **WHERE)) is None
    assert [request.method for request in peer.requests] == ["DELETE", "DELETE"]


def test_what_was_not_written_is_told() -> None:
    told = run(put_photo(Peer(NONE), "a", b"x", **WHERE))
    assert isinstance(told, PeerError)
    lost = PeerError(Reason.TIMEOUT, "late")
    assert run(put_photo(Peer(lost), "a", b"x", **WHERE)) is lost
