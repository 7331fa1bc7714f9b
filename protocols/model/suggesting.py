"""Finds the times of a meeting that suit most of those who are to come: pure reckoning over what is known of them.

Nothing is taken for free of which nothing is known: an attendee without an answer is in the way of every time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, IntEnum
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from protocols.model.freebusy import Answer, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.merging import UNKNOWN_CELL

UNKNOWN: Final = UNKNOWN_CELL
_FREE: Final = bytes((BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE))  # all others are in the way of a meeting
_IN_THE_WAY: Final = bytes(number not in _FREE for number in range(256))
_HALF: Final = 50  # per cent


class Quality(IntEnum):
    """How well a time suits, the best first. How many are in the way makes it, see :func:`quality_of`."""

    EXCELLENT = 0
    GOOD = 1
    FAIR = 2
    POOR = 3


class Role(Enum):
    """What somebody is to a meeting."""

    ORGANIZER = "organizer"
    REQUIRED = "required"
    OPTIONAL = "optional"
    ROOM = "room"
    RESOURCE = "resource"


_COUNTS_FIRST: Final = frozenset({Role.ORGANIZER, Role.REQUIRED})


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is to come. ``must_be_free``: no time is suggested that he cannot be known to have."""

    answer: Answer
    role: Role = Role.REQUIRED
    must_be_free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is looked for: how long, how good at least, and how many on a day; ``most_outside`` out of working time.

    ``good_threshold`` is in per cent: with no more of the attendees in the way a time is good.
    """

    duration: timedelta = timedelta(hours=1)
    good_threshold: int = 25
    most: int = 10
    most_outside: int = 0
    at_least: Quality = Quality.FAIR


@dataclass(frozen=True, slots=True)
class Suggested:
    """One time: its start in seconds since 1970, and a byte per attendee, in order: a BusyStatus, or UNKNOWN."""

    start: int
    work_time: bool
    quality: Quality
    statuses: bytes


class _Candidate(NamedTuple):
    """In the order of who is suggested first; ``outside`` is 1 out of working time."""

    quality: int
    outside: int
    required_in_the_way: int
    in_the_way: int
    start: int
    place: int


def suggested(
    days: Sequence[Sequence[int]], attendees: Sequence[Attendee], terms: Terms, working: Sequence[tuple[int, int]]
) -> list[list[Suggested]]:
    """For each of ``days`` its best times, the best first: by quality, working time, who is required, who else, start.

    A day is the starts to choose from, in seconds since 1970; ``working`` the stretches of working time, ordered and
    apart. Where an answer does not reach, nothing is known. All starts together must be ordered: ValueError.
    """
    starts = [start for day in days for start in day]
    if any(one >= other for one, other in pairwise(starts)):
        raise ValueError("the starts are not in order")
    size = round(terms.duration.total_seconds())
    rows = [statuses(attendee.answer, starts, size) for attendee in attendees]
    candidates = _candidates(starts, attendees, rows, terms, working)
    found, place = [], 0
    for day in days:
        chosen = _chosen(candidates[place : place + len(day)], terms)
        found.append(
            [
                Suggested(each.start, not each.outside, Quality(each.quality), bytes(row[each.place] for row in rows))
                for each in chosen
            ]
        )
        place += len(day)
    return found


def quality_of(in_the_way: int, attendees: int, good_threshold: int) -> Quality:
    """In the way is nobody; up to the threshold; less than the half; the half or more ([MS-OXWAVLS] 3.1.4.1.4.3)."""
    if not in_the_way:
        return Quality.EXCELLENT
    if in_the_way * 100 <= good_threshold * attendees:
        return Quality.GOOD
    return Quality.FAIR if in_the_way * 100 < _HALF * attendees else Quality.POOR


def statuses(answer: Answer, starts: Sequence[int], size: int) -> bytearray:
    """What ``answer`` says of the ``size`` seconds from each start on: the highest BusyStatus, or UNKNOWN."""
    if isinstance(answer, Unavailable):
        return bytearray((UNKNOWN,)) * len(starts)
    cells = bytearray(len(starts))
    low, high = answer.window.seconds
    beyond = [(starts[0], low), (high, starts[-1] + size)] if starts else []
    rows = sorted(answer.intervals.edges(), key=itemgetter(2))
    rows += [(start, end, UNKNOWN) for start, end in beyond if start < end]
    rows += [(*gap.seconds, UNKNOWN) for gap in answer.unknown]
    for start, end, status in rows:
        first, last = bisect_right(starts, start - size), bisect_left(starts, end)
        if first < last:
            cells[first:last] = bytes((status,)) * (last - first)
    return cells


def _candidates(
    starts: Sequence[int],
    attendees: Sequence[Attendee],
    rows: Sequence[bytearray],
    terms: Terms,
    working: Sequence[tuple[int, int]],
) -> list[_Candidate | None]:
    """Each start as it is to be judged; None where somebody who must be free is not."""
    blocks = [row.translate(_IN_THE_WAY) for row in rows]
    everybody = _totals(blocks, len(starts))
    required = _totals([b for b, a in zip(blocks, attendees, strict=True) if a.role in _COUNTS_FIRST], len(starts))
    forbidding = _totals([b for b, a in zip(blocks, attendees, strict=True) if a.must_be_free], len(starts))
    qualities = [quality_of(number, len(rows), terms.good_threshold) for number in range(len(rows) + 1)]
    size = round(terms.duration.total_seconds())
    begins = [begin for begin, _ in working]
    found: list[_Candidate | None] = []
    for place, start in enumerate(starts):
        if forbidding[place]:
            found.append(None)
            continue
        span = bisect_right(begins, start) - 1
        outside = span < 0 or start + size > working[span][1]
        quality = qualities[everybody[place]]
        found.append(_Candidate(quality, outside, required[place], everybody[place], start, place))
    return found


def _totals(rows: Sequence[bytearray], length: int) -> list[int]:
    return list(map(sum, zip(*rows, strict=True))) if rows else [0] * length


def _chosen(candidates: Sequence[_Candidate | None], terms: Terms) -> list[_Candidate]:
    outside_left = terms.most_outside
    chosen: list[_Candidate] = []
    for candidate in sorted(each for each in candidates if each is not None and each.quality <= terms.at_least):
        if len(chosen) == terms.most:
            break
        if candidate.outside:
            if not outside_left:
                continue
            outside_left -= 1
        chosen.append(candidate)
    return chosen
