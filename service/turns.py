"""One process at a time, among all that use a directory: what exists once is made, kept or renewed by one of them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turn:
    """The right to do something about ``directory``, until :meth:`end` or the end of the process, whatever ends it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: int | None = None

    def taken(self) -> bool:
        """Whether this process has it; it takes it where nobody else has. Raises OSError."""
        if self._held is not None:
            return True
        descriptor = _opened(self._directory)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._held = descriptor
        return True

    def end(self) -> None:
        """Let another one have it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Inside, no other process is; waits for whoever is there. Raises OSError."""
    descriptor = _opened(directory)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(directory: Path) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
