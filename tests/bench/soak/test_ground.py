"""The ground is the real server before three systems, and its metrics are read."""

from pathlib import Path

import pytest

from bench.machine import NotStartedError
from bench.soak.asking import Asker
from bench.soak.ground import Plan, ground


async def test_a_server_before_three_systems(tmp_path: Path) -> None:
    async with ground(tmp_path, Plan(people=10, ttl=60, period=3600)) as where, where.serving():
        tally = await Asker(where).ask(questions=40)
        assert (tally.right, tally.sound, tally.failed) == (1, True, 0), tally.examples
        assert all(system.questions for system in where.systems.values())
        assert await where.metric("busyline_cache_entries") > 10
        where.all_well()
        assert not any(system.questions for system in where.systems.values())


async def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    async with ground(tmp_path, Plan(server="nonsense = 1")) as where:
        with pytest.raises(NotStartedError, match="nonsense"):
            async with where.serving():
                pass
