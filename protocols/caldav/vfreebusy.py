"""Reads VFREEBUSY (RFC 5545 3.6.4): busy periods, and the stretch of time that the component speaks of at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from protocols.caldav.lines import Block, Properties
from protocols.caldav.times import Length, Moment, between, duration, moment, period
from protocols.caldav.zones import Zones
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.window import TimeWindow

FBTYPES: Final = {
    "FREE": BusyStatus.FREE,
    "BUSY": BusyStatus.BUSY,
    "BUSY-TENTATIVE": BusyStatus.TENTATIVE,
    "BUSY-UNAVAILABLE": BusyStatus.OUT_OF_OFFICE,
}
"""What each FBTYPE means; any other is BUSY (RFC 5545 3.2.9)."""
_WANTED: Final = frozenset({"DTSTART", "DTEND", "DURATION", "FREEBUSY", "FBTYPE"})


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """One VFREEBUSY: its ``blocks``, FREE ones left out; ``told``, the time it speaks of; ``unknown``, of doubt."""

    blocks: tuple[BusyInterval, ...]
    told: tuple[TimeWindow, ...]
    unknown: tuple[TimeWindow, ...] = ()


def read(block: Block, zones: Zones) -> FreeBusy:
    """What the component says. Raises ValueError where it cannot be read."""
    own = block.properties(_WANTED)
    start, end = _edge(own, "DTSTART", zones), _end(own, zones)
    periods = list(_periods(own, zones))
    if not periods and own.word("FBTYPE"):
        return _single(own.word("FBTYPE"), start, end)
    spans = [(status, *_span(first, last)) for status, first, last in periods]
    told = [window for _, window, certain in spans if window and certain]
    if start is not None and end is not None and start.certain and end.certain:
        # what it says of its edges, at their narrowest; without both nobody knows what it leaves out
        first, last = start.latest, end.earliest
        if end.latest < start.earliest:
            raise ValueError("ends before it starts")
        told += [TimeWindow(first, last)] if first < last else []
    busy = [(status, window, certain) for status, window, certain in spans if window and status is not BusyStatus.FREE]
    return FreeBusy(
        tuple(BusyInterval(window, status) for status, window, certain in busy if certain),
        tuple(told),
        tuple(window for _, window, certain in busy if not certain),
    )


def _single(word: str, start: Moment | None, end: Moment | None) -> FreeBusy:
    """Radicale's: a VFREEBUSY for each occurrence, its FBTYPE a property and its edges the period."""
    if start is None or end is None:
        raise ValueError("an FBTYPE without its time")
    window, certain = _span(start, end)
    if window is None:
        return FreeBusy((), ())
    status = FBTYPES.get(word, BusyStatus.BUSY)
    if not certain:
        return FreeBusy((), (), () if status is BusyStatus.FREE else (window,))
    return FreeBusy(() if status is BusyStatus.FREE else (BusyInterval(window, status),), (window,))


def _periods(own: Properties, zones: Zones) -> Iterator[tuple[BusyStatus, Moment, Moment]]:
    for line in own.all("FREEBUSY"):
        status = FBTYPES.get(line.parameters.get("FBTYPE", "BUSY").strip().upper(), BusyStatus.BUSY)
        zone = zones.named(line.parameters.get("TZID")) or UTC  # the periods are in UTC (RFC 5545 3.8.2.6)
        for text in line.value.split(","):
            if text.strip():
                yield status, *period(text, zone, zones)


def _span(first: Moment, last: Moment) -> tuple[TimeWindow | None, bool]:
    return between(first, last), first.certain and last.certain


def _edge(own: Properties, name: str, zones: Zones) -> Moment | None:
    prop = own.one(name)
    return None if prop is None else moment(prop, zones)


def _end(own: Properties, zones: Zones) -> Moment | None:
    end, start, length = _edge(own, "DTEND", zones), _edge(own, "DTSTART", zones), own.one("DURATION")
    if end is None and start is not None and length is not None:
        lasts: Length = duration(length.value)
        return lasts.after(start)
    return end
