"""Asking a calendar in Microsoft 365, and waiting where Outlook asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from calsync.spokes.graph_calendar_asking import READING, WRITING, Calendar
from protocols.graph.batch import Part
from protocols.graph.calendar_requests import Place
from protocols.http import HttpRequest, HttpResponse, Send
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
PLACE = Place(user="Ann@contoso.example", api_url="https://graph.example")
PART = Part(method="GET", path="/users/a/events/b")


class Waits:
    """Notes how long somebody slept, and takes no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def calendar(peer: Peer, waits: Waits) -> Calendar:
    return Calendar(send=peer, place=PLACE, clock=lambda: NOW, sleep=waits, chance=lambda: 1.0)


def told(*statuses: int, wait: str = "2") -> HttpResponse:
    def one(number: int, status: int) -> dict[str, Any]:
        headers = {"Retry-After": wait} if status == 429 and wait else {}
        return {"id": str(number), "status": status, "headers": headers, "body": {"id": "b"}}

    return json({"responses": [one(number, status) for number, status in enumerate(statuses)]})


async def asked(send: Send) -> HttpResponse:
    return await send(HttpRequest("GET", "https://graph.example/x"))


def test_only_what_was_put_off_is_asked_again_and_in_order() -> None:
    peer, waits = Peer(told(200, 429, 404, 429), told(200, 503), told(200)), Waits()
    answers = run(calendar(peer, waits).batch([PART] * 4, longest=READING))
    assert [answer.status for answer in answers] == [200, 200, 404, 200]
    assert waits.seconds == [2 * 1.1, 2 * 1.1]


def test_nobody_waits_longer_than_is_worth_while() -> None:
    peer, waits = Peer(told(429, wait="31")), Waits()
    [answer] = run(calendar(peer, waits).batch([PART], longest=WRITING))
    assert answer.failure is not None
    assert answer.failure.retry_after == timedelta(seconds=31)
    assert waits.seconds == []


def test_who_says_nothing_is_given_longer_each_time() -> None:
    peer, waits = Peer(*[told(429, wait="")] * 5), Waits()
    run(calendar(peer, waits).batch([PART], longest=WRITING))
    assert [round(each / 1.1) for each in waits.seconds] == [1, 2, 4, 8]


def test_a_batch_that_fails_as_a_whole_is_not_sent_again_where_it_may_have_been_done() -> None:
    peer = Peer(json({"error": {"code": "x"}}, 500))
    [answer] = run(calendar(peer, Waits()).batch([PART], longest=WRITING))
    assert answer.doubt
    assert len(peer.requests) == 1


def test_more_than_twenty_are_several_batches() -> None:
    peer = Peer(told(*[200] * 20), told(200))
    assert len(run(calendar(peer, Waits()).batch([PART] * 21, longest=READING))) == 21
    assert run(calendar(Peer(), Waits()).batch([], longest=READING)) == []


def test_a_reading_waits_and_asks_for_large_pages() -> None:
    peer, waits = Peer(json({}, 429, Retry_After="3"), json({}, 503), json({"value": []})), Waits()
    send = calendar(peer, waits).reading()
    assert run(asked(send)).status == 200
    assert [round(each / 1.1) for each in waits.seconds] == [3, 2]
    assert "odata.maxpagesize=200" in peer.requests[0].headers["Prefer"]
    assert 'IdType="ImmutableId"' in peer.requests[0].headers["Prefer"]


def test_a_reading_ends_where_it_would_wait_for_ever() -> None:
    peer, waits = Peer(*[json({}, 429, Retry_After="60")] * 2), Waits()
    assert run(asked(calendar(peer, waits).reading())).status == 429
    assert len(waits.seconds) == 1


def test_what_a_batch_is_told_and_does_not_wait_for_is_known_to_the_next_reading() -> None:
    peer, waits = Peer(told(429, wait="300")), Waits()
    at = calendar(peer, waits)
    run(at.batch([PART], longest=READING))
    answer = run(asked(at.reading()))
    assert (answer.status, answer.headers.get("Retry-After")) == (429, "300")
    assert (len(peer.requests), waits.seconds) == (1, [])


def test_an_owner_has_many_addresses() -> None:
    found = Calendar(
        send=Peer(), place=PLACE, owners=frozenset({"A@b.example"}), clock=lambda: NOW, sleep=Waits(), chance=lambda: 0
    ).addresses
    assert found == {"ann@contoso.example", "a@b.example"}
