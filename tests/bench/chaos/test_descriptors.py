"""Without descriptors there is doubt, and with the next one the truth."""

from pathlib import Path

import pytest

from bench.chaos import descriptors
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [descriptors.EXHAUSTED], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)
