"""Reads all VEVENTs of a calendar: busy time and doubt, one unreadable event spoiling no more than its own time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from protocols.caldav.events import Event, blind, private_name, read
from protocols.caldav.lines import Block
from protocols.caldav.occurrences import Occurrence, occurrences
from protocols.caldav.sieve import may_matter
from protocols.caldav.times import between
from protocols.caldav.zones import Zones
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Budget, TooManyError

_SIEVING, _READING = 3, 60  # steps that an event costs, besides its length


@dataclass(slots=True)
class Reading:
    """What was found so far."""

    blocks: list[BusyInterval] = field(default_factory=list)
    unknown: list[TimeWindow] = field(default_factory=list)
    private: set[str] = field(default_factory=set)

    def veil(self, parts: Iterable[Block]) -> None:
        """Show no subject and no place of a series of which any of ``parts``, VEVENTs, is private."""
        self.private |= {name for part in parts if (name := private_name(part))}


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
    for events in _by_name(parts, window, zones, owners=owners, details=details, budget=budget, reading=reading):
        try:
            found = [_told(each) for each in _bounded(occurrences(events, window, budget), window, budget)]
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


def _by_name(
    parts: Sequence[Block],
    window: TimeWindow,
    zones: Zones,
    *,
    owners: Collection[str],
    details: bool,
    budget: Budget,
    reading: Reading,
) -> Iterable[list[Event]]:
    """The events that may matter, those of one UID together."""
    groups: dict[str, list[Event]] = {}
    for number, part in enumerate(parts):
        try:
            budget.work(_SIEVING + len(part.own) // 1000)
            if not may_matter(part.own, window):
                continue
            budget.work(_READING + len(part.own) // 40)
        except TooManyError:
            reading.unknown.append(window)
            break
        try:
            event = read(part, zones, owners=owners, details=details)
        except ValueError:
            reading.unknown += _from(blind(part, zones), window)
            continue
        groups.setdefault(event.uid or f"\n{number}", []).append(
            event.veiled if event.uid in reading.private else event
        )
    return groups.values()


def _bounded(found: Iterator[Occurrence], window: TimeWindow, budget: Budget) -> Iterator[Occurrence]:
    for each in found:
        if each.start.earliest < window.end and each.end.latest > window.start:
            budget.occur()
            yield each


def _told(found: Occurrence) -> tuple[BusyInterval | None, bool]:
    event = found.event
    window = between(found.start, found.end)
    if window is None:
        return None, True
    certain = found.start.certain and found.end.certain and not (event.doubtful or found.doubtful)
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
