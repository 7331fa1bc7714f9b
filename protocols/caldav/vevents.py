"""Reads all VEVENTs of a calendar: busy time and doubt, one unreadable event spoiling no more than its own time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from protocols.caldav.events import Event, blind, read
from protocols.caldav.lines import Block
from protocols.caldav.occurrences import Occurrence, occurrences
from protocols.caldav.rules import Budget
from protocols.caldav.sieve import may_matter
from protocols.caldav.times import between
from protocols.caldav.zones import Zones
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.window import TimeWindow


@dataclass(slots=True)
class Reading:
    """What was found so far; ``left`` is how many occurrences more are looked at."""

    left: int
    blocks: list[BusyInterval] = field(default_factory=list)
    unknown: list[TimeWindow] = field(default_factory=list)


def read_all(
    parts: Sequence[Block],
    window: TimeWindow,
    zones: Zones,
    *,
    owners: Collection[str],
    details: bool,
    budget: Budget,
    reading: Reading,
) -> None:
    """Adds to ``reading`` what the VEVENTs of one calendar say about ``window``."""
    groups: dict[str, list[Event]] = {}
    for number, part in enumerate(parts):
        if not may_matter(part.own, window):
            continue
        try:
            event = read(part, zones, owners=owners, details=details)
        except ValueError:
            reading.unknown += _from(blind(part, zones), window)
            continue
        groups.setdefault(event.uid or f"\n{number}", []).append(event)
    for events in groups.values():
        try:
            found = [_told(each) for each in _bounded(occurrences(events, window, budget), window, reading)]
        except ValueError:
            reading.unknown += _from(_first(events), window)
            continue
        for told, certain in found:
            if told is None or (told.status is BusyStatus.FREE):
                continue
            if certain:
                reading.blocks.append(told)
            else:
                reading.unknown.append(told.window)


def _bounded(found: Iterator[Occurrence], window: TimeWindow, reading: Reading) -> Iterator[Occurrence]:
    for each in found:
        if each.start.earliest < window.end and each.end.latest > window.start:
            reading.left -= 1
            if reading.left < 0:
                raise ValueError("more occurrences than are looked at")
            yield each


def _told(found: Occurrence) -> tuple[BusyInterval | None, bool]:
    event = found.event
    window = between(found.start, found.end)
    if window is None:
        return None, True
    certain = found.start.certain and found.end.certain and not event.doubtful
    return BusyInterval(window, event.status, event.details), certain


def _first(events: Sequence[Event]) -> datetime | None:
    """The first instant that a series may take; None where one of its events was moved to nobody knows when."""
    try:
        return min(each.start.earliest for each in events)
    except ValueError:
        return None


def _from(first: datetime | None, window: TimeWindow) -> list[TimeWindow]:
    start = window.start if first is None else max(first, window.start)
    return [replace(window, start=start)] if start < window.end else []
