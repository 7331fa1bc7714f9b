"""Files of keys are whole, and their owner's alone."""

import stat
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
    keep(path, b"old")
    (tmp_path / ".key.pem.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        keep(path, b"new")
    assert path.read_bytes() == b"old"
