"""Which zone an operator means: the one named, else the one this machine keeps."""

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from console.terminal import WRONG_USAGE, EndingError
from protocols.zones.names import zone_named

_LINK = Path("/etc/localtime")
_MARK = "zoneinfo/"


def chosen(name: str | None) -> tzinfo:
    """The zone called ``name`` (IANA or Windows), or this machine's. Raises EndingError for a name nobody knows."""
    if name is None:
        return local_zone(os.environ.get("TZ"), _LINK)
    zone = zone_named(name)
    if zone is None:
        raise EndingError(f'"{name}" is no zone: write for example Europe/Berlin', WRONG_USAGE)
    return zone


def local_zone(variable: str | None, link: Path) -> tzinfo:
    """The zone by $TZ or by where ``link`` points; where neither tells, the offset that holds now."""
    names = [variable.removeprefix(":")] if variable else []
    if link.is_symlink():
        names.append(str(link.readlink()).partition(_MARK)[2])
    for name in names:
        if name and (zone := zone_named(name)):
            return zone
    return datetime.now(UTC).astimezone().tzinfo or UTC
