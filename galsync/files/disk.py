"""Reads and replaces whole files: what is half written is neither read nor ever left behind."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from protocols.model.freebusy import Reason

MOST: Final = 256 * 1024 * 1024
"""Bytes of one file; 100,000 people with all their fields are some 60 MB."""
PRIVATE: Final = 0o600
"""Names and telephone numbers are for the account that runs this alone, unless the file is there and says otherwise."""


class UnreadableError(ValueError):
    """A file cannot be read or replaced: what, where and what to do, in ``words``."""

    def __init__(self, words: str, reason: Reason = Reason.GARBLED) -> None:
        super().__init__(words)
        self.words = words
        self.reason = reason


def read(path: Path, *, most: int = MOST) -> bytes | None:
    """The whole of the file, None where there is none. Raises UnreadableError, also where it changes meanwhile."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableError(f"{path} is not a file", Reason.UNREACHABLE)
            if before.st_size > most:
                words = (
                    f"{path} holds {before.st_size:,} bytes; {most:,} are read at most. Split it, or raise the bound"
                )
                raise UnreadableError(words, Reason.TOO_MANY_ENTRIES)
            data = file.read(most + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}", Reason.UNREACHABLE) from error
    if len(data) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableError(f"{path} is being written just now: try again when it is whole", Reason.INCOMPLETE)
    return data


def replace(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """``data`` in place of what stands there, whole or not at all, also where the machine goes down meanwhile.

    A file that is there keeps its rights, its owner and, where it is a link, its place. Raises UnreadableError.
    """
    try:
        path = path.resolve()
        made = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        before = _stat(path)
        if before is None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(made, data, mode, before)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be written: {error.strerror}", Reason.UNREACHABLE) from error


def replaceable(path: Path) -> bool:
    """Whether :func:`replace` may put another file in the place of this one that belongs to the same account."""
    try:
        path = path.resolve()
        before = _stat(path)
        ours = before is None or os.geteuid() in (0, before.st_uid)
        return ours and os.access(path.parent, os.W_OK | os.X_OK) and (before is None or os.access(path, os.W_OK))
    except OSError:
        return False


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes, mode: int, before: os.stat_result | None) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(number, "wb") as file:
        file.write(data)
        file.flush()
        if before is not None:
            _like(number, before, path)
        os.fchmod(number, mode if before is None else stat.S_IMODE(before.st_mode))
        os.fsync(number)


def _like(number: int, before: os.stat_result, path: Path) -> None:
    """The owner and the group of before. Raises UnreadableError where that is not ours to give."""
    made = os.fstat(number)
    if (made.st_uid, made.st_gid) == (before.st_uid, before.st_gid):
        return
    try:
        os.fchown(number, before.st_uid, before.st_gid)
    except PermissionError:
        words = f"{path.parent}: the file there belongs to account {before.st_uid}: run this as that account"
        raise UnreadableError(words, Reason.NO_ACCESS) from None


def _settle(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
