"""Tells at a glance which VEVENTs cannot matter to a window, so that a long past costs next to nothing."""

import re
from datetime import date, timedelta
from typing import Final

from protocols.model.window import TimeWindow

_DAY_OF: Final = re.compile(
    rb'^DT(START|END)(?:;[^:"\n]*)?:[ \t]*([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])', re.MULTILINE
)
_EDGE: Final = re.compile(rb"^[ \t]*(?:[A-Z0-9-]{1,60}\.)?DT(?:START|END)(?![A-Z0-9-])", re.MULTILINE)
_MORE: Final = re.compile(
    rb"^[ \t]*(?:[A-Z0-9-]{1,60}\.)?(?:RRULE|RDATE|EXRULE|RECURRENCE-ID|DURATION)(?![A-Z0-9-])", re.MULTILINE
)
_MARGIN: Final = timedelta(days=3)  # walls and UTC differ by less


def may_matter(own: bytes, window: TimeWindow) -> bool:
    """Whether the VEVENT with these lines of its own may say anything about ``window``; False is certain.

    It is False only for an event that stands alone, with one start and one end or none, all of it days away.
    """
    upper = own.upper()
    if _MORE.search(upper) is not None:
        return True
    found = _DAY_OF.findall(upper)
    if len(found) != len(_EDGE.findall(upper)) or not found or len(found) > 2:
        return True
    days = {}
    for edge, year, month, day in found:
        try:
            days[edge] = date(int(year), int(month), int(day))
        except ValueError:
            return True
    if len(days) != len(found) or b"START" not in days:
        return True
    start = days[b"START"]
    end = days.get(b"END", start)
    if end < start:  # a doubt, and for as long as the two are apart
        start, end = end, start
    try:
        return start - _MARGIN <= window.end.date() and end + _MARGIN >= window.start.date()
    except OverflowError:
        return True
