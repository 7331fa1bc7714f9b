"""Files of keys are whole, and their owner's alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from certs.keeping import keep


def test_what_is_kept_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    keep(path, b"one")
    keep(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keep(path, b"public", mode=0o644)
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 != 0
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


def test_what_was_there_stays_where_the_new_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(OSError, match="directory"):
        keep(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]
    assert (path / "old").exists()


def test_two_that_keep_the_same_at_once_are_not_in_each_others_way(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    contents = [bytes([48 + number]) * 100_000 for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: keep(path, contents[number % 4]), range(80)))
    assert path.read_bytes() in contents
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


def test_what_a_crash_left_long_ago_is_removed_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".key.pem.a.new", tmp_path / ".key.pem.b.new"
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))
    keep(tmp_path / "key.pem", b"x")
    assert (old.exists(), fresh.exists()) == (False, True)
