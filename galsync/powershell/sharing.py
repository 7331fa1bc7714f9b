"""Writes the script that lets a partner organisation see calendars, and the one that takes it back.

The record that the first writes, and the second adds to, is one JSON object a line (UTF-8): a run begins with
``{"busyline": 1, "pair": …, "serial": …}``, ``change`` tells of a change before it is made, ``undone`` of one that was
put back after, and a run ends with ``{"end": serial, "finished": instant}``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import orjson

from galsync.files.disk import UnreadableError, read
from protocols.model.freebusy import Reason
from service.powershell import comment, expression, expression_list, quoted

FORMAT: Final = 1
LEVELS: Final = ("AvailabilityOnly", "LimitedDetails")
"""FreeBusyAccessLevel of New-OrganizationRelationship, as far as it shows anything."""
ACTIONS: Final = (
    "CalendarSharingFreeBusySimple",
    "CalendarSharingFreeBusyDetail",
    "CalendarSharingFreeBusyReviewer",
)
"""What the domains of Set-SharingPolicy allow about calendars."""
TARGET: Final = {
    "TargetApplicationUri": "outlook.com",
    "TargetAutodiscoverEpr": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc/WSSecurity",
}
"""Where a partner in Exchange Online is asked, in Microsoft's worldwide cloud."""
_DATA: Final = "#-- data --\n"
_MARK: Final = "\ufeff"  # Windows PowerShell 5.1 takes a script without it for one of its own code page
_NOTES: Final = """\
Made by Busyline for the pair {pair}, {written}.

In Exchange Online: Connect-ExchangeOnline first, as an administrator of organization sharing. -Preview shows what
would be changed. It may be run again at any time: what is as it shall be stays, and what somebody set otherwise is
told and left. What stood there before goes to {record}: keep it, the way back needs it."""
_WAY_BACK: Final = """\
Made by Busyline for the pair {pair}, {written}: the way back.

In Exchange Online: Connect-ExchangeOnline first, as an administrator of organization sharing. -Preview shows what
would be put back. It reads {record}, which has to lie beside it, puts back what the first script changed, last change
first, and leaves what somebody has changed since. It may be run again at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What one organisation's Exchange shall let a partner see.

    ``domains`` are the partner's. ``level`` is AvailabilityOnly or LimitedDetails, and makes the organization
    relationship ``name``; "" for none. ``individual`` is the action that the default sharing policy shall allow
    (CalendarSharingFreeBusySimple, …), "" for none. ``disable`` turns every *other* organization relationship that
    names one of the domains off.
    """

    pair: str
    name: str
    domains: tuple[str, ...]
    level: str = ""
    individual: str = ""
    disable: bool = False

    def __post_init__(self) -> None:
        if self.level not in ("", *LEVELS):
            raise ValueError(f"{self.level!r} is no level of an organization relationship")
        if self.individual not in ("", *ACTIONS):
            raise ValueError(f"{self.individual!r} is no action of a sharing policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a script wrote of itself: the ``serial`` of the one that ran last, and how many things were changed in all.
    ``undone`` is how many the way back put as they were."""

    serial: str
    finished: datetime
    changed: int
    undone: int = 0


def script(sharing: Sharing, *, serial: str, written: datetime, record: str) -> bytes:
    """The script, UTF-8 with its mark and CRLF: idempotent, -Preview shows what it would change.

    Before each change it writes what stood there into the file ``record`` beside it. Raises ValueError for text that
    has no place in a command.
    """
    return _whole("sharing.ps1", _NOTES, sharing, serial=serial, written=written, record=record)


def way_back(sharing: Sharing, *, serial: str, written: datetime, record: str) -> bytes:
    """The script that puts back what ``record`` says stood there, last change first, and nothing that somebody has
    changed since; -Preview shows it. Raises ValueError as :func:`script` does."""
    return _whole("sharing-way-back.ps1", _WAY_BACK, sharing, serial=serial, written=written, record=record)


def load(path: Path, *, pair: str) -> Record | None:
    """What the record at ``path`` says, None where there is no such file yet. Raises UnreadableError in words."""
    data = read(path)
    if data is None:
        return None
    try:
        lines = list(_lines(data))
        if not lines or lines[0].get("busyline") != FORMAT:
            raise UnreadableError(f"{path} is no record of this script")
        if lines[0]["pair"] != pair:
            raise UnreadableError(f"{path} is the record of another pair, {lines[0]['pair']!r}")
        if "end" not in lines[-1]:
            raise UnreadableError(f"{path}: the script broke off, run it again", Reason.INCOMPLETE)
        return Record(
            serial=str(lines[-1]["end"]),
            finished=_instant(lines[-1]["finished"]),
            changed=sum("change" in line for line in lines),
            undone=sum("undone" in line for line in lines),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{path} cannot be read: {type(error).__name__}") from error


def _whole(file: str, notes: str, sharing: Sharing, *, serial: str, written: datetime, record: str) -> bytes:
    told = notes.format(pair=sharing.pair, written=written.isoformat(timespec="seconds"), record=record)
    before, _, after = files("galsync.powershell").joinpath(file).read_text(encoding="utf-8").partition(_DATA)
    settings = {
        "Pair": expression(sharing.pair),
        "Serial": quoted(serial),
        "RecordName": expression(record),
        "RelationshipName": expression(sharing.name),
        "Domains": expression_list(domain.lower() for domain in sharing.domains),
        "Level": quoted(sharing.level),
        "Individual": quoted(sharing.individual),
        "DisableOthers": "$true" if sharing.disable else "$false",
        **{name: quoted(value) for name, value in TARGET.items()},
    }
    named = {name: value for name, value in settings.items() if f"${name}" in after}
    data = "".join(f"${name} = {value}\n" for name, value in named.items())
    whole = "\n".join(["#Requires -Version 5.1", *comment(told), ""]) + before + data + after
    return (_MARK + whole.replace("\n", "\r\n")).encode()


def _lines(data: bytes) -> Iterator[Mapping[str, Any]]:
    """A line that broke off is left out: its change was not made, and a later run wrote behind it."""
    for line in data.removeprefix(_MARK.encode()).splitlines():
        if not line.strip():
            continue
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(told, dict):
            yield told


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without its zone")
    return instant
