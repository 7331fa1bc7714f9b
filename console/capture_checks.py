"""Checks the directory of the captures: whether the server can make it, and whether it is its own alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, warning
from proxy.capture.folder import ORDERS, objection

_KEY = "capture.directory"


def check_capture(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whether captures can be written, and nobody else can order or read them; nothing where none are wanted."""
    if configuration.capture is None:
        return
    place = directory / configuration.capture.directory
    existing = next((each for each in (place, *place.parents) if os.path.lexists(each)), Path("/"))
    if existing != place:
        yield from _writable(existing)
        return
    found = list(_own(place))
    if os.path.lexists(place / ORDERS) and not found:
        found = list(_own(place / ORDERS))
    yield from found or _writable(place)


def _own(place: Path) -> Iterator[Finding]:
    try:
        found = place.lstat()
    except OSError as problem:
        yield error(_KEY, f"{place} cannot be looked at: {problem.strerror}", "let Busyline look there")
        return
    words = objection(found, os.geteuid())
    if words:
        what, _, mend = words.partition(": ")
        yield error(_KEY, f"{place}: {what}", mend or "write another path")
    elif stat.S_IMODE(found.st_mode) & 0o055:
        yield warning(_KEY, "others may look into it", f"chmod 0700 {place}")


def _writable(existing: Path) -> Iterator[Finding]:
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        mend = "let Busyline write there, or write another path"
        yield error(_KEY, f"nothing can be written to {existing}", mend)
