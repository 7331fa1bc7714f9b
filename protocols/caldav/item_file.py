"""Reads a whole file of iCalendar (a subscription): each event of it under its UID, with a version of its own."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from hashlib import blake2b
from typing import Final

from protocols.caldav import lines
from protocols.caldav.item_reading import Found, maker_of, read_parts, zones_of
from protocols.caldav.lines import Block
from protocols.caldav.pieces import Pieces
from protocols.caldav.zones import Zones, named
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

_UID: Final = frozenset({"UID"})
_ZONE: Final = frozenset({"X-WR-TIMEZONE", "TIMEZONE-ID"})
_IDLE: Final = re.compile(rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED|SEQUENCE)[:;][^\n]*\n?", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a file: ``key`` is its UID, or a digest of it where it has none; ``version`` is another as soon as
    anything but its stamps is (many programs stamp every export anew)."""

    key: str
    version: str
    parts: tuple[Block, ...]
    zones: Zones
    maker: str

    def read(self, owners: Collection[str] = ()) -> Found:
        """What it tells. Raises ValueError, in words that hold nothing of it."""
        return read_parts(self.parts, self.zones, owners=owners, maker=self.maker)


def reading(data: bytes, zone: tzinfo | None = None) -> Pieces[dict[str, Entry]]:
    """The events of a file by key, in its order; ``zone`` is what times without one are meant in where the file does
    not say it. Raises PeerError: GARBLED where it is no iCalendar of a Gregorian calendar, INCOMPLETE where it breaks
    off."""
    found: dict[str, Entry] = {}
    for calendar in (yield from lines.reading(data)):
        zones, maker = _zones(calendar, zone), maker_of(calendar)
        for key, parts in (yield from _by_uid(calendar)).items():
            if key not in found:
                found[key] = Entry(key, _version(parts), tuple(parts), zones, maker)
            yield
    return found


def _zones(calendar: Block, zone: tzinfo | None) -> Zones:
    own = calendar.properties(_ZONE, _ZONE)
    said = (named(each.value) for name in sorted(_ZONE) for each in own.all(name))
    try:
        return zones_of(calendar, next(filter(None, said), zone))
    except ValueError:
        raise PeerError(Reason.GARBLED, "no Gregorian calendar") from None


def _by_uid(calendar: Block) -> Pieces[dict[str, list[Block]]]:
    found: dict[str, list[Block]] = {}
    for part in calendar.inner:
        if part.name == "VEVENT":
            found.setdefault(_uid(part) or f"digest:{_version([part])}", []).append(part)
        yield
    return found


def _uid(part: Block) -> str:
    try:
        return next((each.value.strip() for each in part.properties(_UID).all("UID")), "")
    except ValueError:
        return ""


def _version(parts: Sequence[Block]) -> str:
    """The same in whatever order the parts come."""
    digests = sorted(blake2b(b"".join(_pieces(part)), digest_size=16).digest() for part in parts)
    return blake2b(b"".join(digests), digest_size=16).hexdigest()


def _pieces(part: Block) -> Iterator[bytes]:
    yield part.name.encode()
    yield _IDLE.sub(b"", part.own)
    for inner in part.inner:
        yield from _pieces(inner)
