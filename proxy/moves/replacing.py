"""Writes a file so that whoever reads it meanwhile finds the old one or the new one, whole."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Put ``text`` into the file, which keeps its owner and its mode. Raises OSError; the old file stays then."""
    target = path.resolve()  # what a link names is replaced, not the link
    owner = target.stat() if target.exists() else None
    mode = owner.st_mode & 0o777 if owner is not None else 0o644
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            if owner is not None:
                with suppress(PermissionError):  # an operator who is not root keeps it
                    os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
