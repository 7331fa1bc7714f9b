"""A file is replaced whole, keeps its mode, and stays as it was where that cannot be done."""

from pathlib import Path

import pytest

from proxy.moves.replacing import replace


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "b"
    replace(path, "one\n")
    path.chmod(0o600)
    link.symlink_to(path)
    replace(link, "two\n")
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == ("two\n", 0o600, True)


def test_nothing_is_left_behind_where_it_fails(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="a"):
        replace(tmp_path / "a", "one\n")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
