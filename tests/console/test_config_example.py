"""`busyline config example` prints the example and nothing else."""

import pytest

from console.cli import run
from console.example import example


def test_config_example_prints_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "example"]) == 0
    assert capsys.readouterr().out == example()
