"""Each pair of calendars: all that is hard to carry stands on the other side after one run, and then nothing moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from protocols.model.event import Event
from tests.calsync.spokes.pairs.nasty import TABLE
from tests.calsync.spokes.pairs.pair import Pair, pair
from tests.calsync.spokes.pairs.sides import PAIRS, SIDES
from tests.calsync.spokes.pairs.walk import becomes_equal, comes_back, enter, goes_away, stays_equal


@pytest.fixture(params=PAIRS, ids="-".join)
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair[Event]]:
    """A pair of two empty calendars."""
    one, other = request.param
    async with SIDES[one]() as here, SIDES[other]() as there, pair(here, there, tmp_path) as made:
        yield made


async def test_all_becomes_equal_and_stays_so(two: Pair[Event]) -> None:
    assert await enter(two, TABLE.values()) > len(TABLE) / 2
    await becomes_equal(two)
    await stays_equal(two)
    if two.one.stage.spoke.ability.writable:
        await comes_back(two)
        await goes_away(two)


async def test_what_is_strange_in_one_system_is_carried_as_well_as_it_can_be(two: Pair[Event]) -> None:
    assert two.one.plant()
    await becomes_equal(two)
    await stays_equal(two)
    if two.one.stage.spoke.ability.writable:
        await comes_back(two)
