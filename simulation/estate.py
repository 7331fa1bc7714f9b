"""The estate: a merger of three companies with everybody's calendar, and the truth that every answer is measured by."""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from itertools import chain

from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.window import TimeWindow
from simulation.expansion import Occurrence, occurrences
from simulation.patterns import HORIZON, series_of
from simulation.people import COMPANIES, Company, Kind, Person, everybody
from simulation.replies import Reply

LONGEST = timedelta(days=8)  # no entry of the estate lasts longer


class Estate:
    """Sixty people in three companies, their rooms and their calendars, 400 days before and after ``today``.

    Two estates of the same day are equal in everything; one of another day has the same people, whose series are placed
    around that day's week.
    """

    companies: tuple[Company, ...] = COMPANIES

    def __init__(self, today: date) -> None:
        self.today = today
        self.mailboxes: dict[str, Person] = {p.address: p for p in everybody()}
        self.people: tuple[Person, ...] = tuple(p for p in self.mailboxes.values() if p.kind is Kind.PERSON)
        self.rooms: tuple[Person, ...] = tuple(p for p in self.mailboxes.values() if p.kind is Kind.ROOM)
        self.replies: dict[str, Reply] = {}  # automatic ones, by address; a test sets them
        self._expanded: dict[str, tuple[Occurrence, ...]] = {}

    def find(self, address: str, system: str | None = None) -> Person | None:
        """Who has ``address``, in any letter case; None for nobody, or for somebody who is on another ``system``."""
        person = self.mailboxes.get(address.lower())
        return person if person and system in (None, person.company.system) else None

    def events(self, address: str, window: TimeWindow) -> list[Occurrence]:
        """Every event that shares time with ``window``, whole, by start and end. KeyError for nobody's address."""
        calendar = self._calendar(address.lower())
        first = bisect_left(calendar, window.start - LONGEST, key=_start)
        last = bisect_left(calendar, window.end, first, key=_start)
        return [o for o in calendar[first:last] if o.window.end > window.start]

    def expected(self, address: str, window: TimeWindow, detail: Detail = Detail.BUSY) -> list[BusyInterval]:
        """The truth: each block that takes time, whole, by start and end, with what ``detail`` lets through.

        What is shown as free is left out, what overlaps stays apart. KeyError for nobody's address.
        """
        intervals = (o.interval(detail) for o in self.events(address, window))
        return [i for i in intervals if i.status is not BusyStatus.FREE]

    def expected_busy(self, address: str, window: TimeWindow) -> list[TimeWindow]:
        """The truth as Google tells it: what blocks time, joined and cut to ``window``. KeyError as :meth:`events`."""
        return united([o.window for o in self.events(address, window) if blocks(o.series.status)], window)

    def _calendar(self, address: str) -> tuple[Occurrence, ...]:
        if address not in self._expanded:
            series = series_of(self.mailboxes[address], self.today)
            begin, end = self.today - HORIZON, self.today + HORIZON
            all_events = chain.from_iterable(occurrences(s, begin, end) for s in series)
            self._expanded[address] = tuple(sorted(all_events, key=lambda o: (o.window, o.uid)))
        return self._expanded[address]


def _start(event: Occurrence) -> datetime:
    return event.window.start


def blocks(status: BusyStatus) -> bool:
    """Whether Google calls it opaque: being at work elsewhere takes nobody's time."""
    return status not in (BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE)


def united(windows: list[TimeWindow], within: TimeWindow) -> list[TimeWindow]:
    """The same time in as few windows as can be, in order, cut to ``within``."""
    joined: list[TimeWindow] = []
    for window in sorted(w for w in (w.clip(within) for w in windows) if w):
        if joined and window.start <= joined[-1].end:
            joined[-1] = TimeWindow(joined[-1].start, max(joined[-1].end, window.end))
        else:
            joined.append(window)
    return joined
