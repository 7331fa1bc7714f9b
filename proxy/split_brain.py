"""Notices people who use both calendars although they have moved: the one that was left goes on changing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog

from protocols.model.freebusy import Answer, Availability
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Clock
from proxy.recent import Recent
from routing.table import Combine
from routing.ways import Way

_PEOPLE: Final = 20_000
_MEMORY: Final = 32 * 1024 * 1024
_AGAIN: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(minutes=1)  # between two looks at one person: what is cached does not change anyway

_Span: TypeAlias = tuple[int, int]

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
    return bool(_without(ours, _busy(old)) and _without(theirs, _busy(current)))


def split(before: Availability, current: Availability, old: Availability) -> bool:
    """Whether the calendar that was left became busy, since it gave the answer ``before``, where the current is not.

    Only time that both of its answers cover counts, and only as long as the current calendar is in use as well: it is
    busy at some time at which the other is not. A copy that nobody touches never gets busier, whatever is moved or
    cancelled in the current one; what a tool copies back is busy in both.
    """
    shared = _shared(before.window, old.window)
    if shared is None:
        return False
    new = _without(_begun(old, *shared), _busy(before))
    return bool(_without(new, _busy(current)) and _without(_busy(current), _busy(old)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a calendar showed when it was looked at ``at``."""

    at: datetime
    answer: Availability


class SplitBrain:
    """Sees the answers of both sides before they are joined. Told is each person once an hour at most.

    What is remembered of a calendar is its busy time alone, and so of the people who were asked about last.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.count = 0
        self._seen: Recent[tuple[str, str, object], _Seen] = Recent(count=_PEOPLE, weight=_MEMORY, weigh=_weight)
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
        if seen is None or not seen.answer.window.covers(old.window):
            self._remember(key, old, now)
            return False
        return now - seen.at >= _PAUSE and split(seen.answer, current, old)

    def _remember(self, key: tuple[str, str, object], answer: Availability, now: datetime) -> None:
        bare = Availability(
            mailbox=answer.mailbox,
            window=answer.window,
            intervals=answer.intervals.bare(),
            source=answer.source,
            as_of=answer.as_of,
        )
        self._seen[key] = _Seen(now, bare)

    def _tell(self, mailbox: Mailbox, way: Way, now: datetime) -> None:
        told = self._told.get(mailbox.address)
        if told is not None and timedelta() <= now - told < _AGAIN:
            return
        self._told[mailbox.address] = now
        self.count += 1
        sides = [leg.via for leg in way.legs]
        _log.warning("split_brain", mailbox=mailbox.address, current=sides[0], other=sides[1], why=way.reason)


def _weight(_: object, seen: _Seen) -> int:
    return 400 + seen.answer.intervals.nbytes


def _busy(answer: Availability) -> list[_Span]:
    """The time taken, joined: one system tells of two meetings where another tells of one block."""
    return _joined(answer.intervals, answer.window.seconds[0], answer.window.seconds[1])


def _begun(answer: Availability, first: int, last: int) -> list[_Span]:
    """The time taken by what begins from ``first`` on and ends until ``last``."""
    found = [(start, end) for start, end in _taken(answer.intervals) if start >= first and end <= last]
    return _merged(found)


def _joined(intervals: Intervals, first: int, last: int) -> list[_Span]:
    return _merged((max(start, first), min(end, last)) for start, end in _taken(intervals))


def _taken(intervals: Intervals) -> Iterator[_Span]:
    """Without what is merely tentative or elsewhere: systems differ in whether they tell of it."""
    return ((start, end) for start, end, status in intervals.edges() if status >= BusyStatus.BUSY)


def _merged(spans: "Iterator[_Span] | list[_Span]") -> list[_Span]:
    found: list[_Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        elif start < end:
            found.append((start, end))
    return found


def _without(spans: list[_Span], taken: list[_Span]) -> list[_Span]:
    """What of ``spans`` lies in none of ``taken``; both ordered and apart."""
    left: list[_Span] = []
    for start, end in spans:
        at = start
        for low, high in taken:
            if high <= at:
                continue
            if low >= end:
                break
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < end:
            left.append((at, end))
    return left


def _shared(one: TimeWindow, other: TimeWindow) -> _Span | None:
    low, high = max(one.seconds[0], other.seconds[0]), min(one.seconds[1], other.seconds[1])
    return (low, high) if low < high else None
