"""Tests of galsync/files/file_target.py: one rewriting for a whole batch, none for nothing; two at once wait."""

import asyncio
from pathlib import Path

from galsync.files.file_target import FileTarget
from galsync.files.record_lines import Spreadsheet
from galsync.side import Failed, Written
from tests.contracts.target import create
from tests.galsync.sides.test_csv_target import TestContract as Lists

ENTRY = Lists().entry


def target(folder: Path, **more: object) -> FileTarget:
    return FileTarget(name="list", sync="s", path=folder / "a.csv", format=Spreadsheet(), **more)  # type: ignore[arg-type]


async def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    one = target(tmp_path)
    names = [f"p{number}" for number in range(20)]
    outcomes = await asyncio.gather(*(one.write("", [create(ENTRY(name))]) for name in names))
    assert all(isinstance(outcome, Written) for [outcome] in outcomes)
    assert {str(held.address) async for held in one.held("")} == {f"{name}@b.example" for name in names}


async def test_a_file_to_which_nothing_is_done_is_not_written(tmp_path: Path) -> None:
    one = target(tmp_path)
    await one.write("", [create(ENTRY())])
    before = one.path.stat()
    await one.write("", [create(ENTRY())])
    assert (one.path.stat().st_ino, one.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_a_file_above_the_bound_fails_every_step(tmp_path: Path) -> None:
    await target(tmp_path).write("", [create(ENTRY())])
    [outcome] = await target(tmp_path, most=10).write("", [create(ENTRY("bob"))])
    assert isinstance(outcome, Failed)
    assert "10 are read at most" in outcome.words
