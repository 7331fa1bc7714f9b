"""Windows and IANA zone names, each found from the other."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protocols.zones.table import OTHER_NAMES, WINDOWS

WORLD = "001"

_BY_TERRITORY = {
    windows: {territory: names.split() for territory, _, names in (row.partition("=") for row in rows.split("; "))}
    for windows, rows in WINDOWS.items()
}
_WINDOWS_OF = {name: windows for windows, by in _BY_TERRITORY.items() for names in by.values() for name in names}
_WINDOWS_OF |= {
    other: _WINDOWS_OF[name] for name, others in OTHER_NAMES.items() if name in _WINDOWS_OF for other in others.split()
}
_IANA = {name.lower(): name for name in [*_WINDOWS_OF, *OTHER_NAMES]}
_WINDOWS = {name.lower(): name for name in WINDOWS}
_UTC_NAMES = frozenset({"Etc/UTC", *OTHER_NAMES["Etc/UTC"].split()})
_OUTLOOKS_UTC = "tzone://microsoft/utc"  # what Outlook and Graph write for UTC beside the two proper names


def zone_named(name: str, *, territory: str = WORLD) -> tzinfo | None:
    """The zone of a Windows or IANA name, in any letter case, links of the tz database included; None when unknown.

    Every name of UTC gives ``datetime.UTC``, all others a ZoneInfo. ``territory`` (ISO 3166, "NL") picks among the IANA
    zones that share a Windows name; without it, and where it has none of its own, the usual one is meant.
    """
    key = name.strip().lower()
    if windows := _WINDOWS.get(key):
        by = _BY_TERRITORY[windows]
        return _zone((by.get(territory.upper()) or by[WORLD])[0])
    if key == _OUTLOOKS_UTC:
        return UTC
    iana = _IANA.get(key)
    return _zone(iana) if iana else None


def windows_name(zone: tzinfo) -> str | None:
    """The Windows name of a ZoneInfo or of ``datetime.UTC``; None for any other zone and where Windows knows none."""
    if zone is UTC:
        return "UTC"
    return _WINDOWS_OF.get(zone.key) if isinstance(zone, ZoneInfo) else None


def windows_zone_ids() -> tuple[str, ...]:
    """All Windows names known, sorted."""
    return tuple(sorted(WINDOWS))


@cache  # at most one per name of the table; ZoneInfo's own cache forgets and reads the file again
def _zone(name: str) -> tzinfo | None:
    if name in _UTC_NAMES:
        return UTC
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
