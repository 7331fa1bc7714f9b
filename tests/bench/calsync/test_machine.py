"""The random hubs can be tried by one command, which says how many there were and what was found."""

import pytest

from bench.calsync.machine import main
from calsync.rules import Kind


@pytest.mark.parametrize("kind", [each.value for each in Kind])
def test_a_few_hubs(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", "3", "--steps", "5", "--seed", "1", "--kind", kind]) == 0
    told = capsys.readouterr().out
    assert "hubs" in told
    assert "lost: 0, doubled: 0, invited: 0" in told
