"""Channels are asked for, ended and read, with the secret in none of their pictures."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google.calendar_channels import Channel, Notification, read_notification, stop, watch
from protocols.google.calendar_reading import Calendar
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, json, run

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
CHANNEL = Channel("c1", "r1", UNTIL)
ASKED = {"key": "c1", "url": "https://busy.example.com/hooks/x", "secret": "s3cret", "until": UNTIL}


def calendar(peer: Peer) -> Calendar:
    return Calendar(peer, "c@group.calendar.google.com", NOW)


def error(status: int) -> HttpResponse:
    return json({"error": {"code": status, "errors": [{"domain": "global", "reason": "notFound"}]}}, status)


def test_a_channel_is_asked_for() -> None:
    peer = Peer(json({"id": "c1", "resourceId": "r1", "expiration": "1796083200000"}))
    told = run(watch(calendar(peer), **ASKED))  # type: ignore[arg-type]
    assert told == Channel("c1", "r1", datetime(2026, 12, 1, tzinfo=UTC))
    [request] = peer.requests
    assert request.url.endswith("/calendar/v3/calendars/c@group.calendar.google.com/events/watch")
    assert orjson.loads(request.body) == {
        "id": "c1",
        "type": "web_hook",
        "address": "https://busy.example.com/hooks/x",
        "token": "s3cret",
        "expiration": "1796083200000",
    }


def test_google_may_promise_less() -> None:
    peer = Peer(json({"id": "c1", "resourceId": "r1", "expiration": "1795996800000"}))
    assert run(watch(calendar(peer), **ASKED)).until == UNTIL - timedelta(days=1)  # type: ignore[arg-type]
    peer = Peer(json({"id": "c1", "resourceId": "r1"}))
    assert run(watch(calendar(peer), **ASKED)).until == UNTIL  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [json({"id": "c1"}), error(404), html(), html(502)])
def test_half_a_channel_is_none(answer: HttpResponse) -> None:
    with pytest.raises(PeerError):
        run(watch(calendar(Peer(answer)), **ASKED))  # type: ignore[arg-type]


def test_a_channel_ends() -> None:
    peer = Peer(HttpResponse(204))
    run(stop(calendar(peer), CHANNEL))
    assert peer.requests[0].url.endswith("/calendar/v3/channels/stop")
    assert orjson.loads(peer.requests[0].body) == {"id": "c1", "resourceId": "r1"}
    run(stop(calendar(Peer(error(404))), CHANNEL))
    with pytest.raises(PeerError) as caught:
        run(stop(calendar(Peer(html(502))), CHANNEL))
    assert caught.value.reason is Reason.PEER_FAILED


def test_what_a_call_says() -> None:
    headers = {
        "X-Goog-Channel-ID": "c1",
        "X-Goog-Channel-Token": "s3cret",
        "X-Goog-Resource-ID": "r1",
        "X-Goog-Resource-State": "exists",
        "X-Goog-Message-Number": "17",
    }
    told = read_notification(headers)
    assert told == Notification("c1", "s3cret", "r1", begins=False, number=17)
    assert read_notification(Headers({name.lower(): value for name, value in headers.items()})) == told
    assert "s3cret" not in repr(told)
    first = read_notification({**headers, "X-Goog-Resource-State": "sync"})
    assert first is not None
    assert first.begins


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Goog-Channel-ID": "c1"},
        {"X-Goog-Resource-State": "exists"},
        {"X-Goog-Channel-ID": "c1", "X-Goog-Resource-State": "?"},
    ],
)
def test_what_is_no_call_of_a_channel(headers: dict[str, str]) -> None:
    assert read_notification(headers) is None


def test_a_strange_number_is_none() -> None:
    told = read_notification(
        {"X-Goog-Channel-ID": "c1", "X-Goog-Resource-State": "exists", "X-Goog-Message-Number": "²"}
    )
    assert told is not None
    assert told.number == 0
