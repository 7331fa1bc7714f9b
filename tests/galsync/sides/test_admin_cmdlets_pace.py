"""Whose turn it is to call a cmdlet."""

from datetime import UTC, datetime, timedelta

import pytest

from galsync.sides.admin_cmdlets_pace import CmdletPace
from protocols.http import HttpRequest
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Clock:
    """Goes on as told, and by what is slept."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def _asked(clock: Clock, pace: CmdletPace, times: int) -> None:
    send = pace.paced(Peer(*[json({})] * times))
    for _ in range(times):
        run(send(HttpRequest("POST", "https://x.example")))  # type: ignore[arg-type]


@pytest.mark.parametrize(("per_second", "gap"), [(2.0, 0.5), (0.5, 2.0)])
def test_the_first_goes_at_once_and_the_others_in_turn(per_second: float, gap: float) -> None:
    clock = Clock()
    pace = CmdletPace(clock=lambda: clock.now, sleep=clock.sleep, per_second=per_second)
    _asked(clock, pace, 3)
    assert clock.slept == [gap, gap]


def test_two_ways_share_the_turns_and_idle_time_is_not_saved_up() -> None:
    clock = Clock()
    pace = CmdletPace(clock=lambda: clock.now, sleep=clock.sleep)
    _asked(clock, pace, 1)
    _asked(clock, pace, 1)
    clock.now += timedelta(hours=1)
    _asked(clock, pace, 2)
    assert clock.slept == [0.5, 0.5]


def test_a_clock_that_is_set_back_makes_nobody_wait_longer() -> None:
    clock = Clock()
    pace = CmdletPace(clock=lambda: clock.now, sleep=clock.sleep)
    _asked(clock, pace, 1)
    clock.now -= timedelta(hours=1)
    _asked(clock, pace, 1)
    assert clock.slept == [0.5]
