"""Waiting for a server as long as it asks for, and no longer than is worth while."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from calsync.hubs import Hub
from calsync.spokes.patience import ONE, READING, Patience, Rest
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from tests.protocols.scripted import Peer, run

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
WELL = HttpResponse(200, Headers(), b"{}")


class Waited:
    """A clock that goes by what was slept."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.now = NOW
        self.patience = Patience(clock=lambda: self.now, sleep=self.sleep, chance=lambda: 0.0)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.now += timedelta(seconds=seconds)


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
    waited, peer = Waited(), Peer(*[busy(wait="90"), WELL] * 3, busy(wait="90"))
    send = waited.patience.reading(peer)
    assert [run(asked(send)).status for _ in range(4)] == [200, 200, 200, 429]
    assert waited.seconds == [90.0] * 3


def test_for_one_answer_nobody_waits_longer_than_a_run_does() -> None:
    waited, peer = Waited(), Peer(busy(wait="60"), busy(wait="60"))
    assert run(asked(waited.patience.reading(peer))).status == 429
    assert waited.seconds == [60.0]


def test_a_longer_wait_is_told_at_once_and_known_to_later_readings() -> None:
    waited, peer = Waited(), Peer(busy(wait="240"), WELL)
    answer = run(asked(waited.patience.reading(peer)))
    assert (answer.status, answer.headers.get("Retry-After"), waited.seconds) == (429, "240", [])
    waited.now += timedelta(seconds=60.5)
    answer = run(asked(waited.patience.reading(peer)))
    assert (answer.status, answer.headers.get("Retry-After"), waited.seconds) == (429, "180", [])
    waited.now += timedelta(seconds=100)
    assert run(asked(waited.patience.reading(peer))) == WELL  # what is left is short enough
    assert (waited.seconds, len(peer.requests)) == ([80.0], 2)


def test_what_is_refused_meanwhile_puts_the_end_off_no_further() -> None:
    waited, peer = Waited(), Peer(busy(wait="240"), WELL)
    run(asked(waited.patience.reading(peer)))
    end = NOW + timedelta(seconds=240)
    while end - waited.now > timedelta(seconds=100):
        waited.now += timedelta(seconds=0.3)
        answer = run(asked(waited.patience.reading(peer)))
    assert (answer.status, waited.patience.rest.until, len(peer.requests)) == (200, end, 2)


def test_who_asks_for_longer_than_before_is_heard() -> None:
    rest = Rest()
    rest.asked(timedelta(seconds=240), NOW)
    rest.asked(timedelta(seconds=200), NOW)
    assert rest.until == NOW + timedelta(seconds=240)
    rest.asked(timedelta(seconds=241), NOW)
    assert rest.until == NOW + timedelta(seconds=241)


def test_a_run_is_more_patient_than_a_reading_with_one_answer() -> None:
    [usual] = [each.default for each in fields(Hub) if each.name == "patience"]
    assert isinstance(usual, timedelta)
    assert usual > ONE


def test_an_error_is_not_waited_for() -> None:
    waited, peer = Waited(), Peer(busy(500))
    assert run(asked(waited.patience.reading(peer))).status == 500
    assert waited.seconds == []


def test_no_wait_at_all_is_no_way_to_ask_for_ever() -> None:
    waited = Waited()
    waits = waited.patience.waits(timedelta(seconds=1))
    assert [run(waits.over(timedelta())) for _ in range(12)] == [True] * 10 + [False] * 2
    assert timedelta(minutes=5) == READING
