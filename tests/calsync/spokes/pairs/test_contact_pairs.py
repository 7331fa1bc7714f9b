"""Each pair of folders of contacts: all stands on the other side after one run, and then nothing moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calsync.rules import Kind
from protocols.model.card import Card
from tests.calsync.spokes.pairs.folders import FOLDERS, PAIRS, TABLE
from tests.calsync.spokes.pairs.pair import Pair, pair
from tests.calsync.spokes.pairs.walk import becomes_equal, comes_back, enter, goes_away, stays_equal


@pytest.fixture(params=PAIRS, ids="-".join)
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair[Card]]:
    """A pair of two empty folders."""
    one, other = request.param
    async with (
        FOLDERS[one]() as here,
        FOLDERS[other]() as there,
        pair(here, there, tmp_path, Kind.CONTACTS) as made,
    ):
        yield made


async def test_all_becomes_equal_and_stays_so(two: Pair[Card]) -> None:
    assert await enter(two, TABLE.values()) > len(TABLE) / 2
    await becomes_equal(two)
    await stays_equal(two)


async def test_a_copy_that_is_edited_comes_back_and_what_is_removed_goes(two: Pair[Card]) -> None:
    await enter(two, TABLE.values())
    await becomes_equal(two)
    await comes_back(two)
    await goes_away(two)
