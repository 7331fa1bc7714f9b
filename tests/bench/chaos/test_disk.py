"""A full disk stops no answer, unless the ledger is required."""

from pathlib import Path

import pytest

from bench.chaos import disk
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held


@pytest.mark.parametrize("scenario", [disk.FULL, disk.REQUIRED], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)


def test_entries_are_whole_lines(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    file = tmp_path / "ledger" / "a.jsonl"
    file.write_text('{"a": 1}\n{"b": 2}\n', encoding="ascii")
    assert disk.entries(tmp_path) == 2
    file.write_text('{"a": 1}\n{"b":', encoding="ascii")
    with pytest.raises(ValueError, match="Expecting value"):
        disk.entries(tmp_path)
