"""Which window is fetched for a question, so that many different questions are answered from one kept answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from protocols.model.window import DAY, TimeWindow

_WEEK = timedelta(weeks=1)
_A_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames of one peer: a pure function of the window asked and of today, never of what is kept.

    ``before`` and ``after`` are the days around today that the home frame holds; ``longest`` is the longest window the
    peer accepts in one call (None: any).
    """

    before: timedelta = DAY
    after: timedelta = 35 * DAY
    longest: timedelta | None = None

    def of(self, window: TimeWindow, now: datetime) -> TimeWindow:
        """The home frame where it covers ``window``, else ``window`` widened to whole weeks; always covers ``window``.

        Where whole weeks are longer than the peer accepts, the frame ends early; where that leaves a part of the
        window out, it is the window itself.
        """
        home = self.home(now)
        if home.covers(window):
            return home
        weeks = self._cut(TimeWindow(_monday_before(window.start), _monday_after(window.end)))
        return weeks if weeks.covers(window) else window

    def home(self, now: datetime) -> TimeWindow:
        """Whole days (UTC) from ``before`` today through ``after``, both included."""
        return self._cut(_whole_days(now.date(), self.before, self.after))

    def _cut(self, frame: TimeWindow) -> TimeWindow:
        if self.longest is None or frame.length <= self.longest:
            return frame
        return TimeWindow(frame.start, frame.start + self.longest)


@lru_cache(maxsize=256)
def _whole_days(day: date, before: timedelta, after: timedelta) -> TimeWindow:
    today = datetime.combine(day, time(), UTC)
    return TimeWindow(today - before, today + after + DAY)


def _monday_before(instant: datetime) -> datetime:
    return _A_MONDAY + (instant - _A_MONDAY) // _WEEK * _WEEK


def _monday_after(instant: datetime) -> datetime:
    return _A_MONDAY + -((_A_MONDAY - instant) // _WEEK) * _WEEK
