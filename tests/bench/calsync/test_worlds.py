"""The random hubs can be tried by one command, which says how many there were and what was found."""

import pytest

from bench.calsync.worlds import main


def test_a_few_hubs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--worlds", "5", "--first", "20260"]) == 0
    assert "5 hubs, 0 not as they shall be" in capsys.readouterr().out
