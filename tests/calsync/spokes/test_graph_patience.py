"""Waiting for Microsoft 365 as long as it asks for, and no longer than is worth while."""

from datetime import UTC, datetime, timedelta

from calsync.spokes.graph_patience import READING, Patience
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from tests.protocols.scripted import Peer, run

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
WELL = HttpResponse(200, Headers(), b"{}")


class Waited:
    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.patience = Patience(clock=lambda: NOW, sleep=self.sleep, chance=lambda: 0.0)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


def busy(status: int = 429, wait: str = "") -> HttpResponse:
    return HttpResponse(status, Headers({"Retry-After": wait} if wait else {}), b"")


async def asked(send: Send) -> HttpResponse:
    return await send(HttpRequest("GET", "https://graph.example/x"))


def test_who_says_nothing_is_given_longer_each_time_and_the_next_question_begins_anew() -> None:
    waited, peer = Waited(), Peer(busy(), busy(503), busy(502), WELL, busy(504), WELL)
    send = waited.patience.reading(peer)
    assert run(asked(send)) == WELL
    assert run(asked(send)) == WELL
    assert waited.seconds == [1.0, 2.0, 4.0, 1.0]


def test_what_is_told_counts() -> None:
    waited, peer = Waited(), Peer(busy(wait="7"), WELL)
    assert run(asked(waited.patience.reading(peer))) == WELL
    assert waited.seconds == [7.0]


def test_a_reading_waits_no_longer_than_is_worth_while_in_all() -> None:
    waited, peer = Waited(), Peer(busy(wait="200"), busy(wait="200"))
    assert run(asked(waited.patience.reading(peer))).status == 429
    assert waited.seconds == [200.0]


def test_an_error_is_not_waited_for() -> None:
    waited, peer = Waited(), Peer(busy(500))
    assert run(asked(waited.patience.reading(peer))).status == 500
    assert waited.seconds == []


def test_no_wait_at_all_is_no_way_to_ask_for_ever() -> None:
    waited = Waited()
    waits = waited.patience.waits(timedelta(seconds=1))
    assert [run(waits.over(timedelta())) for _ in range(12)] == [True] * 10 + [False] * 2
    assert timedelta(minutes=5) == READING
