"""The random hubs can be tried by one command, which says how many there were and what was found."""

import pytest

from bench.calsync.machine import main


def test_a_few_hubs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", "3", "--steps", "5", "--seed", "1"]) == 0
    told = capsys.readouterr().out
    assert "hubs" in told
    assert "lost: 0, doubled: 0, invited: 0" in told
