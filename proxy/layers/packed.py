"""Kept answers packed into what the garbage collector need not walk: a million of them cost no pause.

Only numbers, texts, bytes and instants are in the tuple, so that the collector lets go of it soon. (An
object of its own for each answer, its address and its intervals is walked again and again: half a second at 200,000.)
"""

from array import array
from datetime import datetime
from itertools import chain
from operator import sub
from sys import getsizeof
from typing import TypeAlias

from protocols.model.freebusy import Availability, Detail, Part, WorkingHours
from protocols.model.intervals import Intervals, bytes_of_texts
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

Packed: TypeAlias = tuple[
    datetime,  # as_of
    datetime,  # the window's start
    datetime,  # its end
    str,  # source
    bool,  # whether it was fetched with details
    int | WorkingHours | None,  # working hours: their number among the known ones, or themselves
    bytes,  # edges
    bytes,  # statuses
    tuple[str | int | None, ...],  # details
    int,  # the longest interval
    tuple[TimeWindow, ...],  # unknown: nothing that is kept has any
    tuple[Part, ...],
    tuple[Mailbox, ...],
]
_ENTRY = 600  # bytes besides the intervals: places, key, address, instants, the tuple itself


class Packer:
    """Packs and unpacks; working hours, which many people share, are kept once, the first ``most_hours`` of them."""

    def __init__(self, *, most_hours: int = 4096) -> None:
        self._most = most_hours
        self._numbers: dict[WorkingHours, int] = {}
        self._hours: list[WorkingHours] = []

    def pack(self, answer: Availability) -> Packed:
        """``answer`` without its mailbox, which is the key that it stands under."""
        intervals = answer.intervals
        rows = list(intervals.edges())
        starts, ends = [row[0] for row in rows], [row[1] for row in rows]
        return (
            answer.as_of,
            answer.window.start,
            answer.window.end,
            answer.source,
            answer.detail is Detail.DETAILS,
            self._numbered(answer.working_hours),
            array("I", starts + ends).tobytes(),
            bytes([row[2] for row in rows]),
            tuple(chain.from_iterable(intervals.packed_details())) if intervals.has_details else (),
            max(map(sub, ends, starts), default=0),
            answer.unknown,
            answer.parts,
            answer.members,
        )

    def unpack(self, packed: Packed, mailbox: Mailbox) -> Availability:
        """What was packed, as the answer for ``mailbox``."""
        as_of, start, end, source, detailed, hours, edges, statuses, details, longest, unknown, parts, members = packed
        return Availability(
            mailbox=mailbox,
            window=TimeWindow(start, end),
            intervals=Intervals(array("I", edges), statuses, details, longest),
            detail=Detail.DETAILS if detailed else Detail.BUSY,
            unknown=unknown,
            working_hours=self._hours[hours] if isinstance(hours, int) else hours,
            source=source,
            as_of=as_of,
            parts=parts,
            members=members,
        )

    def _numbered(self, hours: WorkingHours | None) -> int | WorkingHours | None:
        if hours is None:
            return None
        number = self._numbers.get(hours)
        if number is None:
            if len(self._hours) >= self._most:
                return hours
            number = self._numbers[hours] = len(self._hours)
            self._hours.append(hours)
        return number


def as_of(packed: Packed) -> datetime:
    """When the peer was asked."""
    return packed[0]


def covers(packed: Packed, window: TimeWindow) -> bool:
    """Whether all of ``window`` was asked about."""
    return packed[1] <= window.start and window.end <= packed[2]


def weight(packed: Packed) -> int:
    """The bytes it occupies with its key, its texts as if no two intervals shared one; for the bound of a cache."""
    own = _ENTRY + getsizeof(packed[6]) + getsizeof(packed[7])
    if not packed[8]:
        return own
    return own + getsizeof(packed[8]) + bytes_of_texts(packed[8])
