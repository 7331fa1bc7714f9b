"""Opens the directory of the captures only where nobody else can have put anything into it."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

ORDERS: Final = "orders"
MODE: Final = 0o700
_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not hold anybody up
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


class UnsafeFolderError(PermissionError):
    """Others could have a say in the directory: ``strerror`` is the objection in words, ``filename`` the directory."""


def objection(found: os.stat_result, user: int) -> str:
    """Why ``user`` does not use a directory such as ``found`` (not followed); "" where it does.

    Root orders captures of a server that runs as somebody else, and so uses a directory of anybody's.
    """
    if stat.S_ISLNK(found.st_mode):
        return "it is a symbolic link: write the path that it leads to"
    if not stat.S_ISDIR(found.st_mode):
        return "it is no directory"
    if user != 0 and found.st_uid not in (0, user):
        return "it belongs to another user: let Busyline's own user have it (chown)"
    if stat.S_IMODE(found.st_mode) & 0o022:
        return "others may write there, and so could order captures: chmod 0700"
    return ""


def make(directory: Path) -> None:
    """Make the directory and the one of the orders, for their owner alone. Raises OSError (UnsafeFolderError)."""
    directory.mkdir(mode=MODE, parents=True, exist_ok=True)
    with opened(directory) as captures:
        with suppress(FileExistsError):
            os.mkdir(ORDERS, MODE, dir_fd=captures)
        if not os.access(".", os.W_OK | os.X_OK, dir_fd=captures):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(directory))
    with opened_orders(directory):
        pass


@contextmanager
def opened(directory: Path) -> Iterator[int]:
    """The directory as a descriptor, which names in it are relative to. Raises OSError (UnsafeFolderError)."""
    handle = _open(str(directory), directory, None)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def opened_orders(directory: Path) -> Iterator[int]:
    """The same of the orders in it."""
    with opened(directory) as captures:
        handle = _open(ORDERS, directory / ORDERS, captures)
        try:
            yield handle
        finally:
            os.close(handle)


def small_file(name: str, folder: int, most: int) -> bytes:
    """What is in a plain file of ``most`` bytes at most. Raises OSError, ValueError where it is no such file."""
    handle = os.open(name, _READ, dir_fd=folder)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise ValueError("no plain file of this size")
        return os.read(handle, most)
    finally:
        os.close(handle)


def names(folder: int) -> list[str]:
    """What lies in it, in order. Raises OSError."""
    with os.scandir(folder) as found:
        return sorted(entry.name for entry in found)


def new_file(name: str, folder: int) -> int:
    """A file that was not there before, for its owner alone. Raises OSError."""
    return os.open(name, _WRITE, 0o600, dir_fd=folder)


def _open(name: str, path: Path, folder: int | None) -> int:
    _objected(os.stat(name, dir_fd=folder, follow_symlinks=False), path)  # in words, where there are some
    handle = os.open(name, _FLAGS, dir_fd=folder)
    try:
        _objected(os.fstat(handle), path)  # of what was opened, whatever has happened meanwhile
    except OSError:
        os.close(handle)
        raise
    return handle


def _objected(found: os.stat_result, path: Path) -> None:
    words = objection(found, os.geteuid())
    if words:
        raise UnsafeFolderError(errno.EPERM, words, str(path))
