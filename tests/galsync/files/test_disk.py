"""Tests of galsync/files/disk.py: files are read and replaced whole."""

import os
from pathlib import Path

import pytest

from galsync.files.disk import UnreadableError, read, replace, replaceable
from protocols.model.freebusy import Reason


def test_what_is_written_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a"
    replace(path, b"one")
    replace(path, b"two")
    assert read(path) == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["a"]


def test_no_file_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "a") is None


def test_a_new_file_is_private_and_an_old_one_keeps_its_rights(tmp_path: Path) -> None:
    replace(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    (tmp_path / "a").chmod(0o664)
    replace(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o664
    replace(tmp_path / "b", b"", mode=0o644)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o644


def test_a_file_of_another_account_stays_theirs(tmp_path: Path) -> None:
    theirs = (65534, 65534) if os.geteuid() == 0 else (os.geteuid(), os.getegid())  # root alone can give files away
    (tmp_path / "a").write_bytes(b"old")
    os.chown(tmp_path / "a", *theirs)
    (tmp_path / "a").chmod(0o640)
    assert replaceable(tmp_path / "a")
    replace(tmp_path / "a", b"new")
    there = (tmp_path / "a").stat()
    assert (there.st_uid, there.st_gid, there.st_mode & 0o777) == (*theirs, 0o640)


def test_what_can_be_replaced_is_told_before(tmp_path: Path) -> None:
    assert replaceable(tmp_path / "new")
    assert not replaceable(tmp_path / "nowhere" / "new")


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"old")
    (tmp_path / "link").symlink_to("there")
    replace(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"new"


def test_the_bound_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read(tmp_path / "a", most=5) == b"12345"
    with pytest.raises(UnreadableError, match="4 are read at most") as error:
        read(tmp_path / "a", most=4)
    assert error.value.reason is Reason.TOO_MANY_ENTRIES


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        read(tmp_path)
    with pytest.raises(UnreadableError, match="is not a file"):
        read(Path(os.devnull))


def test_where_nothing_can_be_written_the_words_say_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(UnreadableError, match="a/b cannot be written: "):
        replace(tmp_path / "a" / "b", b"new")
    assert read(tmp_path / "a") == b"old"
