"""What is asked about a person's time and what is answered: nobody's wire format, everybody's meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import Enum, IntEnum
from typing import TypeAlias

from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow


class Detail(Enum):
    """How much is asked for, and how much may be seen."""

    BUSY = "busy"
    DETAILS = "details"


class Reason(Enum):
    """Why nothing can be said of a mailbox. Codecs map each to their own code; a caller may see fewer distinctions."""

    NO_SUCH_MAILBOX = "no-such-mailbox"
    NO_ACCESS = "no-access"
    NO_CALENDAR = "no-calendar"
    INVALID_ADDRESS = "invalid-address"
    NO_ROUTE = "no-route"
    FORBIDDEN = "forbidden"
    LOOP = "loop"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    GARBLED = "garbled"
    INCOMPLETE = "incomplete"
    TOO_MANY_ENTRIES = "too-many-entries"
    WINDOW_TOO_LONG = "window-too-long"
    GROUP_TOO_LARGE = "group-too-large"
    TOO_MANY_MAILBOXES = "too-many-mailboxes"
    PEER_FAILED = "peer-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a caller wants to know of each mailbox.

    ``interval`` is the length of one cell of the merged view (None: no merged view wanted); see
    :func:`protocols.model.merging.merged`. ``hops`` are the systems like ours that the question came through, the
    nearest last: one that meets itself there would ask in circles.
    """

    window: TimeWindow
    detail: Detail = Detail.BUSY
    interval: timedelta | None = None
    hops: tuple[str, ...] = ()


class Weekday(IntEnum):
    """Days in the order of :meth:`datetime.date.weekday`."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class WorkingPeriod:
    """Working time on some days of the week: minutes since local midnight, ``end`` at most 1440."""

    days: frozenset[Weekday]
    start: int
    end: int

    def __post_init__(self) -> None:
        if not (self.days and 0 <= self.start < self.end <= 1440):
            raise ValueError(f"not a working period: {sorted(self.days)} {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a person works, in the person's own zone."""

    zone: tzinfo
    periods: tuple[WorkingPeriod, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.zone, self.periods)))

    def __hash__(self) -> int:
        """Reckoned once: every answer that is written looks for its hours."""
        return self._hash


@dataclass(frozen=True, slots=True)
class Part:
    """One calendar's share in a joined answer: who gave it, when it was asked, and why it is not known if it is not.

    With both, a part of it is not known. ``counts``: whether what it cannot tell leaves doubt.
    """

    source: str
    as_of: datetime | None = None
    reason: Reason | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What is known of a mailbox in ``window``: the busy intervals that overlap it, and where nothing is known.

    An interval may reach beyond the window: the systems give a partly overlapping event whole. Time in the window that
    neither an interval nor ``unknown`` covers is free. ``detail`` is the level at which it was fetched and may be
    shown: at BUSY no interval carries details. ``as_of`` (aware, UTC) is when the peer was asked; for a joined answer,
    the oldest part's. ``parts`` is empty unless several calendars were joined, or what is told has expired; ``members``
    unless the mailbox is a group that we expanded: whose time is in the answer, for whoever must account for it, and
    never for the caller.
    """

    mailbox: Mailbox
    window: TimeWindow
    intervals: Intervals
    detail: Detail = Detail.BUSY
    unknown: tuple[TimeWindow, ...] = ()
    working_hours: WorkingHours | None = None
    source: str
    as_of: datetime
    parts: tuple[Part, ...] = field(default=(), compare=False)
    members: tuple[Mailbox, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Nothing can be said of a mailbox, which never means free.

    ``mailbox`` is None where what was asked is no address. ``detail`` is for the log, never for the caller.
    ``whole_call``: the peer failed for whatever was asked with it, not for this mailbox. ``source`` is the connector
    that said so, "" where none was asked; ``parts`` as of an :class:`Availability`.
    """

    mailbox: Mailbox | None
    reason: Reason
    retry_after: timedelta | None = None
    detail: str = field(default="", compare=False)
    whole_call: bool = field(default=False, compare=False)
    source: str = field(default="", compare=False)
    parts: tuple[Part, ...] = field(default=(), compare=False)


Answer: TypeAlias = Availability | Unavailable


def all_unavailable(
    mailboxes: Sequence[Mailbox], reason: Reason, retry_after: timedelta | None = None, detail: str = ""
) -> list[Answer]:
    """The same failure for each mailbox, in order."""
    return [Unavailable(mailbox=m, reason=reason, retry_after=retry_after, detail=detail) for m in mailboxes]
