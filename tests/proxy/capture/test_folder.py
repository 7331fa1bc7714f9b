"""The directory of the captures: made for its owner alone, and not used where others have a say in it."""

import os
import stat
from pathlib import Path

import pytest

from proxy.capture import folder
from proxy.capture.folder import UnsafeFolderError, objection


def found(mode: int, owner: int = 1000) -> os.stat_result:
    """What the system says of a directory."""
    return os.stat_result((mode, 1, 1, 1, owner, owner, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "owner", "user", "words"),
    [
        (stat.S_IFDIR | 0o700, 1000, 1000, ""),
        (stat.S_IFDIR | 0o755, 0, 1000, ""),
        (stat.S_IFDIR | 0o700, 1000, 0, ""),
        (stat.S_IFDIR | 0o700, 1001, 1000, "it belongs to another user"),
        (stat.S_IFDIR | 0o770, 1000, 1000, "others may write there"),
        (stat.S_IFDIR | 0o1777, 1000, 0, "others may write there"),
        (stat.S_IFLNK | 0o777, 1000, 1000, "it is a symbolic link"),
        (stat.S_IFREG | 0o600, 1000, 1000, "it is no directory"),
    ],
)
def test_objections(mode: int, owner: int, user: int, words: str) -> None:
    assert objection(found(mode, owner), user).startswith(words)
    assert bool(objection(found(mode, owner), user)) == bool(words)


def test_it_is_made_for_its_owner_alone_and_may_be_there(tmp_path: Path) -> None:
    for _ in range(2):
        folder.make(tmp_path / "a" / "b")
    for path in (tmp_path / "a" / "b", tmp_path / "a" / "b" / "orders"):
        assert path.stat().st_mode & 0o777 == 0o700


def test_a_link_is_not_followed_and_the_error_names_it(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(UnsafeFolderError) as refused:
        folder.make(tmp_path / "link")
    assert refused.value.filename == str(tmp_path / "link")
    assert list((tmp_path / "real").iterdir()) == []


def test_small_files(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("x")
    with folder.opened(tmp_path) as handle:
        assert folder.small_file("x", handle, 5) == b"12345"
        with pytest.raises(ValueError, match="no plain file"):
            folder.small_file("x", handle, 4)
        with pytest.raises(OSError, match="symbolic links"):
            folder.small_file("link", handle, 5)
        with pytest.raises(FileExistsError):
            folder.new_file("link", handle)
