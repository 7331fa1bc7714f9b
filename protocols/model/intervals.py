"""Busy time, packed: a month of it costs less than a kilobyte and nothing for the garbage collector to walk."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Self, TypeAlias

from protocols.model.window import TimeWindow

_LAST_SECOND = 2**32 - 1  # edges are unsigned seconds since 1970: enough until 2106


class BusyStatus(IntEnum):
    """How a person's time is taken, in the order of who shows where two overlap. Wire digits live in the codecs."""

    FREE = 0
    WORKING_ELSEWHERE = 1
    TENTATIVE = 2
    BUSY = 3
    OUT_OF_OFFICE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetails:
    """What a caller with details may see of one event. A private one has neither subject nor location: ValueError."""

    subject: str | None = None
    location: str | None = None
    meeting: bool = False
    recurring: bool = False
    exception: bool = False
    private: bool = False
    reminder: bool = False

    def __post_init__(self) -> None:
        if self.private and (self.subject or self.location):
            raise ValueError("a private event shows neither subject nor location")


@dataclass(frozen=True, slots=True)
class BusyInterval:
    """One block of a calendar."""

    window: TimeWindow
    status: BusyStatus
    details: EventDetails | None = None


_FLAGS = ("meeting", "recurring", "exception", "private", "reminder")
_Packed: TypeAlias = tuple[str | int | None, ...]  # subject, location, flags of each interval; -1: no details


class Intervals:
    """Busy intervals ordered by start, immutable. Edges are whole seconds: a start rounds down, an end up."""

    __slots__ = ("_details", "_edges", "_longest", "_statuses")

    def __init__(self, edges: "array[int]", statuses: bytes, details: _Packed, longest: int) -> None:
        self._edges, self._statuses, self._details, self._longest = edges, statuses, details, longest

    @classmethod
    def pack(cls, intervals: Iterable[BusyInterval]) -> Self:
        """Pack ``intervals``, in any order. What lies outside 1970 to 2106 is cut off."""
        rows = []
        for interval in intervals:
            start, end = interval.window.seconds
            start, end = max(start, 0), min(end, _LAST_SECOND)
            if start < end:
                rows.append((start, end, int(interval.status), interval.details))
        rows.sort(key=lambda row: row[:3])
        details: _Packed = ()
        if any(row[3] is not None for row in rows):
            details = tuple(part for row in rows for part in _flatten(row[3]))
        return cls(
            array("I", [row[0] for row in rows] + [row[1] for row in rows]),
            bytes(row[2] for row in rows),
            details,
            max((row[1] - row[0] for row in rows), default=0),
        )

    def __len__(self) -> int:
        return len(self._statuses)

    def __iter__(self) -> Iterator[BusyInterval]:
        for (start, end, status), details in zip(self.edges(), self.details(), strict=True):
            yield BusyInterval(TimeWindow.of_seconds(start, end), BusyStatus(status), details)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Intervals):
            return NotImplemented
        return (self._edges, self._statuses, self._details) == (other._edges, other._statuses, other._details)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Intervals({list(self)!r})"

    @property
    def has_details(self) -> bool:
        """Whether any interval carries details."""
        return bool(self._details)

    @property
    def nbytes(self) -> int:
        """The bytes of the packed data, without the objects around it; for the bound of a cache."""
        return len(self._edges) * 4 + len(self._statuses) + sum(len(p) for p in self._details if isinstance(p, str))

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Start and end in seconds since 1970, and the status's number, of each interval, by start."""
        n = len(self._statuses)
        return zip(self._edges[:n], self._edges[n:], self._statuses, strict=True)

    def details(self) -> Iterator[EventDetails | None]:
        """The details of each interval, in the order of :meth:`edges`."""
        if not self._details:
            yield from (None for _ in self._statuses)
            return
        parts = iter(self._details)
        for subject, location, flags in zip(parts, parts, parts, strict=True):
            yield _unflatten(subject, location, flags)

    def overlapping(self, window: TimeWindow) -> "Intervals":
        """Those that share time with ``window``, whole."""
        low, high = window.seconds
        n = len(self._statuses)
        first = bisect_right(self._edges, low - self._longest, 0, n)  # none before it can reach the window
        last = bisect_left(self._edges, high, first, n)
        keep = [i for i in range(first, last) if self._edges[n + i] > low]
        if len(keep) == n:
            return self
        return self._pick(keep)

    def bare(self) -> "Intervals":
        """The same blocks without any details."""
        return Intervals(self._edges, self._statuses, (), self._longest) if self._details else self

    def joined(self, other: "Intervals") -> "Intervals":
        """The blocks of both, those that are equal in all once."""
        if not len(other):
            return self
        both = list(self)
        seen = set(both)
        return Intervals.pack(both + [interval for interval in other if interval not in seen])

    def _pick(self, keep: list[int]) -> "Intervals":
        n, edges = len(self._statuses), self._edges
        details = tuple(p for i in keep for p in self._details[3 * i : 3 * i + 3]) if self._details else ()
        picked = array("I", [edges[i] for i in keep] + [edges[n + i] for i in keep])
        return Intervals(picked, bytes(self._statuses[i] for i in keep), details, self._longest)


def _flatten(details: EventDetails | None) -> _Packed:
    if details is None:
        return None, None, -1
    flags = sum(getattr(details, name) << bit for bit, name in enumerate(_FLAGS))
    return details.subject, details.location, flags


def _unflatten(subject: str | int | None, location: str | int | None, flags: str | int | None) -> EventDetails | None:
    assert isinstance(flags, int)
    assert not isinstance(subject, int)
    assert not isinstance(location, int)
    if flags < 0:
        return None
    switches = {name: bool(flags >> bit & 1) for bit, name in enumerate(_FLAGS)}
    return EventDetails(subject=subject, location=location, **switches)


EMPTY = Intervals.pack(())
