"""The figures of a first sync and of one change are told by one command."""

import pytest

from bench.calsync.growth import main


@pytest.mark.parametrize("kind", ["calendar", "contacts"])
def test_a_few_items(capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert main(["--items", "30", "--kind", kind]) == 0
    first, *changes = capsys.readouterr().out.splitlines()
    assert first.startswith("30 items: 30 copies in ")
    assert len(changes) == 4
    assert all("1 written, 2 reads, 1 writes" in each for each in changes)
