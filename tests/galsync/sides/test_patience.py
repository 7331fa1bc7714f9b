"""Waiting where a directory asks for peace, and no longer than a reading may take."""

from datetime import UTC, datetime, timedelta

from galsync.sides.patience import patient
from protocols.http import HttpRequest, HttpResponse
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ASK = HttpRequest("GET", "https://g.example/x")


class Clock:
    """Sleeps by moving its hands."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW + timedelta(seconds=sum(self.slept))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def _ask(peer: Peer, clock: Clock, longest: int = 300, times: int = 1) -> list[HttpResponse]:
    asking = patient(peer, clock=clock.now, sleep=clock.sleep, longest=timedelta(seconds=longest))

    async def all_of_it() -> list[HttpResponse]:
        return [await asking(ASK) for _ in range(times)]

    return run(all_of_it())


def test_it_waits_as_long_as_it_is_told() -> None:
    clock = Clock()
    date = json({}, 503, Retry_After="Mon, 23 Nov 2026 08:00:17 GMT")
    [answer] = _ask(Peer(json({}, 429, Retry_After="7"), date, json({})), clock)
    assert (answer.status, clock.slept) == (200, [7.0, 10.0])


def test_it_waits_longer_each_time_where_it_is_not_told() -> None:
    clock = Clock()
    [answer] = _ask(Peer(json({}, 429), json({}, 502), json({}, 504), json({})), clock)
    assert (answer.status, clock.slept) == (200, [1.0, 2.0, 4.0])


def test_all_waits_of_a_reading_together_are_bounded() -> None:
    clock = Clock()
    busy = json({}, 429, Retry_After="6")
    first, second = _ask(Peer(busy, json({}), busy), clock, longest=10, times=2)
    assert (first.status, second.status, clock.slept) == (200, 429, [6.0])


def test_who_says_nought_for_ever_is_not_asked_for_ever() -> None:
    clock = Clock()
    [answer] = _ask(Peer(*[json({}, 429, Retry_After="0")] * 12), clock, longest=1)
    assert (answer.status, len(clock.slept)) == (429, 10)


def test_an_error_of_the_server_is_asked_about_three_times() -> None:
    clock = Clock()
    assert [answer.status for answer in _ask(Peer(json({}, 500), json({}, 500), json({})), clock)] == [200]
    assert [answer.status for answer in _ask(Peer(*[json({}, 500)] * 3), Clock())] == [500]
    assert clock.slept == [1.0, 2.0]


def test_other_answers_are_handed_on() -> None:
    for status in (200, 204, 400, 404, 410):
        assert [answer.status for answer in _ask(Peer(json({}, status)), Clock())] == [status]
