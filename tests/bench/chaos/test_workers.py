"""Killed workers are begun again, and told ones fail nobody."""

from pathlib import Path

import pytest

from bench.chaos import workers
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [workers.KILLED, workers.TOLD], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)
