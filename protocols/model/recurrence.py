"""How a series comes again (RFC 5545 3.3.10), in one form, however each system writes it."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import TypeAlias


class Frequency(Enum):
    """How often. What comes by the hour or faster no calendar joined here can hold."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Weekday(IntEnum):
    """As ``date.weekday`` counts."""

    MO = 0
    TU = 1
    WE = 2
    TH = 3
    FR = 4
    SA = 5
    SU = 6


Nth: TypeAlias = tuple[int, Weekday]
"""The which-th such day of the month (of the year, in a yearly rule without months); from the end where negative; 0 for
every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A rule, with everything said that RFC 5545 lets a rule leave to the first occurrence.

    ``days`` (BYDAY), ``month_days`` (BYMONTHDAY, negative from the end), ``months`` (BYMONTH), ``positions`` (BYSETPOS)
    are sorted, each value once. In one form: a weekly rule has its days, a monthly one days or month days, a yearly one
    its months and one of both (unless it has ``others``); one weekday with one position is that n-th day
    (BYDAY=TU;BYSETPOS=2 is (2, TU)); ``week_start`` is MO wherever it decides nothing (every week, or no weeks at all).
    ``count`` is how many occurrences, cancelled ones included; ``until`` the last day, by the clocks of the series, on
    which one may begin; never both. ``others`` are further BY-parts (BYYEARDAY, BYWEEKNO) as (name, value), sorted,
    which only iCalendar and Google can hold.

    Raises ValueError for an interval or a count below 1, and for count and until together.
    """

    frequency: Frequency
    interval: int = 1
    days: tuple[Nth, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: Weekday = Weekday.MO
    count: int | None = None
    until: date | None = None
    others: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.interval < 1 or (self.count is not None and self.count < 1):
            raise ValueError("a rule comes again after one step at least, and once at least")
        if self.count is not None and self.until is not None:
            raise ValueError("a rule ends by its count or on a day, not both")
