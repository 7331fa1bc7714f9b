"""The files of the ledger: one process writes each, a new one every day, and the old ones go."""

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

DIRECTORY_MODE: Final = 0o700
_FILE_MODE = 0o600
_NAME = re.compile(r"ledger-(\d{4}-\d{2}-\d{2})-[0-9a-f]+\.jsonl(?:\.gz)?")
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)


def _token() -> str:
    return secrets.token_hex(6)


def day_of(path: Path) -> date | None:
    """The day of UTC on which a file of the ledger was begun; None for any other file."""
    match = _NAME.fullmatch(path.name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


class Files:
    """Appends to a file of its own, which no other process writes: several may share a directory.

    A file is begun every day and where one would grow over ``rotate`` bytes; those begun more than ``keep`` before
    today are removed, whoever wrote them, and nothing else ever is. Files can be read by their owner alone.
    """

    def __init__(self, directory: Path, *, rotate: int, keep: timedelta, token: Callable[[], str] = _token) -> None:
        self.directory, self._rotate, self._keep, self._token = directory, rotate, keep, token
        self._descriptor: int | None = None
        self._day = date.min
        self._size = 0

    def prepare(self) -> None:
        """Make the directory where it is missing. Raises OSError where nothing can be written there."""
        self.directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        if not os.access(self.directory, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.directory))

    @property
    def open_to_others(self) -> bool:
        """Whether users other than its owner may look into the directory."""
        return bool(stat.S_IMODE(self.directory.stat().st_mode) & 0o077)

    def append(self, lines: bytes, today: date) -> None:
        """Write ``lines`` down to the disk, all or none. Raises OSError where they are not on it."""
        descriptor = self._file(today, len(lines))
        try:
            _write_all(descriptor, lines)
            os.fsync(descriptor)
        except BaseException:
            self._undo(descriptor)
            raise
        self._size += len(lines)

    def prune(self, today: date) -> int:
        """Remove what is older than it may be, and say how many files that were.

        Raises OSError where some cannot be removed, when all others are gone.
        """
        old = [path for path in self.directory.iterdir() if (day := day_of(path)) and today - day > self._keep]
        stuck: OSError | None = None
        for path in old:
            try:
                path.unlink(missing_ok=True)  # another process may have been quicker
            except OSError as error:
                stuck = stuck or error
        if stuck is not None:
            raise stuck
        return len(old)

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _file(self, today: date, more: int) -> int:
        full = self._size and self._size + more > self._rotate
        if self._descriptor is None or self._day != today or full or not os.fstat(self._descriptor).st_nlink:
            self.close()
            self.prepare()
            path = self.directory / f"ledger-{today.isoformat()}-{self._token()}.jsonl"
            self._descriptor = os.open(path, _FLAGS, _FILE_MODE)
            self._day, self._size = today, 0
        return self._descriptor

    def _undo(self, descriptor: int) -> None:
        """Nothing of lines that were not written whole may stay: they are written again."""
        try:
            os.ftruncate(descriptor, self._size)
        except OSError:
            self.close()  # the next lines begin a file of their own; a reader drops the broken one here


def _write_all(descriptor: int, lines: bytes) -> None:
    left = memoryview(lines)
    while left:
        left = left[os.write(descriptor, left) :]
