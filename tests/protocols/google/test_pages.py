"""Paging through events.list: every page or none."""

from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.google.pages import MAX_PAGES, Listing, encode, fetch
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.google.samples import ANN, NOW, WINDOW
from tests.protocols.scripted import Peer, html, json, run

API = "https://g.example"


def fetched(peer: Peer) -> Listing | PeerError:
    return run(fetch(peer, ANN, WINDOW, details=True, api_url=API, as_of=NOW))


def page(*items: object, token: object = None) -> HttpResponse:
    body = {"timeZone": "Europe/Berlin", "accessRole": "owner", "items": list(items)}
    return json(body if token is None else {**body, "nextPageToken": token})


def test_what_a_page_asks() -> None:
    url = urlsplit(encode(ANN, WINDOW, details=False, api_url=API, token="t/1").url)
    assert (url.netloc, url.path) == ("g.example", "/calendar/v3/calendars/ann@northwind.example/events")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    fields = query.pop("fields")
    assert query == {
        "singleEvents": "true",
        "timeMin": "2026-11-23T00:00:00Z",
        "timeMax": "2026-11-30T00:00:00Z",
        "maxResults": "2500",
        "maxAttendees": "1",
        "pageToken": "t/1",
    }
    assert "nextPageToken" in fields
    assert "summary" not in fields
    assert "location," not in fields
    assert "summary,location" in encode(ANN, WINDOW, details=True, api_url=API, token=None).url.replace("%2C", ",")


def test_a_strange_address_stays_inside_its_part_of_the_path() -> None:
    strange = Mailbox.parse("a/../b?c#d@northwind.example")
    assert (
        "/calendars/a%2F..%2Fb%3Fc%23d@northwind.example/events?"
        in encode(strange, WINDOW, details=False, api_url=API, token=None).url
    )


def test_all_pages_are_joined_and_the_last_one_speaks_of_the_calendar() -> None:
    peer = Peer(page(1, token="a"), page(2, 3, token="b"), page())
    assert fetched(peer) == Listing((1, 2, 3), "Europe/Berlin", may_read=True, default_reminders=False)
    tokens = [parse_qs(urlsplit(request.url).query).get("pageToken") for request in peer.requests]
    assert tokens == [None, ["a"], ["b"]]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((json({"error": {"errors": []}}, 404),), Reason.NO_SUCH_MAILBOX),
        ((page(1, token="a"), json({"error": {"errors": []}}, 404)), Reason.INCOMPLETE),
        ((page(1, token="a"), html(500)), Reason.INCOMPLETE),
        ((page(1, token="a"), json({"timeZone": "UTC"})), Reason.INCOMPLETE),
        ((page(1, token=""),), Reason.GARBLED),
        ((page(1, token=7),), Reason.GARBLED),
        ((json({"timeZone": "UTC"}),), Reason.GARBLED),
        (tuple(page(token="again") for _ in range(MAX_PAGES)), Reason.TOO_MANY_ENTRIES),
    ],
)
def test_a_page_that_did_not_come(answers: tuple[HttpResponse, ...], reason: Reason) -> None:
    error = fetched(Peer(*answers))
    assert isinstance(error, PeerError)
    assert error.reason is reason


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((html(500),), Reason.PEER_FAILED),
        ((json({"error": {}}, 401),), Reason.UNAUTHORIZED),
        ((page(1, token="a"), json({"error": {}}, 401)), Reason.UNAUTHORIZED),
        ((page(1, token="a"), json({"error": {}}, 429, Retry_After="2")), Reason.THROTTLED),
    ],
)
def test_what_concerns_more_than_the_calendar_raises(answers: tuple[HttpResponse, ...], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        fetched(Peer(*answers))
    assert caught.value.reason is reason


def test_a_page_that_is_half_there_raises() -> None:
    with pytest.raises(PeerError) as caught:
        fetched(Peer(page(1, token="a"), HttpResponse(200, body=b'{"items": [')))
    assert caught.value.reason is Reason.GARBLED
