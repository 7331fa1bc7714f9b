"""What one calendar tells another of an appointment or a series: when, what, and how it takes time; never who is asked.

There is no attendee here, and no codec that writes an Event could tell a server of one: organiser and attendees are
text for people to read (``people``), and whether there are any (``meeting``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Final, TypeAlias

from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Recurrence


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Whole days, from ``first`` up to, but not including, ``until``: the same days in every zone.

    Raises ValueError where ``until`` does not lie after ``first``.
    """

    first: date
    until: date

    def __post_init__(self) -> None:
        if isinstance(self.first, datetime) or isinstance(self.until, datetime) or self.until <= self.first:
            raise ValueError(f"days must end after they begin: {self.first} .. {self.until}")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``start`` up to ``end``, both aware and in UTC; the end may be the start. ``zone`` is the IANA name ("UTC"
    for none) of the clocks by which it was entered, and by which it repeats.

    Raises ValueError for other zones, and where it ends before it starts.
    """

    start: datetime
    end: datetime
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC or not self.zone:
            raise ValueError("a Span wants both ends in UTC, and a zone")
        if self.end < self.start:
            raise ValueError(f"a Span must not end before it starts: {self.start} .. {self.end}")


When: TypeAlias = Days | Span
BEYOND: Final = "its times lie beyond the years 1 to 9999"
"""What every codec says of a time that no clock here can hold."""
Original: TypeAlias = date | datetime
"""Which occurrence of a series is meant: by when it would begin if nobody had moved it. A ``date`` for days, an instant
in UTC otherwise."""


class Sensitivity(Enum):
    """For whose eyes something is."""

    NORMAL = "normal"
    PERSONAL = "personal"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"


class Response(Enum):
    """What the calendar's owner has answered to an invitation."""

    NONE = "none"
    """Nobody was asked: an appointment, or the owner is the organiser."""
    UNANSWERED = "unanswered"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence of a series that differs: ``when`` it is now, and what else is not as the series has it (None).

    Codecs leave None whatever equals the series, so that one occurrence is the same from every system. ``response`` is
    what the owner answered of this one alone: read and never written, and never NONE, which says nothing.
    """

    when: When
    subject: str | None = None
    location: str | None = None
    body: str | None = None
    shows: BusyStatus | None = None
    reminder: timedelta | None = None
    """How long before its start; :data:`NO_REMINDER` where the series has one and this occurrence has none."""
    sensitivity: Sensitivity | None = None
    categories: tuple[str, ...] | None = None
    response: Response | None = None


NO_REMINDER = timedelta.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An appointment, or a whole series with its exceptions.

    ``when`` is the first occurrence of a series, which ``rule`` counts from; ``extra`` are further occurrences (RDATE),
    each as long as the first. ``exceptions`` maps occurrences that differ to what they are, and to None those that were
    cancelled; none is there without ``rule`` or ``extra``. ``body`` is plain text, lines ended by \\n, no spaces or
    line ends at its end; ``subject`` and ``location`` are one line without spaces around. ``categories`` are sorted,
    each once. ``reminder`` is how long before the start (never negative), None for none.

    ``people`` tells organiser and attendees as lines for people to read; ``meeting`` whether anybody else takes part,
    ``response`` what the owner answered. These three are read and never written. ``cancelled``: the organiser called it
    off, and it stands there all the same.
    """

    when: When
    rule: Recurrence | None = None
    extra: tuple[Original, ...] = ()
    exceptions: Mapping[Original, Occurrence | None] = field(default_factory=dict)
    subject: str = ""
    location: str = ""
    body: str = field(default="", repr=False)
    shows: BusyStatus = BusyStatus.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    categories: tuple[str, ...] = ()
    reminder: timedelta | None = None
    people: tuple[str, ...] = field(default=(), repr=False)
    meeting: bool = False
    response: Response = Response.NONE
    cancelled: bool = False

    def __post_init__(self) -> None:
        whole = isinstance(self.when, Days)
        starts = (*self.extra, *self.exceptions)
        if starts and self.rule is None and not self.extra:
            raise ValueError("an exception of what does not repeat")
        if any(isinstance(start, datetime) == whole for start in starts):
            raise ValueError("an occurrence is named as its series is: by days, or by instants")
        if any(isinstance(start, datetime) and start.tzinfo is not UTC for start in starts):
            raise ValueError("an occurrence is named by an instant in UTC")

    @property
    def repeats(self) -> bool:
        """Whether it is a series."""
        return self.rule is not None or bool(self.extra)
