"""A system whose name is not found is doubt about its own people alone."""

from pathlib import Path

import pytest

from bench.chaos import names
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [names.UNRESOLVED], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)
