"""The days, weeks, months or years that a rule looks at one after the other, by their places from the first (0)."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from protocols.model.recurrence import Weekday

DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}
"""How long a period is, in days, by its name."""
WEEKDAYS: Final = tuple(day.name for day in Weekday)
"""As RFC 5545 names them, Monday first."""
_CYCLE: Final = 400  # years after which the calendar repeats itself, weekdays included
_LIKE: Final = 28  # after so many years it does so between two centuries that have no leap day
_LAST_YEAR: Final = 9999
_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Every ``interval``-th period of a ``frequency`` from the one in which ``first`` is (on the wall, no zone);
    weeks begin on ``week_start`` (MO)."""

    frequency: str
    interval: int
    first: datetime
    week_start: str = "MO"

    def begin(self, place: int) -> datetime | None:
        """When the period at this place begins: ``first`` itself, or midnight; None beyond the year 9999."""
        if place == 0:
            return self.first
        try:
            if self._by_days:
                return datetime.fromordinal(self._origin() + self._step() * place)
            year, month = divmod(self._origin() + self._step() * place, _YEAR)
            return datetime(year, month + 1, 1)  # noqa: DTZ001  # a wall has no zone
        except (OverflowError, ValueError):
            return None

    def after(self, at: datetime) -> int:
        """The place of the first period that does not begin before ``at``."""
        if at <= self.first:
            return 0
        if self._by_days:
            units = at.toordinal() + (at.time() != time())
        else:
            units = at.year * _YEAR + at.month - 1 + ((at.day, at.time()) != (1, time()))
        return max(-((self._origin() - units) // self._step()), 1)

    @property
    def _by_days(self) -> bool:
        return self.frequency in ("DAILY", "WEEKLY")

    def _origin(self) -> int:
        """The day or the month in which the first period begins, counted from the year 1; a week may begin before."""
        if self._by_days:
            back = (self.first.weekday() - WEEKDAYS.index(self.week_start)) % 7 if self.frequency == "WEEKLY" else 0
            return self.first.toordinal() - back
        return self.first.year * _YEAR + (self.first.month - 1 if self.frequency == "MONTHLY" else 0)

    def _step(self) -> int:
        return self.interval * {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 1, "YEARLY": _YEAR}[self.frequency]


@lru_cache(maxsize=1024)
def stretch(year: int) -> tuple[int, int]:
    """The last year up to which, from ``year`` on, the calendar is the same so many years later, and how many: there
    the year after the last is, but for a few near centuries, 9999. At most 28 years. The years before and after are
    alike as well, as weeks reach into them."""
    for exactly in (True, False):
        for length in range(_LIKE, 0, -1):
            ends = (_LAST_YEAR,) if exactly else range(_LAST_YEAR, _LAST_YEAR - _LIKE, -1)
            for end in ends:
                there = end - length
                if all(_kind(year + each) == _kind(there + each) for each in range(-1, length + 1)):
                    return year + length - 1, there - year
    raise AssertionError  # of three years in a row the like come again within 28


def _kind(year: int) -> tuple[bool, int]:
    like = year % _CYCLE + _CYCLE
    return isleap(like), date(like, 1, 1).weekday()
