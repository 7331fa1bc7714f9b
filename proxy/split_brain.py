"""Notices people who use both calendars although they have moved: the one that was left goes on changing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from protocols.model.freebusy import Answer, Availability
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.spans import Spans, in_both, joined, outside
from protocols.model.window import TimeWindow
from proxy.connector import Clock
from proxy.recent import Recent
from routing.table import Combine
from routing.ways import Way

_PEOPLE: Final = 20_000
_MEMORY: Final = 32 * 1024 * 1024
_AGAIN: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(minutes=1)  # between two looks at one person: what is cached does not change anyway

_log = structlog.get_logger("busyline.moves")


def suspected(current: Answer, old: Answer, since: datetime | None = None) -> bool:
    """Whether each calendar is busy at a time after ``since`` at which the other is not.

    One look cannot tell a calendar in use from one that was copied and left, where later changes are missing: this is
    for people to look into. See :func:`split` for what is sure.
    """
    if not isinstance(current, Availability) or not isinstance(old, Availability):
        return False
    shared = _shared(current.window, old.window)
    if shared is None:
        return False
    first = shared[0] if since is None else max(shared[0], int(since.timestamp()))
    ours, theirs = _begun(current, first, shared[1]), _begun(old, first, shared[1])
    return bool(outside(ours, _busy(old)) and outside(theirs, _busy(current)))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a calendar showed when each time was looked at first: ``covered`` is that time, ``taken`` what was taken.

    ``at`` is when it was looked at first of all.
    """

    at: datetime
    covered: Spans
    taken: Spans

    def with_more(self, answer: Availability, now: datetime) -> "Seen":
        """The same, and what ``answer`` shows of time not looked at before; without what is over."""
        window, over = (answer.window.seconds,), ((0, int(now.timestamp())),)
        new = in_both(_busy(answer), outside(window, self.covered))
        covered, taken = joined((*self.covered, *window)), joined((*self.taken, *new))
        return Seen(self.at, outside(covered, over), outside(taken, over))


def first_seen(answer: Availability, now: datetime) -> Seen:
    """What is remembered of a calendar that is looked at for the first time."""
    return Seen(now, (answer.window.seconds,), _busy(answer))


def split(before: Seen, current: Availability, old: Availability) -> bool:
    """Whether the calendar that was left became busy, since it showed ``before``, where the current is not.

    Only time that was looked at both times counts, however the windows differ, and only as long as the current calendar
    is in use as well: it is busy at some time at which the other is not. A copy that nobody touches never gets busier,
    whatever is moved, confirmed or cancelled in the current one; what a tool copies back is busy in both.
    """
    shared = in_both(before.covered, (old.window.seconds,))
    begun = joined(span for first, last in shared for span in _begun(old, first, last))
    return bool(outside(outside(begun, before.taken), _busy(current)) and _used(current, old))


def _used(current: Availability, old: Availability) -> bool:
    """Whether the calendar is busy where the one that was left is not."""
    return bool(outside(_begun(current, *current.window.seconds), _busy(old)))


class SplitBrain:
    """Sees the answers of both sides before they are joined. Told is each person once an hour at most.

    What is remembered of a calendar is its busy time alone, and so of the people who were asked about last.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.count = 0
        self._seen: Recent[tuple[str, str, object], Seen] = Recent(count=_PEOPLE, weight=_MEMORY, weigh=_weight)
        self._told: Recent[str, datetime] = Recent(count=_PEOPLE, weight=_MEMORY, weigh=lambda *_: 100)

    def saw(self, mailbox: Mailbox, way: Way, answers: Sequence[Answer]) -> None:
        """The calendars on the way to ``mailbox`` answered so. Never waits, never raises."""
        if way.combine is Combine.MOVE:
            self._look(mailbox, way, answers, sides=(1,))
        elif way.combine is Combine.EITHER:
            self._look(mailbox, way, answers, sides=(0, 1))

    def _look(self, mailbox: Mailbox, way: Way, answers: Sequence[Answer], *, sides: tuple[int, ...]) -> None:
        known = [answer for answer in answers if isinstance(answer, Availability) and not answer.unknown]
        if len(known) != 2 or len(answers) != 2:
            return
        now = self._clock()
        grown = [self._has_grown(mailbox, way, known, side, now) for side in sides]
        if all(grown):
            self._tell(mailbox, way, now)

    def _has_grown(self, mailbox: Mailbox, way: Way, known: list[Availability], side: int, now: datetime) -> bool:
        """Whether the calendar of one side became busy where the other is not, since it was looked at first."""
        old, current = known[side], known[1 - side]
        key = mailbox.address, way.legs[side].via, old.detail
        seen = self._seen.get(key)
        if seen is None:
            self._seen[key] = first_seen(old, now)
            return False
        grown = now - seen.at >= _PAUSE and split(seen, current, old)
        if outside((old.window.seconds,), seen.covered):
            self._seen[key] = seen.with_more(old, now)
        return grown

    def _tell(self, mailbox: Mailbox, way: Way, now: datetime) -> None:
        told = self._told.get(mailbox.address)
        if told is not None and timedelta() <= now - told < _AGAIN:
            return
        self._told[mailbox.address] = now
        self.count += 1
        sides = [leg.via for leg in way.legs]
        _log.warning("split_brain", mailbox=mailbox.address, current=sides[0], other=sides[1], why=way.reason)


def _weight(_: object, seen: Seen) -> int:
    return 400 + 140 * (len(seen.covered) + len(seen.taken))


def _busy(answer: Availability) -> Spans:
    """The time taken, joined: one system tells of two meetings where another tells of one block.

    What is tentative counts: where that becomes busy, nothing new came.
    """
    first, last = answer.window.seconds
    spans = ((max(start, first), min(end, last)) for start, end in _taken(answer.intervals, BusyStatus.TENTATIVE))
    return joined(span for span in spans if span[0] < span[1])


def _begun(answer: Availability, first: int, last: int) -> Spans:
    """The time surely taken by what begins from ``first`` on and ends until ``last``."""
    spans = _taken(answer.intervals, BusyStatus.BUSY)
    return joined((start, end) for start, end in spans if start >= first and end <= last)


def _taken(intervals: Intervals, least: BusyStatus) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end, status in intervals.edges() if status >= least)


def _shared(one: TimeWindow, other: TimeWindow) -> tuple[int, int] | None:
    low, high = max(one.seconds[0], other.seconds[0]), min(one.seconds[1], other.seconds[1])
    return (low, high) if low < high else None
