"""The figures of a first sync and of one change are told by one command."""

import pytest

from bench.calsync.growth import main


def test_a_few_items(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--items", "30"]) == 0
    first, *changes = capsys.readouterr().out.splitlines()
    assert first.startswith("30 items: 30 copies in ")
    assert len(changes) == 4
    assert all("1 written, 2 reads, 1 writes" in each for each in changes)
