"""Turns the items and the digits of one schedule into busy time and into time that nothing is known about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.merging import explained
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

STATUSES = {
    "free": BusyStatus.FREE,
    "workingelsewhere": BusyStatus.WORKING_ELSEWHERE,
    "tentative": BusyStatus.TENTATIVE,
    "busy": BusyStatus.BUSY,
    "oof": BusyStatus.OUT_OF_OFFICE,
}
# 4 is workingElsewhere in one document and missing data in another: nothing is known
DIGITS = {"0": BusyStatus.FREE, "1": BusyStatus.TENTATIVE, "2": BusyStatus.BUSY, "3": BusyStatus.OUT_OF_OFFICE}
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)  # no zone is further from UTC: Kiritimati, Baker Island


@dataclass(frozen=True, slots=True)
class Blocks:
    """Busy time, and time that nothing is known about.

    ``accounted`` is every item with what it explains of the view: one whose status or time is in doubt, no more than a
    free one does.
    """

    intervals: tuple[BusyInterval, ...] = ()
    unknown: tuple[TimeWindow, ...] = ()
    accounted: tuple[BusyInterval, ...] = ()


def from_items(items: list[Any], *, details: bool) -> Blocks:
    """What the items say. One of unknown status, or in a zone nobody knows, makes its time unknown.

    Raises ValueError, TypeError, KeyError or AttributeError where an item cannot be read at all.
    """
    intervals: list[BusyInterval] = []
    unknown: list[TimeWindow] = []
    accounted: list[BusyInterval] = []
    for item in items:
        window, certain = _window(item["start"], item["end"]) if "start" in item and "end" in item else (None, False)
        if window is None:
            if not certain:
                raise ValueError("an item without its times")
            continue  # it takes no time
        word = item.get("status")
        status = STATUSES.get(word.lower()) if isinstance(word, str) else None
        if status is None or not certain:
            unknown.append(window)
            status = BusyStatus.FREE
        elif status is not BusyStatus.FREE:
            intervals.append(BusyInterval(window, status, _details(item) if details else None))
        accounted.append(BusyInterval(window, status))
    return Blocks(tuple(intervals), tuple(unknown), tuple(accounted))


def from_view(digits: str, window: TimeWindow, cell: timedelta, blocks: Blocks, *, whole: bool) -> Blocks:
    """``blocks`` and what the view says besides: cells that no item of at least their status touches.

    Where the view is the ``whole`` answer, time beyond its last digit is unknown.
    """
    intervals, unknown = list(blocks.intervals), list(blocks.unknown)
    start = window.start
    cells = explained(blocks.accounted, window, cell)
    for (status, silent), run in groupby(map(_cell, digits, cells)):
        end = start + sum(1 for _ in run) * cell
        gap, start = TimeWindow(start, end), end
        if silent and status is None:
            unknown.append(gap)
        elif silent and status is not None:
            intervals.append(BusyInterval(gap, status))
    if whole and start < window.end:
        unknown.append(TimeWindow(start, window.end))
    return Blocks(tuple(intervals), tuple(unknown), blocks.accounted)


def _cell(digit: str, touched: int) -> tuple[BusyStatus | None, bool]:
    """What the digit says, and whether the items keep silent about it; any item at all explains a doubtful digit."""
    status = DIGITS.get(digit)
    return status, touched == 0 if status is None else touched <= status and status is not BusyStatus.FREE


def _window(start: Any, end: Any) -> tuple[TimeWindow | None, bool]:
    """The item's time and whether it is certain; in an unknown zone, as long as it may last anywhere on earth."""
    (first, first_known), (last, last_known) = _moment(start, latest=False), _moment(end, latest=True)
    if first_known and last_known and last < first:
        raise ValueError("ends before it starts")
    return (TimeWindow(first, last) if first < last else None), first_known and last_known


def _moment(value: Any, *, latest: bool) -> tuple[datetime, bool]:
    moment = datetime.fromisoformat(value["dateTime"])  # 7 digits of a second: the last is dropped
    name = value.get("timeZone")
    zone = zone_named(name) if isinstance(name, str) else None
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC), True
        if zone is not None:
            return to_utc(moment, zone, latest=latest), True
        return moment.replace(tzinfo=UTC) + (_BEHIND if latest else -_AHEAD), False
    except OverflowError:
        raise ValueError("a time beyond all calendars") from None


def _details(item: Any) -> EventDetails:
    private = item.get("isPrivate") is not False  # said in so many words, or taken for private
    subject, location = (None, None) if private else (_text(item.get("subject")), _text(item.get("location")))
    return EventDetails(subject=subject, location=location, private=private)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
