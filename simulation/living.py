"""An estate whose calendars change all the time, and what stood in each of them at any instant: the truth of a soak."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from simulation.expansion import Occurrence, Series
from simulation.people import COMPANIES, Person

CELL: Final = 1800
"""Seconds: everything begins and ends at whole half hours."""
_DAY: Final = 86_400
_BEFORE, _AFTER = 4, 80  # days around today that calendars hold
_STATUSES: Final = (BusyStatus.BUSY, BusyStatus.TENTATIVE, BusyStatus.OUT_OF_OFFICE, BusyStatus.BUSY)


class LivingEstate(Estate):
    """``people`` in each of the three companies, person00000@contoso.example and so on, each busy twice a day.

    Every ``period`` seconds all that somebody has in the calendar moves (each at another moment of it): the calendar's
    *version* at an instant is a pure function of the address and that instant. ``clock`` tells seconds since 1970.
    """

    def __init__(self, today: date, *, people: int, period: float, clock: Callable[[], float] = time.time) -> None:
        super().__init__(today)
        self._period, self._clock = period, clock
        self._first = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) // _DAY - _BEFORE
        everybody = [
            Person(address=address(n, company.domain), name=f"Person {n}", company=company, zone="UTC", number=n)
            for company in COMPANIES
            for n in range(people)
        ]
        self.mailboxes = {person.address: person for person in everybody}
        self.people, self.rooms = tuple(everybody), ()

    def version(self, whom: str, at: float) -> int:
        """Which version of the calendar stood there at ``at``, seconds since 1970. KeyError for nobody's address."""
        return int((at + self._phase(whom)) // self._period)

    def versions(self, whom: str, low: float, high: float) -> range:
        """Every version that stood there at some instant from ``low`` to ``high``."""
        return range(self.version(whom, low), self.version(whom, high) + 1)

    def blocks(self, whom: str, version: int) -> tuple[tuple[int, int, BusyStatus], ...]:
        """Start and end in seconds since 1970, and status, by start; between any two is free time."""
        return _blocks(self._first, self.mailboxes[whom].number, version)

    def events(self, address: str, window: TimeWindow) -> list[Occurrence]:
        """See :class:`Estate`: of the version that stands there now."""
        whom = address.lower()
        low, high = window.seconds
        version = self.version(whom, self._clock())
        return [_event(whom, *block) for block in self.blocks(whom, version) if block[0] < high and block[1] > low]

    def _phase(self, whom: str) -> float:
        return self.mailboxes[whom].number * 0.618 % 1 * self._period


def address(number: int, domain: str) -> str:
    """Who has that number there."""
    return f"person{number:05}@{domain}"


@lru_cache(maxsize=4096)
def _blocks(first: int, number: int, version: int) -> tuple[tuple[int, int, BusyStatus], ...]:
    found = []
    for day in range(first, first + _BEFORE + _AFTER):
        turn = number * 31 + version * 17 + day * 7
        begin = day * _DAY + 7 * 3600 + turn % 16 * CELL  # ends before 17:00
        found.append((begin, begin + (1 + turn % 3) * CELL, _STATUSES[turn % 4]))
        begin = day * _DAY + 18 * 3600 + turn % 5 * CELL
        found.append((begin, begin + (1 + turn % 2) * CELL, _STATUSES[(turn + 1) % 4]))
    return tuple(found)


def _event(whom: str, begin: int, end: int, status: BusyStatus) -> Occurrence:
    start = datetime.fromtimestamp(begin, UTC)
    series = Series(
        uid=f"{whom}-{begin}",
        subject=f"Private matter of {whom}",
        zone="UTC",
        first=start.date(),
        start=start.time(),
        length=timedelta(seconds=end - begin),
        status=status,
        meeting=True,
    )
    return Occurrence(series=series, window=TimeWindow(start, datetime.fromtimestamp(end, UTC)), day=start.date())
