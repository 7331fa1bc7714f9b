"""Tells when a series comes again: by its rule and its further dates, on the clocks of its zone, within bounds."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from protocols.model.event import Days, Event, Original, When
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Budget, TooManyError
from protocols.recurrence.clock import first_wall, instant_of, midnight, moved, namer, wall_of, zone_of
from protocols.recurrence.counting import numbered
from protocols.recurrence.counting import starts as counted
from protocols.recurrence.rules import written

MOST: Final = 10_000
_STEPS: Final = 20_000  # about 40 ms of work, for one question about one series
_MARGIN: Final = timedelta(days=2)  # walls differ from UTC by less, and so does a change of the clocks
_LAST: Final = datetime(9999, 12, 28)  # noqa: DTZ001  # a wall has no zone
_DAY: Final = timedelta(days=1)
_SOON: Final = timedelta(days=366)
_LATE: Final = 100 * _SOON


def starts(event: Event, window: TimeWindow, *, most: int = MOST) -> Iterator[Original]:
    """The occurrences that would share time with ``window`` if none had been moved or cancelled, in order, each once;
    of what does not repeat the one. The first occurrence counts whether or not the rule names it, as do ``extra``.

    Days are told as if they were UTC's. Raises ValueError for a zone that nobody knows, TooManyError (a ValueError)
    for more than ``most``, and for a rule that cannot be counted out within bounds.
    """
    length = _length(event.when)
    low = moved(_wall(window.start, event.when), -length - _MARGIN)
    high = min(_wall(window.end, event.when), _LAST - _MARGIN) + _MARGIN
    told = 0
    for original in _each(event, low, high):
        start = instant_of(original)
        if not _touches(start, moved(start, length), window):
            continue
        told += 1
        if told > most:
            raise TooManyError("more occurrences than are looked at")
        yield original


def touches(event: Event, window: TimeWindow) -> bool:
    """Whether any occurrence, as it is now, shares time with ``window``: those moved into it or out of it count where
    they are, cancelled ones nowhere. Where nobody can tell, it does."""
    if any(each is not None and _meets(each.when, window) for each in event.exceptions.values()):
        return True
    if not event.repeats:
        return _meets(event.when, window)
    try:
        return any(original not in event.exceptions for original in starts(event, window))
    except ValueError:
        return True


def index(event: Event, original: Original) -> int | None:
    """The place of an occurrence, from 1, among all that the rule makes, cancelled and moved ones included (EWS's
    InstanceIndex; ``extra`` do not count); None for what is none of them, and where nobody can count that far."""
    return places(event, (original,)).get(original)


def places(event: Event, wanted: Collection[Original]) -> dict[Original, int]:
    """:func:`index` for several at once, counted out but once; without those for which it is None."""
    rest, found = set(wanted), dict[Original, int]()
    if not rest:
        return found
    try:
        walls = [wall_of(original, event.when) for original in rest]
        name = namer(event.when)
        days = {(wall + _DAY * by).date() for wall in walls for by in (-1, 0, 1)}  # a gap moves what is in it
        for place, each in _ruled(event, moved(min(walls), -_MARGIN), max(walls), numbers=True):
            if each.date() not in days:
                continue
            original = name(each)
            if original in rest:
                found[original] = place
                rest.remove(original)
            if not rest:
                break
    except (ValueError, OverflowError):
        return found
    return found


def first_after(event: Event, instant: datetime) -> datetime | None:
    """When (UTC) the next occurrence begins, as it is now, at or after ``instant``; days as if they were UTC's. None
    where there is none within a hundred years, or none that anybody can count out (a year is looked at first)."""
    begins = [_start(each.when) for each in event.exceptions.values() if each is not None]
    elsewhere = min((start for start in begins if start >= instant), default=None)
    found = _next(event, instant)
    return min(filter(None, (elsewhere, found)), default=None)


def _next(event: Event, instant: datetime) -> datetime | None:
    try:
        low = moved(_wall(instant, event.when), -_MARGIN)
    except ValueError:
        return None
    for reach in (_SOON, _LATE):
        try:
            for original in _each(event, low, min(moved(low, reach), _LAST)):
                if original not in event.exceptions and instant_of(original) >= instant:
                    return instant_of(original)
        except (ValueError, OverflowError):
            return None
    return None


def _each(event: Event, low: datetime, high: datetime) -> Iterator[Original]:
    """All occurrences, by when they would begin, in order and each once; ``low`` and ``high`` are of the wall."""
    extra = sorted(each for each in event.extra if low <= wall_of(each, event.when) <= high)
    name = namer(event.when)
    ruled = (name(wall) for _, wall in _ruled(event, low, high))
    last: Original | None = None
    for original in merge(ruled, extra, key=instant_of):
        if original != last:
            yield original
        last = original


def _ruled(event: Event, low: datetime, high: datetime, *, numbers: bool = False) -> Iterator[tuple[int, datetime]]:
    """What the wall shows at the beginnings of those that the rule makes, the first one always among them; with
    ``numbers`` each with its place among all, from 1."""
    first, rule = first_wall(event.when), event.rule
    if low <= first <= high:
        yield 1, first
    if rule is None:
        return
    text = written(replace(rule, until=None, count=None), event.when)
    if rule.until is not None:
        high = min(high, datetime.combine(rule.until, first.time()))
    before = 0
    if numbers or rule.count is not None:  # whether the first is one that the rule does not name
        before = int(not any(True for _ in counted(text, first, first, first, _budget())))
    if rule.count is not None:
        text += f";COUNT={rule.count - before}"
    for number, wall in numbered(text, first, low, high, _budget(), numbers=numbers):
        if wall != first:
            yield number + before, wall


def _wall(instant: datetime, when: When) -> datetime:
    """What the wall shows then, or would show first or last. Raises ValueError for no zone."""
    zone_of(when)
    try:
        return wall_of(instant, when)
    except ValueError:
        return moved(instant.replace(tzinfo=None), timedelta.max if instant.year > 1 else timedelta.min)


def _budget() -> Budget:
    return Budget(_STEPS, _STEPS)


def _length(when: When) -> timedelta:
    return when.until - when.first if isinstance(when, Days) else when.end - when.start


def _start(when: When) -> datetime:
    return midnight(when.first) if isinstance(when, Days) else when.start


def _meets(when: When, window: TimeWindow) -> bool:
    return _touches(_start(when), moved(_start(when), _length(when)), window)


def _touches(start: datetime, end: datetime, window: TimeWindow) -> bool:
    return start < window.end and (end > window.start or start >= window.start)
