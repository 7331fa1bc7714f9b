"""Hides what a mask hides: time becomes one flat Busy that says nothing of what lies below, subjects are gone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from protocols.model.freebusy import Answer, Unavailable, WorkingHours
from protocols.model.intervals import LAST_SECOND, Intervals
from protocols.model.spans import Spans, in_both, outside
from protocols.model.window import TimeWindow
from protocols.zones.working import working_spans
from proxy.answers import incomplete, within
from proxy.recent import Recent
from routing.rules import Mask

_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


class Masks:
    """Puts masks on answers, and keeps what it made in ``memory`` bytes: most calendars are asked about again."""

    def __init__(self, memory: int = 8 * 1024 * 1024) -> None:
        self._made: Recent[_Made, Intervals] = Recent(weight=memory, weigh=_weight)

    def masked(self, answer: Answer, mask: Mask, window: TimeWindow, today: int) -> Answer:
        """What ``mask`` leaves of an answer about ``window``; ``today`` is a day of UTC, counted from 1970.

        Hidden time is Busy without details, and events are cut at its edge and at that of the window: nothing in the
        answer differs by what a calendar holds in hidden time, doubt included. Own working hours that nobody knows
        hide everything. A window that reaches outside 1970 to 2106 cannot be hidden: Unavailable (INCOMPLETE).
        """
        if isinstance(answer, Unavailable):
            return answer
        low, high = window.seconds
        if mask.hides_time and (low < 0 or high > LAST_SECOND):
            return incomplete(answer, "hidden time after 2106")
        place = _Place(mask, answer.working_hours if mask.own_hours else None, low, high, today)
        made = answer.intervals.digest, place
        intervals = self._made.get(made)
        if intervals is None:
            intervals = self._made[made] = _left(answer.intervals, place)
        return replace(answer, intervals=intervals, unknown=_doubtful(answer.unknown, place))


class _Place(NamedTuple):
    """What decides which time is hidden."""

    mask: Mask
    own: WorkingHours | None
    low: int
    high: int
    today: int


_Made: TypeAlias = tuple[bytes, _Place]


def _left(intervals: Intervals, place: _Place) -> Intervals:
    redaction = place.mask.redaction
    if redaction is not None:
        intervals = intervals.redacted(redaction.hides)
    return intervals.within(*stretches(*place)) if place.mask.hides_time else intervals


def _weight(_: _Made, intervals: Intervals) -> int:
    return intervals.nbytes + 1000  # the place it was made for among them


def day_of(instant: datetime) -> int:
    """The day of UTC in which ``instant`` lies, counted from 1 January 1970."""
    return instant.astimezone(UTC).date().toordinal() - _EPOCH


@lru_cache(maxsize=512)
def stretches(mask: Mask, own: WorkingHours | None, low: int, high: int, today: int) -> tuple[Spans, Spans]:
    """What ``mask`` shows of the seconds from ``low`` up to ``high``, and what it hides; ``own``: the mailbox's hours.

    An instant is shown where the clock of the hours' zone shows working time, whatever the clock did before.
    """
    first = low if mask.back is None else max(low, (today - mask.back) * _DAY)
    last = high if mask.ahead is None else min(high, (today + mask.ahead + 1) * _DAY)
    shown: Spans = ((first, last),) if first < last else ()
    every = (*mask.hours, own) if mask.own_hours else mask.hours
    for hours in every:
        shown = () if hours is None else in_both(shown, working_spans(hours, low, high))
    return shown, outside(((low, high),), shown)


def _doubtful(unknown: tuple[TimeWindow, ...], place: _Place) -> tuple[TimeWindow, ...]:
    """What of ``unknown`` lies in time that is shown."""
    if not unknown or not place.mask.hides_time:
        return unknown
    windows = [TimeWindow.of_seconds(*span) for span in stretches(*place)[0]]
    return tuple(part for window in windows for part in within(window, unknown))
