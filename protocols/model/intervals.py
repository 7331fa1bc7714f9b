"""Busy time, packed: a month of it costs less than a kilobyte and nothing for the garbage collector to walk."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from itertools import chain, repeat
from operator import itemgetter, sub
from sys import getsizeof
from typing import Any, Self, TypeAlias, cast

from protocols.model.window import TimeWindow

LAST_SECOND = 2**32 - 1  # edges are unsigned seconds since 1970: enough until 2106


def can_hold(window: TimeWindow) -> bool:
    """Whether :class:`Intervals` can hold all of ``window``: beyond it everybody would look free."""
    low, high = window.seconds
    return low >= 0 and high <= LAST_SECOND


class BusyStatus(IntEnum):
    """How a person's time is taken, in the order of who shows where two overlap. Wire digits live in the codecs."""

    FREE = 0
    WORKING_ELSEWHERE = 1
    TENTATIVE = 2
    BUSY = 3
    OUT_OF_OFFICE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetails:
    """What a caller with details may see of one event. A private one has neither subject nor location: ValueError.

    Half a character, which no encoding can hold, is replaced in both.
    """

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
        if self.subject and not self.subject.isascii():
            object.__setattr__(self, "subject", _whole(self.subject))
        if self.location and not self.location.isascii():
            object.__setattr__(self, "location", _whole(self.location))


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # a surrogate: JSON may write one alone
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@dataclass(frozen=True, slots=True)
class BusyInterval:
    """One block of a calendar."""

    window: TimeWindow
    status: BusyStatus
    details: EventDetails | None = None


DETAIL_FLAGS = ("meeting", "recurring", "exception", "private", "reminder")
_SWITCHES = tuple({name: bool(flags >> bit & 1) for bit, name in enumerate(DETAIL_FLAGS)} for flags in range(32))
_Packed: TypeAlias = tuple[str | int | None, ...]  # subject, location, flags of each interval, one after the other
_Details: TypeAlias = tuple[str | None, str | None, int]
Row: TypeAlias = tuple[int, int, int, str | None, str | None, int]
"""Start and end in seconds since 1970, the status's number; subject, location, flags as :meth:`packed_details` says."""
_BARE: _Details = (None, None, -1)
_TEXT, _WIDE_TEXT = 56, 80  # bytes of a text of no characters
_WIDE = 8  # of each character that may not be ASCII: four as the interpreter keeps it, and four in UTF-8
_PRIVATE = 1 << DETAIL_FLAGS.index("private")


