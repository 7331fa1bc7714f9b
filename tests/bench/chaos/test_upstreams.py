"""What systems spoil is doubt about their own people, and only as long as they do."""

from pathlib import Path

import pytest

from bench.chaos import upstreams
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [upstreams.LIES, upstreams.DOWN], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path, questions=10)
