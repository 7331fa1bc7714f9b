"""Signals under load cost nobody more than the connection that they break."""

from pathlib import Path

import pytest

from bench.chaos import signals
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize(
    "scenario", [signals.HANGUP, signals.TERMINATE, signals.KILL, signals.STOPPED], ids=lambda each: each.name
)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)
