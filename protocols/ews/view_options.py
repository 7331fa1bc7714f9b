"""FreeBusyViewOptions: which window, which view, and how long one cell of the merged string is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NoReturn, cast

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.children import Parts, children, text_of
from protocols.ews.query import RANKS, View
from protocols.model.freebusy import Question
from protocols.model.window import DAY, TimeWindow
from protocols.zones.wall import to_utc

LONGEST_WINDOW = timedelta(days=62)
DEFAULT_INTERVAL = timedelta(minutes=30)
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 5, 1440
_FIRST_YEAR, _LAST_YEAR = 1970, 2105  # what Intervals can hold; beyond it every mailbox would look free
_NEXT_SECOND = timedelta(seconds=1)
_LONGEST_TIME = 40  # characters: nanoseconds and an offset, and some to spare


@dataclass(frozen=True, slots=True)
class Stretch:
    """The window as written: naive in the zone of the request, or aware."""

    start: datetime
    end: datetime


def read_stretch(options: Parts, name: str = "TimeWindow") -> Stretch:
    """The window as written. Raises RequestError (MISSING_ARGUMENT, MALFORMED, INVALID_WINDOW)."""
    window = options.get(name)
    if window is None:
        raise RequestError(Fault.MISSING_ARGUMENT, name)
    parts = children(window)
    return Stretch(_instant(parts, "StartTime"), _instant(parts, "EndTime"))


@lru_cache(maxsize=4096)  # many ask about the same days
def window_of(stretch: Stretch, zone: tzinfo, name: str = "FreeBusyViewOptions.TimeWindow") -> TimeWindow:
    """The window in UTC, whole seconds, rather too wide than too narrow where the clocks change.

    Raises RequestError (INVALID_WINDOW, WINDOW_TOO_LONG).
    """
    start = _in_utc(stretch.start.replace(microsecond=0), zone, latest=False)
    end = stretch.end.replace(microsecond=0) + (_NEXT_SECOND if stretch.end.microsecond else timedelta())
    same_clock = stretch.start.utcoffset() is None and end.utcoffset() is None
    until = _in_utc(end, zone, latest=True)
    if until <= start or (same_clock and end <= stretch.start):
        raise RequestError(Fault.INVALID_WINDOW)
    # By the wall clock where both ends are on it: 62 days stay 62 days in the week the clocks go back.
    length = end - stretch.start if same_clock else until - start
    if length > LONGEST_WINDOW:
        days = -(-length // DAY)
        raise RequestError(
            Fault.WINDOW_TOO_LONG,
            f"{name} is too long. The allowed limit = {LONGEST_WINDOW.days} days; the actual limit = {days} days.",
        )
    return TimeWindow(start, until)


def read_view(options: Parts) -> View:
    """The view asked for: of several words the one that returns most; FreeBusy where none is asked.

    Raises RequestError(INVALID_VIEW).
    """
    element = options.get("RequestedView")
    if element is None:
        return View.FREE_BUSY
    words = text_of(element).split()
    known = [word for word in words if word in RANKS]
    if not known or any(word not in RANKS and word != "None" for word in words):
        raise RequestError(Fault.INVALID_VIEW)
    return View(max(known, key=RANKS.__getitem__))


def read_question(options: Parts, window: TimeWindow, view: View) -> Question:
    """The question. Raises RequestError (INVALID_INTERVAL, MALFORMED)."""
    element = options.get("MergedFreeBusyIntervalInMinutes")
    interval = min(DEFAULT_INTERVAL, window.length) if element is None else _interval(element, window)
    return Question(window=window, detail=view.detail, interval=interval if view.merged else None)


def _interval(element: etree._Element, window: TimeWindow) -> timedelta:
    try:
        minutes = int(text_of(element))
    except ValueError:
        malformed(element, "xs:int")
    if not _SHORTEST_INTERVAL <= minutes <= _LONGEST_INTERVAL or timedelta(minutes=minutes) > window.length:
        raise RequestError(Fault.INVALID_INTERVAL)
    return timedelta(minutes=minutes)


def _instant(parts: Parts, name: str) -> datetime:
    element = parts.get(name)
    if element is None:
        raise RequestError(Fault.MISSING_ARGUMENT, name)
    try:
        instant = _instant_of(text_of(element))
    except ValueError:
        malformed(element, "xs:dateTime")
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise RequestError(Fault.INVALID_WINDOW)
    return instant


def _instant_of(text: str) -> datetime:
    if len(text) > _LONGEST_TIME:  # fromisoformat takes any number of digits, and they would be kept
        raise ValueError("a time longer than any")
    return _read(text)


_read = lru_cache(maxsize=4096)(datetime.fromisoformat)  # one object for one text, which knows its hash


def _in_utc(instant: datetime, zone: tzinfo, *, latest: bool) -> datetime:
    utc = _from_wall(instant, zone, latest) if instant.tzinfo is None else instant.astimezone(UTC)
    if utc.year < _FIRST_YEAR:
        raise RequestError(Fault.INVALID_WINDOW)
    return utc


def _from_wall(naive: datetime, zone: tzinfo, latest: bool) -> datetime:
    try:
        return to_utc(naive, zone, latest=latest)
    except ValueError:
        raise RequestError(Fault.INVALID_WINDOW) from None


def malformed(element: etree._Element, kind: str) -> NoReturn:
    """Raises RequestError(MALFORMED): the content of ``element`` is not of that kind."""
    name = etree.QName(element).localname
    line = cast("int | None", element.sourceline)
    raise RequestError(Fault.MALFORMED, f"{name} is not an {kind}", line=line, column=0)
