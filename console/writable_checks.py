"""Checks that a directory which Busyline keeps things in can be written, and says for which user that was found out."""

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from console.findings import Finding, error, note, warning


def check_writable(key: str, place: Path) -> Iterator[Finding]:
    """``place`` (absolute), or what it would be made in, may be written by whoever runs the check."""
    existing = next((each for each in (place, *place.parents) if each.exists()), Path("/"))
    mend = f"let that user have it (chown), or write another path, such as /var/lib/busyline/{place.name}"
    if not existing.is_dir():
        yield error(key, f"{existing} is not a directory", "remove it, or write another path")
    elif not os.access(existing, os.W_OK | os.X_OK):
        yield error(key, f"the user {user_name(os.geteuid())} cannot write to {existing}", mend)
    else:
        yield from _as_root(key, place, existing)
        if existing == place and stat.S_IMODE(place.stat().st_mode) & 0o077:
            yield warning(key, f"others may look into {place}", f"chmod 0700 {place}")


def _as_root(key: str, place: Path, existing: Path) -> Iterator[Finding]:
    """Root may write everywhere, so that its own check proves little for another user."""
    owner = existing.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        what = f"checked as root, while {existing} belongs to {user_name(owner)}"
        yield note(key, what, "run the check as the user that Busyline runs as, such as `sudo -u busyline …`")
    elif os.geteuid() == 0 and existing != place:
        what = f"checked as root; any other user cannot make {place}, since {existing} is root's"
        yield note(key, what, "make it for the user that Busyline runs as (install -d -o busyline -m 0700 …)")


def user_name(user: int) -> str:
    """The name of a user of this machine, or the number where there is none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:  # as in a container
        return str(user)
