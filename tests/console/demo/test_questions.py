"""The six questions: each has its truth, and a lie is noticed."""

from datetime import date

import pytest

from console.demo import questions
from console.demo.merger import Merger
from console.demo.questions import scenes
from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from simulation.callers import Seen


async def test_a_lie_is_noticed(running: Merger) -> None:
    scene = next(iter(scenes(running)))
    answers = await scene.ask()
    assert scene.wrong(running.estate, answers) == []
    first, *others = answers
    assert first.blocks
    assert scene.wrong(running.estate, [Seen(first.address, "NoError"), *others]) == [first.address]
    assert scene.wrong(running.estate, [Seen(first.address, "ErrorTimeoutExpired"), *others]) == [first.address]
    assert scene.wrong(running.estate, others) == list(scene.addresses)


async def test_they_show_what_they_say(running: Merger) -> None:
    estate = running.estate
    _, _, details, rooms, unknown, hanging = scenes(running)
    intervals = [i for a in details.addresses for i in estate.expected(a, details.window, Detail.DETAILS)]
    assert {BusyStatus.TENTATIVE, BusyStatus.OUT_OF_OFFICE, BusyStatus.BUSY} <= {i.status for i in intervals}
    assert any(i.details and i.details.private for i in intervals)
    assert all(address in {room.address for room in estate.rooms} for address in rooms.addresses)
    assert [a for a in unknown.addresses if estate.find(a) is None] == list(unknown.nobody_knows)
    assert all(estate.find(address) for address in hanging.addresses)


@pytest.mark.parametrize("weekday", range(7))
def test_the_next_weekday_is_never_today(weekday: int) -> None:
    today = date(2026, 11, 23)
    day = questions._next(today, weekday)
    assert day.weekday() == weekday
    assert 1 <= (day - today).days <= 7
