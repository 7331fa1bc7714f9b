"""How people look for a time, in numbers that can be changed one by one; none of them is measured at a real company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Span(StrEnum):
    """Which days a client asks about around the day that a meeting is planned for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DAYS: Final[Mapping[Span, int]] = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30}
MIXED: Final[Mapping[Span, float]] = {Span.DAY: 0.35, Span.WEEK: 0.40, Span.MONTH: 0.25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What ``users`` do in the busiest hour of the day.

    ``mailboxes``: of the other systems, about whom they ask. ``meetings``: that one user plans in that hour.
    ``attendees``: of each that are elsewhere, on average; ``circle`` of them are the usual partners of a team of
    ``team`` users, a share of ``usual``; the others are anybody, some far more often than most (the r-th most asked
    about 1/r as often as the first). ``looks``: how often a user looks until the time is found, on average, ``pause``
    seconds after one another; after a share of ``flips`` at other days, else once more at the same. ``spans``: which
    days their clients ask about, as shares. ``ahead``: days until the meeting, on average.
    """

    users: int = 10_000
    mailboxes: int = 10_000
    meetings: float = 0.4
    attendees: float = 4.0
    most_attendees: int = 100
    usual: float = 0.7
    circle: int = 15
    team: int = 8
    looks: float = 3.0
    pause: float = 15.0
    flips: float = 0.6
    spans: Mapping[Span, float] = field(default_factory=lambda: MIXED)
    ahead: float = 5.0

    def __post_init__(self) -> None:
        if min(self.users, self.mailboxes, self.circle, self.team, self.most_attendees) < 1:
            raise ValueError("users, mailboxes, circle, team and most_attendees are at least 1")
        if self.attendees < 1 or self.looks < 1:
            raise ValueError("whoever plans a meeting asks about one mailbox at least, and looks once at least")
        if min(self.meetings, self.pause, self.ahead) <= 0:
            raise ValueError("meetings, pause and ahead are more than 0")
        if not (0 <= self.usual <= 1 and 0 <= self.flips <= 1):
            raise ValueError("usual and flips are shares, 0 to 1")
        if not self.spans or min(self.spans.values()) < 0 or not sum(self.spans.values()):
            raise ValueError("spans are shares of what is asked")
