"""Asking again where Google is busy, and nowhere else."""

import pytest

from protocols.google.patience import LONGEST, Pace, patient
from protocols.http import HttpRequest, HttpResponse
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, json, run

BUSY = json({"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}, 403)
BROKEN = json({"error": {}}, 503)
FINE = json({})


def asked(peer: Peer, method: str = "GET", tries: int = 4) -> tuple[HttpResponse, list[float]]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    send = patient(peer, Pace(lambda: NOW, sleep, lambda: 0.25), tries=tries)

    async def once() -> HttpResponse:
        return await send(HttpRequest(method, "https://g.example/"))

    return run(once()), waits


def test_longer_each_time_and_then_the_last_answer() -> None:
    assert asked(Peer(BUSY, BROKEN, BUSY, BUSY)) == (BUSY, [1.25, 2.25, 4.25])
    assert asked(Peer(BUSY, FINE)) == (FINE, [1.25])


def test_as_long_as_google_says_within_reason() -> None:
    def told(seconds: int) -> HttpResponse:
        return json({"error": {}}, 429, Retry_After=str(seconds))

    assert asked(Peer(told(7), FINE))[1] == [7.25]
    assert asked(Peer(told(7000), FINE))[1] == [LONGEST.total_seconds() + 0.25]


@pytest.mark.parametrize("status", [400, 401, 404, 412])
def test_what_waiting_does_not_mend_is_not_asked_again(status: int) -> None:
    answer, waits = asked(Peer(json({"error": {}}, status)))
    assert (answer.status, waits) == (status, [])


def test_what_may_have_been_done_is_not_done_again() -> None:
    assert asked(Peer(BROKEN), "POST") == (BROKEN, [])
    assert asked(Peer(BUSY, FINE), "POST") == (FINE, [1.25])
