"""Tests of service/state/files.py: the file is nobody else's, and what keeps it from being used is said."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from service.state.errors import StateError
from service.state.files import is_other, prepare


def test_the_file_is_made_so_that_nobody_else_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        prepare(tmp_path / "state.db")
        with sqlite3.connect(tmp_path / "state.db") as connection:
            connection.execute("CREATE TABLE a (b)")
            connection.execute("INSERT INTO a VALUES (1)")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("state.db", "state.db-wal", "state.db-shm"), 0o600)


def test_it_may_be_prepared_again(tmp_path: Path) -> None:
    for _ in range(2):
        prepare(tmp_path / "state.db")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"there is no folder .*/nowhere; make it"):
        prepare(tmp_path / "nowhere" / "state.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.touch()
    path.chmod(0o604)
    with pytest.raises(StateError, match="chmod o= "):
        prepare(path)
    path.chmod(0o660)  # a group of the administrator's choice, as storage of containers has it
    prepare(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="it is no file"):
        prepare(tmp_path)


def test_another_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"what somebody wrote" * 100)
    path.chmod(0o600)
    with pytest.raises(StateError, match="it is no database of SQLite"):
        prepare(path)
    assert path.read_bytes() == b"what somebody wrote" * 100


def test_a_file_that_is_locked_is_waited_for_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.touch(0o600)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StateError, match="another process keeps it locked"):
        prepare(path, patience=0.1)
    other.close()
    prepare(path)


def test_what_is_no_database_is_known_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert not is_other(path)
    prepare(path)
    assert not is_other(path)
    sqlite3.connect(path).close()
    assert not is_other(path)
    path.write_text("what somebody wrote")
    assert is_other(path)
