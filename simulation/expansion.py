"""From the series of a calendar to the single events on the time line, as a calendar system expands recurrences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.window import TimeWindow

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One entry of a calendar: once on ``first`` where ``days`` is empty, else every ``every`` weeks on those weekdays.

    Start and length are wall-clock time of ``zone``, so a weekly meeting keeps its hour when the clocks change.
    ``moved`` names a day of the series and the wall-clock start that replaces it; ``cancelled`` days fall out.
    """

    uid: str
    subject: str
    zone: str
    first: date
    start: time = time(0)
    length: timedelta = DAY
    days: frozenset[int] = frozenset()
    every: int = 1
    last: date | None = None
    status: BusyStatus = BusyStatus.BUSY
    location: str = ""
    all_day: bool = False
    meeting: bool = False
    private: bool = False
    moved: tuple[tuple[date, datetime], ...] = ()
    cancelled: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One event on the time line. ``days``, of an all-day event: the first day and the day after the last."""

    series: Series
    window: TimeWindow
    day: date
    exception: bool = False
    days: tuple[date, date] | None = None

    @property
    def uid(self) -> str:
        """Unlike for any other event of the calendar, and the same however often it is asked."""
        return f"{self.series.uid}_{self.day:%Y%m%d}" if self.series.days else self.series.uid

    def interval(self, detail: Detail) -> BusyInterval:
        """The block that the event makes, with what may be seen of it at ``detail``: private ones stay bare."""
        series = self.series
        if detail is Detail.BUSY:
            return BusyInterval(self.window, series.status)
        details = EventDetails(
            subject=None if series.private else series.subject,
            location=None if series.private else series.location or None,
            meeting=series.meeting,
            recurring=bool(series.days),
            exception=self.exception,
            private=series.private,
        )
        return BusyInterval(self.window, series.status, details)


def instant(naive: datetime, zone: str) -> datetime:
    """A wall-clock time as UTC; of a doubled hour the first, and a skipped one moves forward."""
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def occurrences(series: Series, begin: date, end: date) -> Iterator[Occurrence]:
    """The events whose series day lies from ``begin`` up to, but not including, ``end``; in the order of those days."""
    moved = dict(series.moved)
    for day in _days(series, begin, end):
        if day not in series.cancelled:
            yield _occurrence(series, day, moved.get(day))


def _occurrence(series: Series, day: date, moved: datetime | None) -> Occurrence:
    start = moved or datetime.combine(day, series.start)
    stop = start + series.length
    return Occurrence(
        series=series,
        window=TimeWindow(instant(start, series.zone), instant(stop, series.zone)),
        day=day,
        exception=moved is not None,
        days=(start.date(), stop.date()) if series.all_day else None,
    )


def _days(series: Series, begin: date, end: date) -> Iterator[date]:
    if not series.days:
        if begin <= series.first < end:
            yield series.first
        return
    day = max(begin, series.first)
    stop = min(end, series.last + DAY) if series.last else end
    first_monday = series.first - series.first.weekday() * DAY
    while day < stop:
        if day.weekday() in series.days and (day - first_monday).days // 7 % series.every == 0:
            yield day
        day += DAY
