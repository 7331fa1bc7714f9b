"""A server goes on alone without Redis, and believes nothing that stands in its place."""

from pathlib import Path

import pytest

from bench.chaos import second_level
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [second_level.KILLED, second_level.NONSENSE], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)
