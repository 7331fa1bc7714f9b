"""Keeps keys and certificates in files: whole or not at all, and keys for their owner alone."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_LEFT: Final = 3600  # seconds after which nobody is still writing


def keep(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """``path`` holds all of ``data`` or what it held before, whatever happens meanwhile. Raises OSError.

    Who else keeps something there at the same time is not disturbed: the last one stays.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            fresh.chmod(mode)
            os.fsync(file.fileno())
        _sweep(path, fresh.stat().st_mtime)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sweep(path: Path, now: float) -> None:
    """What a crash left behind holds keys."""
    for other in path.parent.glob(f".{path.name}.*.new"):
        with suppress(OSError):
            if other.stat().st_mtime < now - _LEFT:
                other.unlink()


def _sync(directory: Path) -> None:
    """A name is on the disk once its directory is; not every file system can be asked for that."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
