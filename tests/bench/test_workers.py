"""Two workers are really two, and each answers; what the load generator takes is not counted."""

import os
import time
from pathlib import Path

import pytest

from bench.machine import LOAD, SERVER
from bench.workers import rows, worked
from tests.needs import program


async def test_a_short_run(tmp_path: Path) -> None:
    program("wrk")
    [row] = await rows(tmp_path, rounds=1, seconds=1)
    assert (row.name, row.at_least) == ("two_workers", 1.8)
    if SERVER == LOAD:
        assert "one core" in row.note
    else:
        # how the system deals connections out is its own affair: a second may be too short for both to have their part
        assert row.value is not None or "of the work" in row.note
        assert row.value is None or 0.2 < row.value < 5


async def test_without_a_generator_the_row_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    [row] = await rows(tmp_path, rounds=1, seconds=1)
    assert (row.value, "wrk is missing" in row.note) == (None, True)


def test_the_work_of_a_process_is_counted() -> None:
    before = worked(os.getpid())
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert 0.05 < worked(os.getpid()) - before < 5
