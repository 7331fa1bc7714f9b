"""A calendar is read whole or not at all, and what is not there is told from what cannot be seen."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.google.calendar_reading import Calendar, Listed, TokenExpiredError, event, instance, listed, look
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, json, run

PAGE = {"kind": "calendar#events", "timeZone": "Europe/Zurich", "accessRole": "owner", "items": []}


def calendar(peer: Peer) -> Calendar:
    return Calendar(peer, "c_x@group.calendar.google.com", NOW)


def page(*keys: str, **more: Any) -> HttpResponse:
    return json({**PAGE, "items": [{"id": key} for key in keys], **more})


def error(status: int, reason: str) -> HttpResponse:
    return json({"error": {"code": status, "errors": [{"domain": "global", "reason": reason}]}}, status)


def read(peer: Peer, **more: Any) -> list[Listed]:
    async def everything() -> list[Listed]:
        return [each async for each in listed(calendar(peer), **more)]

    return run(everything())


def query(peer: Peer, number: int = -1) -> dict[str, str]:
    return {key: value for key, [value] in parse_qs(urlsplit(peer.requests[number].url).query).items()}


def test_every_page_and_the_token_of_the_last() -> None:
    peer = Peer(page("a", nextPageToken="p"), page("b", nextSyncToken="s"))
    told = read(peer)
    assert [[each["id"] for each in one.events] for one in told] == [["a"], ["b"]]
    assert [one.sync_token for one in told] == ["", "s"]
    assert told[1].frame.zone == "Europe/Zurich"
    assert query(peer, 0)["singleEvents"] == "false"
    assert query(peer)["pageToken"] == "p"
    assert "/calendars/c_x@group.calendar.google.com/events?" in peer.requests[0].url
    assert {"attendees", "recurrence", "extendedProperties"} <= {
        part.partition("(")[0] for part in query(peer)["fields"].replace("items(", "").split(",")
    }


def test_what_changed_and_what_bears_a_uid() -> None:
    peer = Peer(page("a", nextPageToken="p"), page(nextSyncToken="t"))
    read(peer, sync_token="s")
    assert [query(peer, number).get("syncToken") for number in (0, 1)] == ["s", "s"]
    peer = Peer(page("a"))
    read(peer, uid="u@busyline")
    assert (query(peer)["iCalUID"], query(peer)["showDeleted"]) == ("u@busyline", "true")


@pytest.mark.parametrize(
    "answer", [error(410, "fullSyncRequired"), error(410, "updatedMinTooLongAgo"), error(400, "invalid")]
)
def test_a_token_that_is_not_good_any_more(answer: HttpResponse) -> None:
    with pytest.raises(TokenExpiredError):
        read(Peer(answer), sync_token="s")
    with pytest.raises(PeerError) as caught:
        read(Peer(answer))
    assert not isinstance(caught.value, TokenExpiredError)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([error(404, "notFound")], Reason.NO_SUCH_MAILBOX),
        ([error(403, "forbidden")], Reason.NO_ACCESS),
        ([error(403, "rateLimitExceeded")], Reason.THROTTLED),
        ([page("a", nextPageToken="p"), error(500, "backendError")], Reason.INCOMPLETE),
        ([page("a", nextPageToken="p"), error(410, "deleted")], Reason.INCOMPLETE),
        ([page("a", nextPageToken="p"), page("b", nextPageToken="p")], Reason.GARBLED),
        ([json({**PAGE, "items": [{"summary": "no id"}]})], Reason.GARBLED),
        ([json({**PAGE, "items": {}})], Reason.GARBLED),
        ([json({"items": []})], Reason.GARBLED),
        ([json({"error": {"code": 500}})], Reason.GARBLED),
        ([html()], Reason.GARBLED),
        ([json({**PAGE, "accessRole": "freeBusyReader"})], Reason.NO_ACCESS),
    ],
)
def test_half_a_calendar_is_none(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        read(Peer(*answers))
    assert caught.value.reason is reason


def test_broken_letters_spoil_no_page() -> None:
    peer = Peer(HttpResponse(200, body=b'{"kind":"calendar#events","items":[{"id":"a","summary":"\xff\xfe"}]}'))
    assert read(peer)[0].events == ({"id": "a", "summary": "\ufffd\ufffd"},)


def test_what_a_calendar_says_of_itself() -> None:
    peer = Peer(page())
    assert run(look(calendar(peer))).role == "owner"
    assert query(peer)["maxResults"] == "1"


def test_one_event() -> None:
    peer = Peer(json({"id": "a/b"}))
    assert run(event(calendar(peer), "a b")) == {"id": "a/b"}
    assert urlsplit(peer.requests[0].url).path.endswith("/events/a%20b")
    assert run(event(calendar(Peer(error(404, "notFound"))), "a")) is None
    assert run(event(calendar(Peer(error(410, "deleted"))), "a")) is None


@pytest.mark.parametrize(
    "answer", [html(404), error(403, "forbidden"), error(500, "backendError"), html(), json({"error": {}})]
)
def test_doubt_is_no_absence(answer: HttpResponse) -> None:
    for ask in (event(calendar(Peer(answer)), "a"), instance(calendar(Peer(answer)), "a", "2026-11-16")):
        with pytest.raises(PeerError):
            run(ask)


def test_one_occurrence() -> None:
    peer = Peer(json({"items": [{"id": "a_20261116T090000Z"}]}))
    assert run(instance(calendar(peer), "a", "2026-11-16T09:00:00Z")) == {"id": "a_20261116T090000Z"}
    assert (query(peer)["originalStart"], query(peer)["showDeleted"]) == ("2026-11-16T09:00:00Z", "true")
    assert urlsplit(peer.requests[0].url).path.endswith("/events/a/instances")
    assert run(instance(calendar(Peer(json({"items": []}))), "a", "2026-11-16")) is None
    assert run(instance(calendar(Peer(error(404, "notFound"))), "a", "2026-11-16")) is None


def test_a_calendar_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(PeerError) as caught:
        run(look(calendar(Peer(error(404, "notFound")))))
    assert "no calendar " in caught.value.detail
    assert "share it with it" in caught.value.detail
