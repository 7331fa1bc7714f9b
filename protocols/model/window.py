"""A stretch of time, the way every question and every answer bounds itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """From ``start`` up to, but not including, ``end``; both aware and in UTC.

    Raises ValueError for naive instants, for other zones, and where the end does not lie after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("a TimeWindow wants both ends in UTC")
        if self.start >= self.end:
            raise ValueError(f"a TimeWindow must end after it starts: {self.start} .. {self.end}")

    @classmethod
    def of_seconds(cls, start: int, end: int) -> Self:
        """The window between two instants in seconds since 1970."""
        return cls(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))

    @property
    def seconds(self) -> tuple[int, int]:
        """Both ends in seconds since 1970, the start rounded down and the end up."""
        start, end = self.start - _EPOCH, self.end - _EPOCH  # exact, which a float is not in far years
        return start.days * 86_400 + start.seconds, end.days * 86_400 + end.seconds + (end.microseconds > 0)

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def overlaps(self, other: "TimeWindow") -> bool:
        """Whether the two share any time."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "TimeWindow") -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def clip(self, to: "TimeWindow") -> "TimeWindow | None":
        """The part that lies inside ``to``; None where they share no time."""
        return TimeWindow(max(self.start, to.start), min(self.end, to.end)) if self.overlaps(to) else None

    def widen(self, before: timedelta = timedelta(), after: timedelta = timedelta()) -> "TimeWindow":
        """The same window, begun earlier and ended later, as far as the years 1 to 9999 reach."""
        return TimeWindow(self.start - min(before, self.start - _FIRST), self.end + min(after, _LAST - self.end))

    def cut(self, longest: timedelta) -> list["TimeWindow"]:
        """The window in adjoining pieces of at most ``longest``, in order. ValueError where that is not positive."""
        pieces, start = [], self.start
        while start < self.end:
            end = start + min(longest, self.end - start)
            pieces.append(TimeWindow(start, end))
            start = end
        return pieces
