"""Keeps keys and certificates in files: whole or not at all, and keys for their owner alone."""

import os
from pathlib import Path


def keep(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """``path`` holds all of ``data`` or what it held before, whatever happens meanwhile. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
