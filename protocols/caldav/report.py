"""Asks one calendar when its owner is busy: the free-busy-query REPORT (RFC 4791 7.10)."""

from datetime import datetime, timedelta

from protocols.caldav.answers import is_by_zone, read_answer
from protocols.caldav.dav import free_busy_query
from protocols.caldav.errors import NotOfferedError, check
from protocols.caldav.listing import Calendar
from protocols.caldav.means import Means
from protocols.caldav.told import Budget, Told
from protocols.caldav.whole_days import with_margin
from protocols.errors import PeerError
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_PROBE = timedelta(hours=1)


async def ask_calendar(
    send: Send,
    calendar: Calendar,
    window: TimeWindow,
    *,
    by_zone: bool = False,
    means: Means,
    budget: Budget,
    as_of: datetime,
) -> Told:
    """What ``calendar`` tells about ``window``.

    Raises PeerError, NotOfferedError where the server does not know the report; with ``by_zone`` also where it takes
    times without a zone for UTC, as Radicale does. A server that answers 400 to the window and not to its first hour
    finds it too full (Radicale, for one, has no other word for that): TOO_MANY_ENTRIES.
    """
    response = await send(free_busy_query(calendar.url, with_margin(window)))
    try:
        check(response, as_of, 200, what="free-busy-query")
    except NotOfferedError as error:
        if error.status == 400 and window.length > _PROBE and await _knows_the_report(send, calendar, window):
            raise PeerError(Reason.TOO_MANY_ENTRIES, "free-busy-query: HTTP 400 to this window only") from None
        raise
    if not _is_calendar_data(response):
        raise NotOfferedError("free-busy-query: the answer is no iCalendar", status=response.status)
    if by_zone and not is_by_zone(response.body):
        words = "free-busy-query: the server takes all-day events and times without a zone for UTC"
        raise NotOfferedError(words, status=response.status, plain=True)
    zone, data = calendar.zone, response.body
    return await means.aside(len(data), lambda: read_answer(data, window, zone=zone, budget=budget))


async def _knows_the_report(send: Send, calendar: Calendar, window: TimeWindow) -> bool:
    response = await send(free_busy_query(calendar.url, TimeWindow(window.start, window.start + _PROBE)))
    return response.status == 200 and _is_calendar_data(response)


def _is_calendar_data(response: HttpResponse) -> bool:
    return response.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"
