"""A stretch of time, the way every question and every answer bounds itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

DAY = timedelta(days=1)


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
        return int(self.start.timestamp()), -int(-self.end.timestamp() // 1)

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
        """The same window, begun earlier and ended later."""
        return TimeWindow(self.start - before, self.end + after)

    def cut(self, longest: timedelta) -> list["TimeWindow"]:
        """The window in adjoining pieces of at most ``longest``, in order."""
        pieces, start = [], self.start
        while start < self.end:
            end = min(start + longest, self.end)
            pieces.append(TimeWindow(start, end))
            start = end
        return pieces
