"""Calendars that change are known at every instant, and no two versions are alike."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from protocols.model.intervals import BusyStatus
from protocols.model.window import DAY, TimeWindow
from simulation.living import CELL, LivingEstate, address

WHOM = address(3, "contoso.example")
WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))


def estate(now: float = 0.0) -> LivingEstate:
    return LivingEstate(date(2026, 11, 22), people=5, period=10.0, clock=lambda: now)


def test_a_version_lasts_one_period() -> None:
    found = estate()
    edge = next(n for n in range(1000, 1011) if found.version(WHOM, n) != found.version(WHOM, n - 1))
    assert found.version(WHOM, edge) == found.version(WHOM, edge + 8)
    assert list(found.versions(WHOM, edge, edge + 20)) == [found.version(WHOM, edge) + n for n in range(3)]


def test_versions_differ_and_everybody_is_busy_every_day() -> None:
    found = estate()
    for version in range(20):
        blocks = found.blocks(WHOM, version)
        assert blocks != found.blocks(WHOM, version + 1)
        assert len({start // 86_400 for start, _, _ in blocks}) == len(blocks) / 2
        assert all(end < after for (_, end, _), (after, _, _) in pairwise(blocks))
        assert not [block for block in blocks if block[0] % CELL or block[1] % CELL or block[2] is BusyStatus.FREE]


def test_events_are_those_of_the_version_that_stands_there() -> None:
    told = [(event.window.seconds, event.series.status) for event in estate(now=1234.0).events(WHOM.upper(), WINDOW)]
    low, high = WINDOW.seconds
    blocks = estate().blocks(WHOM, estate().version(WHOM, 1234.0))
    assert told == [((start, end), status) for start, end, status in blocks if start < high and end > low]
    assert len(told) == 2 * (WINDOW.length // DAY)


def test_nobody_has_no_calendar() -> None:
    with pytest.raises(KeyError):
        estate().version("nobody@contoso.example", 0)
