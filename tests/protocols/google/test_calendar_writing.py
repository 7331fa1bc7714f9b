"""Writes tell nobody, and each refusal is told by what it means."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google.calendar_reading import Calendar
from protocols.google.calendar_writing import DUPLICATE, GONE, change, create, delete
from protocols.google.writing import STALE, Refusal
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, json, run

UNREACHABLE = PeerError(Reason.UNREACHABLE, "no route")


def calendar(peer: Peer) -> Calendar:
    return Calendar(peer, "c@group.calendar.google.com", NOW)


def error(status: int, reason: str, domain: str = "global", **headers: str) -> HttpResponse:
    return json({"error": {"code": status, "errors": [{"domain": domain, "reason": reason}]}}, status, **headers)


def query(peer: Peer) -> dict[str, str]:
    return {key: value for key, [value] in parse_qs(urlsplit(peer.requests[0].url).query).items()}


def test_a_copy_is_imported() -> None:
    peer = Peer(json({"id": "a"}))
    assert run(create(calendar(peer), {"iCalUID": "u@busyline", "summary": "Budget"})) == {"id": "a"}
    [request] = peer.requests
    assert (request.method, urlsplit(request.url).path[-14:]) == ("POST", "/events/import")
    assert orjson.loads(request.body) == {"iCalUID": "u@busyline", "summary": "Budget"}
    assert "sendUpdates" not in query(peer)  # which import does not know: it never mails


def test_a_change_is_silent_and_bound_to_what_was_seen() -> None:
    peer = Peer(json({"id": "a"}))
    run(change(calendar(peer), "a", {"summary": "Budget"}, '"7"'))
    [request] = peer.requests
    assert (request.method, request.headers["If-Match"], query(peer)["sendUpdates"]) == ("PATCH", '"7"', "none")
    peer = Peer(json({"id": "a"}))
    run(change(calendar(peer), "a", {}, ""))
    assert "If-Match" not in peer.requests[0].headers


def test_a_deletion_is_silent_and_bound_to_what_was_seen() -> None:
    peer = Peer(HttpResponse(204))
    assert run(delete(calendar(peer), "a", '"7"')) is None
    [request] = peer.requests
    assert (request.method, request.headers["If-Match"], request.body) == ("DELETE", '"7"', b"")
    assert query(peer) == {"sendUpdates": "none"}


@pytest.mark.parametrize("answer", [error(404, "notFound"), error(410, "deleted")])
def test_what_is_gone_is_deleted(answer: HttpResponse) -> None:
    assert run(delete(calendar(Peer(answer)), "a", '"7"')) is None
    assert run(change(calendar(Peer(answer)), "a", {}, '"7"')) is GONE


@pytest.mark.parametrize("name", ["attendees", "organizer", "attendeesOmitted", "guestsCanInviteOthers"])
def test_nobody_is_ever_written(name: str) -> None:
    with pytest.raises(ValueError, match="people"):
        run(change(calendar(Peer()), "a", {name: []}, ""))
    with pytest.raises(ValueError, match="people"):
        run(create(calendar(Peer()), {name: {}}))


@pytest.mark.parametrize(
    ("answer", "refusal"), [(error(412, "conditionNotMet"), STALE), (error(409, "duplicate"), DUPLICATE)]
)
def test_what_somebody_else_did(answer: HttpResponse, refusal: Refusal) -> None:
    assert run(change(calendar(Peer(answer)), "a", {}, '"7"')) == refusal


@pytest.mark.parametrize(
    ("answer", "reason", "again", "doubt"),
    [
        (error(403, "rateLimitExceeded", "usageLimits"), Reason.THROTTLED, True, False),
        (error(429, "rateLimitExceeded", "usageLimits", Retry_After="9"), Reason.THROTTLED, True, False),
        (error(403, "requiredAccessLevel"), Reason.NO_ACCESS, False, False),
        (error(403, "forbiddenForNonOrganizer"), Reason.FORBIDDEN, False, False),
        (error(401, "authError"), Reason.UNAUTHORIZED, False, False),
        (error(400, "invalid"), Reason.PEER_FAILED, False, False),
        (error(500, "backendError"), Reason.PEER_FAILED, True, True),
        (html(403), Reason.GARBLED, False, True),
        (html(), Reason.GARBLED, True, True),
        (json({"error": {"code": 500}}), Reason.GARBLED, True, True),
        (json({"summary": "no id"}), Reason.GARBLED, True, True),
        (UNREACHABLE, Reason.UNREACHABLE, True, True),
    ],
)
def test_what_a_refusal_means(answer: HttpResponse | Exception, reason: Reason, again: bool, doubt: bool) -> None:
    result = run(create(calendar(Peer(answer)), {}))
    assert isinstance(result, Refusal)
    assert (result.reason, result.retry_after is not None, result.doubt) == (reason, again, doubt)
    assert result.words


def test_how_long_to_wait() -> None:
    result = run(delete(calendar(Peer(error(429, "rateLimitExceeded", Retry_After="9"))), "a", ""))
    assert result is not None
    assert result.retry_after == timedelta(seconds=9)


def test_a_calendar_that_may_not_be_written_says_what_to_do() -> None:
    result = run(create(calendar(Peer(error(403, "requiredAccessLevel"))), {}))
    assert isinstance(result, Refusal)
    assert "Make changes to events" in result.words
