"""Doubts what a server took for UTC: days that begin earlier or later where their owner lives, and floating times."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from protocols.caldav.spans import gaps, union
from protocols.caldav.told import Told
from protocols.model.window import DAY, TimeWindow

_AHEAD: Final = timedelta(hours=14)  # of UTC, at most
_BEHIND: Final = timedelta(hours=12)


def with_margin(window: TimeWindow) -> TimeWindow:
    """The whole UTC days to ask about, so that a day is seen as one which shares time with ``window`` anywhere."""
    wide = window.widen(_BEHIND, _AHEAD)
    start, end = _midnight(wide.start), _midnight(wide.end)
    return TimeWindow(start, end if end == wide.end else end + min(DAY, datetime.max.replace(tzinfo=UTC) - end))


def doubted(told: Told, window: TimeWindow, zone: tzinfo | None, *, each: bool = False) -> Told:
    """What of ``window`` is told by ``told``, which was asked :func:`with_margin`, and the doubt that it leaves.

    Time that takes up whole UTC days may be that of all-day events, whose days are those of ``zone`` (None: anywhere)
    but which many servers report as if they were UTC's. It is busy as told, and what it would take in the zone is
    unknown. ``each``: the server does so with any time that it was given without a zone, so every block is doubted.
    """
    busy = union([block.window for block in told.intervals if block.status], with_margin(window))
    shifted = [part for block in busy for part in ([_shifted(block, zone)] if each else _around(block, zone))]
    unknown = union([*(free for part in shifted for free in gaps(busy, part)), *told.unknown], window)
    return Told(intervals=told.intervals.overlapping(window), unknown=unknown, hours=told.hours)


def _around(block: TimeWindow, zone: tzinfo | None) -> Iterator[TimeWindow]:
    first, last = _midnight(block.start), _midnight(block.end)
    if first < block.start:
        first += min(DAY, block.end - first)
    if first < last:
        yield _shifted(TimeWindow(first, last), zone)


def _shifted(block: TimeWindow, zone: tzinfo | None) -> TimeWindow:
    """The time that ``block``, read as a wall's, takes in ``zone``."""
    if zone is None:
        return block.widen(_AHEAD, _BEHIND)
    try:
        start = block.start.replace(tzinfo=zone, fold=0).astimezone(UTC)
        end = block.end.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except OverflowError:
        return block
    return TimeWindow(start, end) if start < end else block


def _midnight(instant: datetime) -> datetime:
    return datetime.combine(instant.date(), time(), UTC)
