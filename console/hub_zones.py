"""Says where the zone of a mailbox, as its server tells it, is another than a hub's settings have.

Neither Google nor CalDAV has such a setting: their calendars hold days as days. A public folder has no zone of its own.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from calsync.settings.consistency import connection_of
from calsync.settings.exchange import EwsSpoke
from calsync.settings.microsoft import GraphSpoke
from calsync.wiring.zones import zone_of
from console.configuration import Configuration
from console.findings import Finding, note, warning

_WEEK = timedelta(days=7)


async def check_zones(configuration: Configuration, directory: Path, now: datetime) -> list[Finding]:
    """What its server says of the zone of each mailbox, in the order of the file. What cannot be asked is a note.
    ``now`` is aware."""
    found: list[Finding] = []
    for number, hub in enumerate(configuration.hubs, 1):
        for name, spoke in hub.spokes.items() if hub.kind == "calendar" else ():
            if isinstance(spoke, GraphSpoke) or (isinstance(spoke, EwsSpoke) and not spoke.public_folder):
                there = await zone_of(spoke, connection_of(hub.name, name), directory, now)
                found += _judged(f"hubs[{number}].spokes.{name}.zone", spoke, there, now)
    return found


def _judged(key: str, spoke: GraphSpoke | EwsSpoke, there: tzinfo | str, now: datetime) -> Iterator[Finding]:
    if isinstance(there, str):
        what = f"in which zone {spoke.mailbox} lives is not known: {there}"
        yield note(key, what, "look at it in Outlook's settings")
    elif not _alike(there, spoke.zone, now):
        what = f"whole days begin by the clocks of {spoke.zone}, and {spoke.mailbox} lives by those of"
        mend = "write the mailbox's own zone; or set it right there, in Outlook's settings"
        yield warning(key, f"{what} {_name(there, now)}", mend)


def _alike(one: tzinfo, other: tzinfo, now: datetime) -> bool:
    """Whether their clocks show the same all the year."""
    weeks = [now + number * _WEEK for number in range(53)]
    return all(each.astimezone(one).utcoffset() == each.astimezone(other).utcoffset() for each in weeks)


def _name(zone: tzinfo, now: datetime) -> str:
    """Its name, or how far its clocks are ahead now: Exchange tells rules alone."""
    return zone.key if isinstance(zone, ZoneInfo) else f"UTC{now.astimezone(zone):%z}"
