"""Tests of service/runs/pace.py: how long a target is left alone, and who waits with whom."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from protocols.model.freebusy import Reason
from service.runs.pace import LONGEST, Pace, passing
from tests.service.runs.kept import Time

SECOND = timedelta(seconds=1)


def paced(time: Time, random: Callable[[], float] = lambda: 0.0) -> Pace:
    return Pace(clock=time.clock, sleep=time.sleep, random=random)


@dataclass(frozen=True)
class Trouble:
    """What a sync would call a failure."""

    reason: Reason
    retry_after: timedelta | None = None
    doubt: bool = False


@pytest.mark.parametrize(
    ("trouble", "again"),
    [
        (Trouble(Reason.FORBIDDEN), False),
        (Trouble(Reason.THROTTLED), True),
        (Trouble(Reason.UNREACHABLE), True),
        (Trouble(Reason.PEER_FAILED, SECOND), True),
        (Trouble(Reason.PEER_FAILED), False),
        (Trouble(Reason.GARBLED, doubt=True), True),
        (Trouble(Reason.THROTTLED, LONGEST + SECOND), False),
    ],
)
def test_what_may_be_tried_again(trouble: Trouble, again: bool) -> None:
    assert passing(trouble) is again


async def test_what_the_target_asks_for_is_kept_to_and_not_undercut() -> None:
    time = Time()
    pace = paced(time)
    assert pace.held_back("", attempt=1, after=timedelta(seconds=30)) == timedelta(seconds=30)
    await pace.ready("")
    assert time.slept == [30]


def test_whoever_waited_together_does_not_come_back_together() -> None:
    pace = paced(Time(), random=lambda: 1.0)
    assert pace.held_back("", attempt=1, after=timedelta(seconds=30)) == timedelta(seconds=31)


def test_where_nothing_is_told_the_wait_grows_up_to_a_bound() -> None:
    lengths = [paced(Time()).held_back("", attempt=n, after=None) for n in range(1, 12)]
    assert lengths[:4] == [SECOND / 2, SECOND, 2 * SECOND, 4 * SECOND]
    assert max(lengths) == lengths[-1] == timedelta(minutes=1)


async def test_one_place_that_has_enough_holds_back_itself_alone() -> None:
    time = Time()
    pace = paced(time)
    pace.held_back("ann@a.example", attempt=1, after=timedelta(seconds=30))
    await pace.ready("bob@a.example")
    assert time.slept == []
    await pace.ready("ann@a.example")
    assert time.slept == [30]


async def test_two_places_that_have_enough_hold_back_the_whole_target() -> None:
    time = Time()
    pace = paced(time)
    pace.held_back("ann@a.example", attempt=1, after=timedelta(seconds=30))
    pace.held_back("bob@a.example", attempt=1, after=timedelta(seconds=20))
    await pace.ready("cid@a.example")
    assert time.slept == [20]


async def test_a_place_that_was_held_back_long_ago_is_no_second() -> None:
    time = Time()
    pace = paced(time)
    pace.held_back("ann@a.example", attempt=1, after=timedelta(seconds=30))
    time.now += timedelta(minutes=1)
    pace.held_back("bob@a.example", attempt=1, after=timedelta(seconds=20))
    await pace.ready("cid@a.example")
    await pace.ready("ann@a.example")
    assert time.slept == []


async def test_a_clock_that_is_set_back_makes_no_wait_longer() -> None:
    time = Time()
    pace = paced(time)
    pace.held_back("", attempt=1, after=timedelta(seconds=30))
    time.now -= timedelta(hours=1)
    await pace.ready("")
    assert time.slept == [30]


async def test_who_waits_is_woken_when_all_stops() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    pace = Pace(clock=Time().clock, sleep=forever, random=lambda: 0.0)
    pace.held_back("", attempt=1, after=timedelta(hours=1))
    waiting = asyncio.ensure_future(pace.ready(""))
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.stop()
    await waiting
    assert pace.stopped
