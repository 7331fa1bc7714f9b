"""A hub of three empty calendars for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.state.database import Database
from tests.calsync.world.world import World, rules


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Everything is given and allowed in it."""
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        yield World.over(database, rules())
