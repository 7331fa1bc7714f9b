"""The file of SQLite: made so that nobody else can read it, and with a log that lets one write while others read."""

import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Final

from service.state.errors import StateError
from service.state.troubles import trouble

PATIENCE: Final = 30.0
"""Seconds for which a transaction waits for another process's."""
_MODE: Final = 0o600  # what SQLite puts beside it (-wal, -shm) gets the same: https://sqlite.org/tempfiles.html
_PAUSE: Final = 0.05
_HEAD: Final = b"SQLite format 3\0"


def prepare(path: Path, *, patience: float = PATIENCE) -> None:
    """Make the file where it is not there, and set it to write-ahead logging, which it keeps. It may take a while.

    Raises StateError where the folder is missing, where others may read the file, and where it is no database.
    """
    if not path.parent.is_dir():
        raise StateError(
            f"the state cannot be kept in {path}: there is no folder {path.parent}; make it: mkdir -p {path.parent}"
        )
    try:
        _made(path)
        _logging_ahead(path, time.monotonic() + patience)
    except (OSError, sqlite3.Error) as error:
        said = trouble(error, str(path)) or StateError(f"the state cannot be kept in {path}: {_told(error)}")
        raise said from None


def is_other(path: Path) -> bool:
    """Whether a file lies there that is no database of SQLite (https://sqlite.org/fileformat.html, 1.3), as far as it
    may be read."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError:
        return False
    return head not in (b"", _HEAD)


def _made(path: Path) -> None:
    try:
        # only where it is new: closing a descriptor of an open database gives up the locks that SQLite has on it
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
    except FileExistsError:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise StateError(f"the state cannot be kept in {path}: it is no file; name one") from None
        if mode & stat.S_IRWXO:
            raise StateError(f"the state in {path} can be read by everybody on this machine: chmod o= {path}") from None


def _logging_ahead(path: Path, until: float) -> None:
    while True:
        try:
            mode = _switched(path)
        except sqlite3.OperationalError as error:
            # two that switch at once would wait for each other, so that SQLite tells one of them at once
            if error.sqlite_errorname[:11] != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)  # in a thread of its own
            continue
        if mode != "wal":
            raise StateError(f"the state cannot be kept in {path}: its file system has no shared memory; use a disk")
        return


def _switched(path: Path) -> str:
    connection = sqlite3.connect(path, timeout=_PAUSE, isolation_level=None)
    try:
        return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
    finally:
        connection.close()


def _told(error: BaseException) -> str:
    return f"{error.strerror}" if isinstance(error, OSError) and error.strerror else "it is no database of SQLite"
