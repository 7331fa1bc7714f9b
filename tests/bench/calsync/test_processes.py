"""Tests of bench/calsync/processes.py: what another process measured is handed on, and what it complains of."""

from pathlib import Path

import pytest

from bench.calsync.processes import apart_from_here, forget_peak, peak


async def test_figures_come_as_json(tmp_path: Path) -> None:
    told = await apart_from_here(tmp_path, "bench.calsync.public_folder", "--items", "5")
    assert told["items"] == 5


async def test_what_it_complains_of_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="unrecognized arguments: --people"):
        await apart_from_here(tmp_path, "bench.calsync.public_folder", "--people")


def test_what_was_needed_before_does_not_count() -> None:
    much = bytearray(64 << 20)
    for place in range(0, len(much), 4096):
        much[place] = 1
    most = peak()
    del much
    forget_peak()
    assert 10 < peak() < most