class Intervals:
    """Busy intervals ordered by start, immutable. Edges are whole seconds: a start rounds down, an end up."""

    __slots__ = ("_details", "_digest", "_edges", "_longest", "_statuses")

    def __init__(self, edges: "array[int]", statuses: bytes, details: _Packed, longest: int) -> None:
        self._edges, self._statuses, self._details, self._longest = edges, statuses, details, longest
        self._digest: bytes | None = None

    @classmethod
    def pack(cls, intervals: Iterable[BusyInterval]) -> Self:
        """Pack ``intervals``, in any order. What lies outside 1970 to 2106 is cut off."""
        rows: list[Row] = []
        for interval in intervals:
            start, end = interval.window.seconds
            start, end = max(start, 0), min(end, LAST_SECOND)
            if start < end:
                rows.append((start, end, int(interval.status), *_flatten(interval.details)))
        return cls._of_rows(rows)

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> Self:
        """As :meth:`pack`, of blocks that were never objects; the flags of a block are -1 where it has no details.

        Raises ValueError for a private block with a subject or location, for one without details that has any, and for
        one that does not end after it starts.
        """
        kept: list[Row] = []
        for row in rows:
            start, end, status, subject, location, flags = row
            if (subject or location) and flags & _PRIVATE:  # of -1 too
                raise ValueError("a private event shows neither subject nor location")
            if start >= end:
                raise ValueError(f"a block must end after it starts: {start} .. {end}")
            whole = (subject is None or subject.isascii()) and (location is None or location.isascii())
            if whole and start >= 0 and end <= LAST_SECOND:
                kept.append(row)
            elif start < LAST_SECOND and end > 0:
                texts = _whole(subject) if subject else subject, _whole(location) if location else location
                kept.append((max(start, 0), min(end, LAST_SECOND), status, *texts, flags))
        return cls._of_rows(kept)

    @classmethod
    def _of_rows(cls, rows: list[Row]) -> Self:
        rows.sort(key=itemgetter(0, 1, 2))
        starts, ends, statuses, _, _, flags = zip(*rows, strict=True) if rows else ((),) * 6
        return cls(
            array("I", starts + ends),
            bytes(statuses),
            tuple(part for row in rows for part in row[3:]) if max(flags, default=-1) >= 0 else (),
            max(map(sub, ends, starts), default=0),
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
        """The bytes it occupies, its texts as if no two intervals shared one; for the bound of a cache."""
        own = getsizeof(self) + getsizeof(self._edges) + getsizeof(self._statuses)
        if not self._details:
            return own
        return own + getsizeof(self._details) + bytes_of_texts(self._details)

    @property
    def digest(self) -> bytes:
        """16 bytes that stand for all there is (BLAKE2b): equal for equal intervals, and reckoned once. For keys."""
        if self._digest is None:
            details = repr(self._details).encode("utf-8", "surrogatepass")
            content = b"%d:%b%b%b" % (len(self._statuses), self._edges.tobytes(), self._statuses, details)
            self._digest = blake2b(content, digest_size=16).digest()
        return self._digest

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Start and end in seconds since 1970, and the status's number, of each interval, by start."""
        n = len(self._statuses)
        return zip(self._edges[:n], self._edges[n:], self._statuses, strict=True)

    def details(self) -> Iterator[EventDetails | None]:
        """The details of each interval, in the order of :meth:`edges`."""
        if not self._details:
            yield from (None for _ in self._statuses)
        for subject, location, flags in self.packed_details():
            yield None if flags < 0 else EventDetails(subject=subject, location=location, **_SWITCHES[flags])

    def packed_details(self) -> Iterator[tuple[str | None, str | None, int]]:
        """As :meth:`details`, without making objects: subject, location, flags as bits in the order of DETAIL_FLAGS.

        The flags are -1 where an interval has no details. Nothing comes where ``has_details`` is false.
        """
        parts = cast("Iterator[Any]", iter(self._details))
        return zip(parts, parts, parts, strict=True)

    def overlapping(self, window: TimeWindow) -> "Intervals":
        """Those that share time with ``window``, whole."""
        low, high = window.seconds
        edges, n = self._edges, len(self._statuses)
        first = bisect_right(edges, low - self._longest, 0, n)  # none before it can reach the window
        last = bisect_left(edges, high, first, n)
        inside = bisect_left(edges, low, first, last)  # from here on they start in the window
        reaching = [i for i in range(first, inside) if edges[n + i] > low]
        start = inside - len(reaching)
        if reaching and reaching[0] != start:
            return self._pick([*reaching, *range(inside, last)])
        return self if last - start == n else self._slice(start, last)

    def bare(self) -> "Intervals":
        """The same blocks without any details."""
        return Intervals(self._edges, self._statuses, (), self._longest) if self._details else self

    def joined(self, other: "Intervals") -> "Intervals":
        """The blocks of both, those that are equal in all once."""
        if not len(other):
            return self
        both = list(self._rows())
        seen = set(both)
        return Intervals._of_rows(both + [row for row in other._rows() if row not in seen])

    def within(self, shown: Sequence[tuple[int, int]], hidden: Sequence[tuple[int, int]]) -> "Intervals":
        """The parts of the blocks that lie in the stretches ``shown``, and each of ``hidden`` as Busy without details.

        Both in seconds since 1970, ordered and apart. What lies in neither is gone, and where parts are alike their
        order does not tell which block began first.
        """
        rows: list[Row] = [(low, high, int(BusyStatus.BUSY), *_BARE) for low, high in hidden]
        first, spans = 0, len(shown)
        for row in self._rows():
            start, end, status, subject, location, flags = row
            while first < spans and shown[first][1] <= start:
                first += 1
            for place in range(first, spans):
                low, high = shown[place]
                if low >= end:
                    break
                inside = low <= start and end <= high
                part = row if inside else (max(start, low), min(end, high), status, subject, location, flags)
                rows.append(part)
        try:
            rows.sort()
        except TypeError:  # no text and some text, of blocks that are alike in all else
            rows.sort(key=lambda row: (*row[:3], *((text is not None, text or "") for text in row[3:5]), row[5]))
        return Intervals._of_rows(rows)

    def redacted(self, hides: Callable[[str], bool]) -> "Intervals":
        """The same blocks, subject and location taken from those whose subject ``hides`` tells to."""
        if not self._details:
            return self
        details = list(self._details)
        for place, subject in enumerate(self._details[::3]):
            if subject is not None and hides(cast("str", subject)):
                details[3 * place : 3 * place + 2] = (None, None)
        return Intervals(self._edges, self._statuses, tuple(details), self._longest)

    def _rows(self) -> Iterator[Row]:
        details = self.packed_details() if self._details else repeat(_BARE, len(self))
        for edges, detail in zip(self.edges(), details, strict=True):
            yield *edges, *detail

    def _slice(self, start: int, end: int) -> "Intervals":
        n, edges = len(self._statuses), self._edges
        cut = edges[start:end] + edges[n + start : n + end]
        return Intervals(cut, self._statuses[start:end], self._details[3 * start : 3 * end], self._longest)

    def _pick(self, keep: list[int]) -> "Intervals":
        n, edges = len(self._statuses), self._edges
        details = tuple(p for i in keep for p in self._details[3 * i : 3 * i + 3]) if self._details else ()
        picked = array("I", [edges[i] for i in keep] + [edges[n + i] for i in keep])
        return Intervals(picked, bytes(self._statuses[i] for i in keep), details, self._longest)


def bytes_of_texts(details: Sequence[str | int | None]) -> int:
    """The most that subjects and locations occupy among ``details``, which are one after the other, three for a block.

    It never changes, as what the interpreter tells does: a text that was written as UTF-8 once keeps that beside it.
    """
    texts = cast("Iterator[str]", chain(filter(None, details[::3]), filter(None, details[1::3])))
    return sum([_TEXT + len(text) if text.isascii() else _WIDE_TEXT + _WIDE * len(text) for text in texts])


def _flatten(details: EventDetails | None) -> _Details:
    if details is None:
        return _BARE
    # written out in the order of DETAIL_FLAGS: a month of events is packed with every answer that is fetched
    flags = (
        details.meeting + 2 * details.recurring + 4 * details.exception + 8 * details.private + 16 * details.reminder
    )
    return details.subject, details.location, flags


EMPTY = Intervals.pack(())
